"""Who may lead is said twice: by the rules, and in SQL for hundreds at once. Both say the same of everybody."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import cycle

import pytest
from django.utils import timezone

from groups.free_leads import Wanted, free_leads, lacking
from groups.may_lead import adding_of
from groups.models import GroupLead, LeadProfile
from groups.services import add_member
from intake.services_apart import note_apart
from sessions.models import Cover, GroupSession
from supporters.choices import MeetingKind
from supporters.joining.former import key_of
from supporters.may_lead.standing import Adding, standings
from supporters.models import (
    CareSetting,
    Course,
    FormerTie,
    Leave,
    Limits,
    Pairing,
    Pause,
    ProgramText,
    Qualification,
    Readiness,
    SupervisionMeeting,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
ZONES = ("America/Vancouver", "America/St_Johns", "Pacific/Auckland")


def days(number: int):
    return TODAY() + timedelta(days=number)


class Story:
    """Every way in which somebody's standing changes, one method each."""

    def __init__(self, by, member) -> None:
        self.by, self.member, self.supervisor = by, member, make.the_supervisor()
        self.zones, self.days = cycle(ZONES), cycle(range(7))

    def led(self, user, *, sessions: int = 1, minutes: int = 90):
        """A group whose sessions begin around the turn of the week, so that clocks elsewhere count them otherwise."""
        group = make.a_group(self.by)
        GroupLead.objects.create(group=group, user=user, role="facilitator")
        monday = timezone.now().replace(hour=3, minute=0) + timedelta(days=14 - TODAY().weekday() + next(self.days))
        GroupSession.objects.bulk_create(
            GroupSession(group=group, number=number + 1, starts_at=start, ends_at=start + timedelta(minutes=minutes))
            for number in range(sessions)
            for start in [monday + timedelta(hours=6 * number)]
        )
        return group

    def one_group(self, user) -> None:
        self.led(user)

    def full_week(self, user) -> None:
        self.led(user, sessions=3)

    def long_week(self, user) -> None:
        self.led(user, sessions=2, minutes=330)

    def away_from_a_session(self, user) -> None:
        session = self.led(user, sessions=3).sessions.first()
        Cover.objects.create(session=session, lead=user)

    def stands_in_for_whom_they_lead_with(self, user) -> None:
        group, other = self.led(user, sessions=2), make.a_facilitator()
        GroupLead.objects.create(group=group, user=other, role="facilitator")
        taken = {"state": "taken", "stand_in": user}
        Cover.objects.create(session=group.sessions.first(), lead=other, **taken)

    def stands_in_elsewhere(self, user) -> None:
        group = self.led(make.a_facilitator(), sessions=3)
        for session in group.sessions.all():
            lead = group.leads.get().user
            taken = {"state": "taken", "stand_in": user}
            Cover.objects.create(session=session, lead=lead, **taken)

    def elsewhere(self, user) -> None:
        user.time_zone = next(self.zones)
        user.save()

    def paused(self, user) -> None:
        Pause.objects.create(user=user)

    def back(self, user) -> None:
        Pause.objects.create(user=user, since=timezone.now() - timedelta(days=2), ended_at=timezone.now())

    def on_leave(self, user) -> None:
        self.leave(user, 0, 3)

    def on_leave_soon(self, user) -> None:
        self.leave(user, 1, 3)

    def leave(self, user, first: int, last: int) -> None:
        Leave.objects.create(
            user=user, kind="sick", first_day=days(first), last_day=days(last), noted_by=self.supervisor
        )

    def expired(self, user) -> None:
        Qualification.objects.filter(user=user, course_id="crisis").update(expires_on=days(-1))

    def expires_today(self, user) -> None:
        Qualification.objects.filter(user=user, course_id="crisis").update(expires_on=days(0))

    def untrained(self, user) -> None:
        Qualification.objects.filter(user=user, course_id="crisis").delete()

    def agreed_until_today(self, user) -> None:
        Limits.objects.create(
            user=user, agreed_sessions=1, agreed_hours=4, agreed_until=days(0), agreed_by=self.supervisor
        )

    def agreed_until_yesterday(self, user) -> None:
        Limits.objects.create(
            user=user, agreed_sessions=0, agreed_hours=1, agreed_until=days(-1), agreed_by=self.supervisor
        )

    def own_limit(self, user) -> None:
        Limits.objects.create(user=user, sessions_week=1, hours_week=5)

    def late(self, user) -> None:
        Pairing.objects.filter(user=user).update(since=days(-60))

    def met(self, user) -> None:
        Pairing.objects.filter(user=user).update(since=days(-60))
        SupervisionMeeting.objects.create(
            user=user, supervisor=self.supervisor, minutes=30, held_on=days(-2), kind=MeetingKind.GROUP
        )

    def unpaired(self, user) -> None:
        Pairing.objects.filter(user=user).delete()

    def unready(self, user) -> None:
        Readiness.objects.filter(user=user).delete()

    def asked_no_more(self, user) -> None:
        LeadProfile.objects.filter(user=user).update(paused=True)

    def wishes_one(self, user) -> None:
        LeadProfile.objects.filter(user=user).update(max_groups=1)

    def apart(self, user) -> None:
        note_apart(participant=self.member, other=user, by=self.by)

    def cohort(self, user) -> None:
        FormerTie.objects.create(user=user, key=key_of(self.member.user_id))


