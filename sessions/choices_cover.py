"""What becomes of a session that needs somebody to lead it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class CoverState(models.TextChoices):
    OPEN = "open", pgettext_lazy("cover", "Somebody is needed")
    TAKEN = "taken", pgettext_lazy("cover", "Somebody stands in")
    ALONE = "alone", pgettext_lazy("cover", "The other person who leads does so alone")
    NOT_NEEDED = "not_needed", pgettext_lazy("cover", "Nobody is needed any more")


COVER_TRANSITIONS: dict[CoverState, frozenset[CoverState]] = {
    CoverState.OPEN: frozenset({CoverState.TAKEN, CoverState.ALONE, CoverState.NOT_NEEDED}),
    # Whoever stands in may not be able to either; and a coordinator may think again.
    CoverState.TAKEN: frozenset({CoverState.OPEN}),
    CoverState.ALONE: frozenset({CoverState.OPEN}),
    CoverState.NOT_NEEDED: frozenset({CoverState.OPEN}),
}
