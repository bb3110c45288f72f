"""Meetings by video: planned and looked after in the background, seen and mended on the desk.

The provider may be slow, full or away: what is asked of it is asked outside any transaction, tried again later, and
nothing else ever waits for it. Asking twice is asking once, because the id of the meeting is ours.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.crypto import keyring
from psp.crypto.parting import key_goes
from psp.errors import require
from psp.logs import get_logger
from psp.models import User
from sessions import video
from sessions.choices import SessionState
from sessions.choices_video import VideoState
from sessions.graph import Made, ProviderError
from sessions.locks import locked_session
from sessions.models import GroupSession, VideoMeeting
from sessions.permissions import can_manage_sessions
from sessions.querysets_video import wants_video
from sessions.services import set_place

log = get_logger(__name__)
# Longer than the requests of one try take together.
CLAIMED_FOR = timedelta(minutes=3)
# One round ends before the next begins.
ROUND_SECONDS, ROUND_MOST = 45.0, 200


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done for one session, as it stood when this was claimed. `meeting`: "" if none was made yet."""

    pk: UUID
    attempt: int
    wanted: bool
    external_id: str
    subject: str
    starts_at: datetime
    ends_at: datetime
    meeting: str = field(repr=False)


# --- In the background ------------------------------------------------------------------------------


def tend_all(now: datetime) -> None:
    """By beat: what is missing is planned, what is astray is taken up again, what is due is tried."""
    if video.provider() is None:
        return
    plan(now)
    begun = time.monotonic()
    for pk in list(VideoMeeting.objects.due(now).values_list("pk", flat=True)[:ROUND_MOST]):
        if time.monotonic() - begun > ROUND_SECONDS or not tend(pk):
            break


@transaction.atomic
def plan(now: datetime) -> int:
    """A row for each session of the next weeks that wants a meeting, and work where one changed; how many are new."""
    astray = list(VideoMeeting.objects.astray(now).values_list("pk", flat=True))
    VideoMeeting.objects.filter(pk__in=astray).update(state=VideoState.WAITING, due_at=now, attempts=0, status=0)
    for pk in VideoMeeting.objects.given_up(now).values_list("pk", flat=True):
        _forget(pk)
    until = now + timedelta(days=settings.PSP_VIDEO_DAYS)
    soon = GroupSession.objects.filter(wants_video(now), state=SessionState.SCHEDULED, starts_at__lte=until)
    missing = soon.filter(ends_at__gt=now, video__isnull=True).values_list("pk", flat=True)
    rows = [VideoMeeting(session_id=session, due_at=now) for session in missing]
    if rows:
        keyring.create_many([row.pk for row in rows])
    VideoMeeting.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def tend(pk: UUID) -> bool:
    """Bring one meeting to where it should be. False where the provider had better be left alone for now."""
    provider, job = video.provider(), _claim(pk, timezone.now())
    if provider is None or job is None:
        return True
    try:
        made = _carry_out(provider, job)
    except ProviderError as error:
        _put_off(job, error, timezone.now())
        # Its own words stay where they are: they may repeat what we sent.
        log.warning("video_refused", status=error.status)
        return error.status not in (0, HTTPStatus.TOO_MANY_REQUESTS)
    _settle(job, made)
    return True


@transaction.atomic
def _claim(pk: UUID, now: datetime) -> Job | None:
    """The work as one's own for a while; None where it is done, or somebody is at it."""
    rows = VideoMeeting.objects.select_for_update(of=("self",), skip_locked=True).select_related("session__group")
    row = rows.filter(pk=pk, state=VideoState.WAITING, due_at__lte=now).first()
    if row is None:
        return None
    row.due_at, row.attempts = now + CLAIMED_FOR, row.attempts + 1
    row.save(update_fields=["due_at", "attempts"])
    session = row.session
    return Job(
        pk=row.pk, attempt=row.attempts, external_id=row.external_id, meeting=row.meeting,
        wanted=GroupSession.objects.filter(wants_video(now), pk=session.pk).exists(),
        subject=video.subject(session.group.language), starts_at=session.starts_at, ends_at=session.ends_at,
    )  # fmt: skip


def _carry_out(provider: video.Provider, job: Job) -> Made | None:
    """What was made or moved; None for what is there no more."""
    times = {"starts_at": job.starts_at, "ends_at": job.ends_at}
    if not job.wanted:
        if job.meeting:
            provider.remove(job.meeting)
        return None
    if not job.meeting:
        return provider.create_or_get(job.external_id, subject=job.subject, **times)
    try:
        provider.move(job.meeting, **times)
    except ProviderError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        # Somebody removed it over there: another one takes its place.
        return provider.create_or_get(str(uuid4()), subject=job.subject, **times)
    return Made(job.meeting, "")


@transaction.atomic
def _settle(job: Job, made: Made | None) -> None:
    """Whoever claimed it since knows better."""
    row = VideoMeeting.objects.select_for_update(of=("self",)).filter(pk=job.pk, attempts=job.attempt).first()
    if row is None or row.state != VideoState.WAITING:
        return
    if made is None:
        _forget(row.pk)
        return
    row.state, row.attempts, row.status = VideoState.READY, 0, 0
    row.starts_at, row.ends_at = job.starts_at, job.ends_at
    row.meeting, row.join_url = made.id, made.join_url or row.join_url
    row.save()


def _forget(pk: UUID) -> None:
    """Nothing of it is left, and what copies of the database hold of it opens no more."""
    VideoMeeting.objects.filter(pk=pk).delete()
    key_goes(pk)


@transaction.atomic
def _put_off(job: Job, error: ProviderError, now: datetime) -> None:
    row = VideoMeeting.objects.select_for_update(of=("self",)).filter(pk=job.pk, attempts=job.attempt).first()
    if row is None or row.state != VideoState.WAITING:
        return
    row.status, row.due_at = error.status, now + video.pause_after(row.attempts, error.after)
    if not error.later:
        row.state = VideoState.FAILED
    row.save(update_fields=["status", "due_at", "state"])


# --- On the desk ------------------------------------------------------------------------------------


@transaction.atomic
def try_again(*, session: GroupSession | UUID, by: User) -> None:
    """Now, whatever came before. Forbidden outside the coordinator's regions."""
    locked = locked_session(session)
    require(can_manage_sessions(by, locked.group), "video")
    rows = VideoMeeting.objects.filter(session=locked, state__in=[VideoState.WAITING, VideoState.FAILED])
    if rows.update(state=VideoState.WAITING, due_at=timezone.now(), attempts=0):
        audit.record(Action.CHANGE, locked, purpose=Purpose.SESSIONS, fields=("video",))


@transaction.atomic
def type_link(*, session: GroupSession | UUID, by: User, link: str) -> GroupSession:
    """A link for this session alone, or ("") none, as for `set_place`; nobody is told. The provider's meeting goes."""
    locked = locked_session(session)
    return set_place(session=locked, by=by, room=locked.room, link=link, address=locked.address)
