"""What a coordinator sees of where a session by video takes place. Reads only."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from intake.choices import Modality
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime, machine_time
from psp.models import User
from sessions import video
from sessions.choices import SessionState
from sessions.choices_video import VideoState
from sessions.forms_video import LinkForm
from sessions.models import GroupSession, VideoMeeting

TAG_KINDS = {VideoState.WAITING: "active", VideoState.READY: "success", VideoState.FAILED: "danger"}
# So many tries in vain are worth a word: one may be chance.
TROUBLED_AFTER = 2


def part(session: GroupSession, reader: User, form: LinkForm | None = None) -> dict[str, Any] | None:
    """None for what is over, does not take place, or is in person."""
    if session.group.modality != Modality.VIRTUAL or session.state != SessionState.SCHEDULED:
        return None
    if session.ends_at < timezone.now():
        return None
    found = VideoMeeting.objects.filter(session=session).first()
    return {
        "typed": session.link, "of_group": session.group.link, "makes": video.provider() is not None,
        "meeting": _line(found, reader.time_zone) if found else None,
        "form": form or LinkForm(initial={"link": session.link}),
    }  # fmt: skip


def _line(found: VideoMeeting, tz: str) -> dict[str, Any]:
    state = VideoState(found.state)
    troubled = state == VideoState.FAILED or (state == VideoState.WAITING and found.attempts >= TROUBLED_AFTER)
    return {
        "state": state.label, "tag_kind": TAG_KINDS[state], "troubled": troubled, "gave_up": state == VideoState.FAILED,
        "attempts": found.attempts, "ready": state == VideoState.READY, "link": found.join_url,
        "next": long_datetime(found.due_at, tz, reader_language()), "next_iso": machine_time(found.due_at),
    }  # fmt: skip