CHANGES = [name for name in vars(Story) if not name.startswith("_") and name not in ("led", "leave")]


@pytest.fixture
def group(coordinator):
    found = make.a_group(coordinator)
    add_member(group=found, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    return found


@pytest.fixture
def coordinator():
    return make.a_coordinator()


def people(story: Story) -> None:
    """Each change alone, and many mixed; as they would come in years."""
    Course.objects.create(code="crisis", name_en="Crisis", name_fr="Crise", needed=True)
    dice = random.Random(7)
    mixed = [dice.sample(CHANGES, dice.randint(2, 4)) for _one in range(30)]
    make.a_newcomer()
    for changes in [[], *([one] for one in CHANGES), *mixed]:
        user = make.a_leading_person(max_groups=dice.choice((1, 2, 3)), week=())
        Qualification.objects.filter(user=user).delete()
        Qualification.objects.create(
            user=user, course_id="crisis", completed_on=days(-30), expires_on=days(dice.choice((20, 300)))
        )
        for change in _once(changes):
            getattr(story, change)(user)


def _once(changes: list[str]) -> list[str]:
    """Somebody has one row of limits, and pauses, ties and pairs once."""
    limits = [one for one in changes if one in ("agreed_until_today", "agreed_until_yesterday", "own_limit")]
    return [one for one in changes if one not in limits[1:]]


@pytest.mark.parametrize("which", [True, False])
def test_statement_and_rules_say_the_same_of_everybody(coordinator, group, which):
    people(Story(coordinator, group.memberships.get().participant))
    CareSetting.objects.update(max_groups=2)
    adding = adding_of(group) if which else Adding()
    wanted = Wanted(group=group) if which else Wanted()
    found = free_leads(coordinator, wanted)
    accounts = [one.user_id for one in found.shown]
    by_rules = lacking(accounts, adding)
    stands = standings(accounts, TODAY(), adding=adding)
    assert len(found.shown) == found.people > len(CHANGES)
    assert {one.user_id: one.may for one in found.shown} == {pk: not missing for pk, missing in by_rules.items()}
    for one in found.shown:
        groups = stands[one.user_id].groups
        assert (one.leads, one.room) == (groups.now - 1, groups.limit - groups.now + 1)
    assert 3 < found.free == sum(one.may for one in found.shown) < found.people - 3


def test_new_version_of_the_agreement_holds_everybody_who_did_not_read_it(coordinator):
    lead, _other = make.a_leading_person(), make.a_leading_person()
    assert free_leads(coordinator, Wanted()).free == 2
    newest = ProgramText.objects.current("supporter").number
    ProgramText.objects.create(
        kind="supporter", number=newest + 1, title_en="T", title_fr="T", sections=[], published_at=timezone.now()
    )  # fmt: skip
    make.acknowledge(lead, "supporter")
    found = free_leads(coordinator, Wanted())
    assert [one.user_id for one in found.shown if one.may] == [lead.pk]
    assert (found.people, found.free) == (2, 1)


def test_pages_follow_each_other_and_whoever_may_lead_comes_first(coordinator):
    people(Story(coordinator, make.an_accepted_participant(by=coordinator)))
    whole = free_leads(coordinator, Wanted())
    pieces = [free_leads(coordinator, Wanted(), start=start, most=10).shown for start in range(0, whole.people, 10)]
    assert [one.user_id for piece in pieces for one in piece] == [one.user_id for one in whole.shown]
    assert [one.may for one in whole.shown] == sorted((one.may for one in whole.shown), reverse=True)
    beyond = free_leads(coordinator, Wanted(), start=1000, most=10)
    assert (beyond.people, beyond.shown) == (whole.people, [])
