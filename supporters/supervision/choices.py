"""The words of talks with a supervisor, and which state may follow which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TalkWhen(models.TextChoices):
    """How soon. What it is about is asked nowhere."""

    NOW = "now", pgettext_lazy("talk", "Now")
    TODAY = "today", pgettext_lazy("talk", "Today")


class TalkState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("talk", "Asked for")
    TAKEN = "taken", _("Somebody takes care of it")
    DONE = "done", pgettext_lazy("talk", "You have talked")
    BACK = "back", pgettext_lazy("talk", "Taken back")


TALK_OPEN = frozenset({TalkState.ASKED, TalkState.TAKEN})
TALK_TRANSITIONS: dict[TalkState, frozenset[TalkState]] = {
    TalkState.ASKED: frozenset({TalkState.TAKEN, TalkState.DONE, TalkState.BACK}),
    # Whoever asked may still think otherwise.
    TalkState.TAKEN: frozenset({TalkState.DONE, TalkState.BACK}),
    TalkState.DONE: frozenset(),
    TalkState.BACK: frozenset(),
}
