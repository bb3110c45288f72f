"""States of a meeting by video."""

from django.db import models
from django.utils.translation import pgettext_lazy


class VideoState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("video", "Being made")
    READY = "ready", pgettext_lazy("video", "Ready")
    FAILED = "failed", pgettext_lazy("video", "Not made")


# What is wanted no more is removed, row and all.
VIDEO_TRANSITIONS: dict[VideoState, frozenset[VideoState]] = {
    VideoState.WAITING: frozenset({VideoState.READY, VideoState.FAILED}),
    VideoState.READY: frozenset({VideoState.WAITING}),
    VideoState.FAILED: frozenset({VideoState.WAITING}),
}
