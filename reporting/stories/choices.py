"""What becomes of a story. Nothing is printed but words that the person has read and said yes to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class StoryState(models.TextChoices):
    """`DRAFT`: the person's alone. `OFFERED`: a coordinator reads it. `PROPOSED`: the person reads how it would be
    printed. `AGREED`: these very words may be printed."""

    DRAFT = "draft", pgettext_lazy("story", "Only you can see it")
    OFFERED = "offered", pgettext_lazy("story", "We are reading it")
    PROPOSED = "proposed", pgettext_lazy("story", "Waits for your yes or no")
    AGREED = "agreed", pgettext_lazy("story", "May be printed")


STORY_TRANSITIONS: dict[StoryState, frozenset[StoryState]] = {
    StoryState.DRAFT: frozenset({StoryState.OFFERED}),
    StoryState.OFFERED: frozenset({StoryState.PROPOSED, StoryState.DRAFT}),
    StoryState.PROPOSED: frozenset({StoryState.AGREED, StoryState.DRAFT, StoryState.OFFERED}),
    StoryState.AGREED: frozenset({StoryState.DRAFT, StoryState.OFFERED}),
}
# What a coordinator of the person's region reads.
READ_BY_TEAM = (StoryState.OFFERED, StoryState.PROPOSED, StoryState.AGREED)
