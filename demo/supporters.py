"""Peer supporters of the demo: most may lead, one waits for supervision, one has paused, one is still on the way."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.utils import timezone

from demo import bulk
from demo.forming import EVENINGS, make_profile, make_supporter
from demo.world import World
from psp.models import User
from supporters.choices import MeetingKind, Outcome, ReadyFor, SupporterState, TextKind
from supporters.models import (
    Acknowledgement,
    Course,
    Pairing,
    Pause,
    ProgramText,
    Qualification,
    Readiness,
    SupervisionMeeting,
    Supporter,
)

# How many days ago, at most as many as the program's rhythm allows.
MET, LONG_AGO = 5, 40


def make_ready(world: World) -> None:
    """Those who sign in, before they lead anything: the supporters ready and supervised, the clinician informed."""
    for username in ("supporter.qc", "supporter.on"):
        be_ready(world, world.staff[username], region=world.staff[username].roles.get().region_id)
    acknowledge(world.staff["clinician.qc"], TextKind.AGREEMENT_STAFF)


def make_others(world: World) -> None:
    """The facilitators whom the board proposes, and three who may not lead now, each for another reason."""
    for user in User.objects.filter(username__startswith="facilitator.").order_by("username"):
        be_ready(world, user)
    rng = Random(9)  # noqa: S311 - synthetic data, not a secret  # nosec B311
    late, paused, coming = (make_supporter(rng, number, "en") for number in (6, 7, 8))
    for user in (late, paused, coming):
        make_profile(user, ["en", "fr"], 1, EVENINGS)
    be_ready(world, late, met=LONG_AGO)
    be_ready(world, paused)
    bulk.create([Pause(user=paused)])
    bulk.create([Supporter(user=coming, program_region_id="QC")])
    world.counts["supporters"] = Supporter.objects.count()


def be_ready(world: World, user: User, *, region: str | None = None, met: int = MET) -> None:
    """Everything that leading needs, noted by the supervisor, who met this person `met` days ago."""
    by, today = world.staff["supervisor"], timezone.localdate(world.now)
    began = today - timedelta(days=200)
    bulk.create([Supporter(user=user, program_region_id=region or "QC", state=SupporterState.ACTIVE)])
    bulk.create(
        [
            Readiness(user=user, ready_for=kind, reviewer=by, held_on=day, outcome=Outcome.READY)
            for kind, day in ((ReadyFor.TRAINING, began), (ReadyFor.LEADING, began + timedelta(days=90)))
        ]
    )
    bulk.create(qualifications(user, by, began + timedelta(days=80)))
    bulk.create([Pairing(user=user, supervisor=by, since=began)])
    bulk.create([
        SupervisionMeeting(user=user, supervisor=by, kind=MeetingKind.ONE_TO_ONE, minutes=60, held_on=day)
        for day in (today - timedelta(days=met), today - timedelta(days=met + 14))
    ])  # fmt: skip
    acknowledge(user, TextKind.AGREEMENT_SUPPORTER)


def qualifications(user: User, by: User, completed: date) -> list[Qualification]:
    """Courses that leading needs; those that are renewed count for long enough."""
    return [
        Qualification(
            user=user, course=course, completed_on=completed, noted_by=by,
            expires_on=completed + timedelta(days=30 * course.renew_months) if course.renew_months else None,
        )
        for course in Course.objects.filter(needed=True)
    ]  # fmt: skip


def acknowledge(user: User, kind: str) -> None:
    text = ProgramText.objects.current(kind)
    bulk.create([Acknowledgement(user=user, text=text, language=user.language)])
