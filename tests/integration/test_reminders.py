"""Reminders: which rule reminds whom of what, once each, as they chose, over moves, outages and changes of clocks."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact import delivery
from contact.choices import OutboxState
from contact.choices_reminders import TEMPLATES
from contact.models import OutboxMessage, ReminderChoice, ReminderRule
from contact.reference import load_rules
from contact.reminding import plan, templates
from contact.services import set_safe_contact
from contact.services_reminders import none_at_all, offered_to, set_reminders, wanted_by
from groups import services as groups
from groups.choices import LeadRole
from privacy.holdings import held_about
from psp.errors import DomainError, Forbidden, constraint_name
from psp.models import User
from sessions import services
from sessions.models import GroupSession
from sessions.reminders import SOURCE
from sessions.services_video import type_link
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]

NOW = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS_OFFERED = (72, 24, 2)


@pytest.fixture(autouse=True)
def _in_october():
    with time_machine.travel(NOW, tick=False):
        yield


def reachable(person: User, **choices) -> User:
    make.agree(person, "contact_email")
    set_safe_contact(person=person, by=person, email_safe=True, **choices)
    return person


def a_session(*, members: int = 1, weeks_apart: int = 1, choices: dict | None = None, **fields) -> GroupSession:
    """The first session of an established group, by default on Tuesday, 3 November 2026, 19:00 in Toronto."""
    by = make.a_coordinator(fields.get("program_region", "QC"))
    values = {"starts_on": date(2026, 11, 3)} | fields
    group = make.a_formal_group(by, members=max(members, 4), **values)
    group.weeks_apart = weeks_apart
    group.save()
    for number, place in enumerate(group.memberships.all()):
        if number < members:
            reachable(place.participant.user, **(choices or {}))
    return services.schedule_series(group=groups.establish(group=group, by=by), by=by)[0]


def by_of(session: GroupSession) -> User:
    return User.objects.get(pk=session.group.created_by_id)


def member_of(session: GroupSession) -> User:
    person: User = session.group.memberships.first().participant.user
    return person


def wants(person: User, *hours: int, none: bool = False) -> None:
    offered = offered_to(person)
    set_reminders(person=person, by=person, wanted={rule.pk for rule in offered if rule.hours in hours}, none=none)


def reminders(**narrow):
    return OutboxMessage.objects.filter(template__in=TEMPLATES, **narrow).order_by("due_at")


def rules_of(**narrow) -> list[str]:
    return [message.key.split("|")[1] for message in reminders(**narrow)]


def at(session: GroupSession, hours: float) -> datetime:
    return session.starts_at - hours * HOUR


def refused(name: str):
    return pytest.raises(IntegrityError, check=lambda error: constraint_name(error) == name)


# --- Rules ----------------------------------------------------------------------------------------


def test_members_are_reminded_a_day_before_and_those_who_lead_once_more_two_hours_before():
    usual = ReminderRule.objects.filter(usual=True).values_list("event", "audience", "hours")
    members = {(event, "member", 24) for event in ("meeting", "formal", "informal", "activity")}
    assert set(usual) == members | {(event, "lead", hours) for event in ("formal", "informal", "activity")
                                    for hours in (24, 2)}  # fmt: skip
    assert ReminderRule.objects.count() == len(HOURS_OFFERED) * (4 + 3)


def test_loading_the_rules_again_keeps_what_an_administrator_changed():
    rule = ReminderRule.objects.get(event="formal", audience="member", hours=24)
    rule.usual, rule.active = False, False
    rule.save()
    load_rules()
    rule.refresh_from_db()
    assert (rule.usual, rule.active, ReminderRule.objects.count()) == (False, False, 21)


def test_every_template_that_reminds_is_found_by_the_desks_index():
    assert tuple(templates()) == TEMPLATES


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("reminder_rule_once", {}),
        ("reminder_event_known", {"event": "party"}),
        ("reminder_audience_known", {"audience": "crowd"}),
        ("reminder_hours_sensible", {"hours": 337}),
    ],
)
def test_database_keeps_what_a_rule_is(name, values):
    row = {"event": "formal", "audience": "lead", "hours": 24} | values
    with refused(name), transaction.atomic():
        ReminderRule.objects.create(**row)


def test_reminder_choice_once_also_for_all_of_them():
    person = make.a_participant().user
    for rule in (None, ReminderRule.objects.first()):
        ReminderChoice.objects.create(person=person, rule=rule, wanted=False)
        with refused("reminder_choice_once"), transaction.atomic():
            ReminderChoice.objects.create(person=person, rule=rule, wanted=False)


# --- Who is reminded, and when --------------------------------------------------------------------


def test_lead_of_the_team_is_reminded_twice_and_a_supporter_once_their_mailbox_is_safe(smtp_sink):
    session = a_session(members=0)
    supporter, clinician = session.group.leads.get().user, make.a_clinician(language="en")
    with time_machine.travel(NOW, tick=False):
        groups.add_lead(group=session.group, user=clinician, role=LeadRole.CLINICIAN, by=by_of(session))
    delivery.send_due(at(session, 24))
    assert [mail.recipients for mail in smtp_sink.mails] == [(clinician.sealed_email,)]
    set_safe_contact(person=supporter, by=supporter, email_safe=True)
    for hours in (5, 2, 1):
        delivery.send_due(at(session, hours))
    assert rules_of(person=clinician) == ["24h", "2h"]
    assert rules_of(person=supporter) == ["24h", "2h"]
    assert {mail.message["Subject"] for mail in smtp_sink.mails} == {"A reminder"}
    assert len(smtp_sink.mails) == 4


def test_own_hours_among_those_offered(smtp_sink):
    session = a_session()
    person = member_of(session)
    wants(person, 72, 2)
    for hours in (73, 72, 24, 3, 2, 1):
        delivery.send_due(at(session, hours))
    assert rules_of(person=person, state=OutboxState.SENT) == ["72h", "2h"]


def test_none_at_all_holds_for_rules_that_come_later_too(smtp_sink):
    session = a_session()
    person = member_of(session)
    wants(person, 24, none=True)
    ReminderRule.objects.create(event="formal", audience="member", hours=12, usual=True)
    delivery.send_due(at(session, 1))
    assert smtp_sink.mails == []
    wants(person, 24, 12)
    delivery.send_due(at(session, 1))
    assert rules_of(person=person, state=OutboxState.SENT) == ["12h"]


def test_choice_made_after_queueing_holds_at_the_moment_of_sending(smtp_sink):
    session = a_session()
    person = member_of(session)
    plan(SOURCE, at(session, 24))
    wants(person, none=True)
    delivery.send_due(at(session, 24))
    assert smtp_sink.mails == []
    assert reminders().get().reason == "overtaken"


def test_rule_that_is_not_offered_any_more_reminds_nobody(smtp_sink):
    session = a_session()
    plan(SOURCE, at(session, 24))
    ReminderRule.objects.get(event="formal", audience="member", hours=24).delete()
    load_rules()
    rule = ReminderRule.objects.get(event="formal", audience="member", hours=24)
    rule.active = False
    rule.save()
    delivery.send_due(at(session, 23))
    assert smtp_sink.mails == []


def test_after_an_outage_only_the_most_useful_one_goes(smtp_sink):
    session = a_session()
    person = member_of(session)
    wants(person, 72, 24, 2)
    delivery.send_due(at(session, 1.5))
    assert rules_of() == ["2h"]
    assert len(smtp_sink.mails) == 1


def test_reminder_that_waited_for_safe_hours_gives_way_to_a_nearer_one(smtp_sink):
    """19:00 on a Tuesday; only Tuesday afternoons are safe: the one of three days before would come with the next."""
    session = a_session(choices={"hours": [[1, 13 * 60, 18 * 60]]})
    wants(member_of(session), 72, 24)
    for hours in (72, 48, 24, 20, 6, 5, 4):
        delivery.send_due(at(session, hours))
    assert len(smtp_sink.mails) == 1
    assert rules_of(state=OutboxState.SENT) == ["24h"]
    assert reminders().exclude(state=OutboxState.SENT).get().reason == "overtaken"


def test_whoever_joins_late_is_reminded_and_whoever_left_is_not(smtp_sink):
    session = a_session(members=2)
    delivery.send_due(at(session, 24))
    here, gone = [place.participant.user for place in session.group.memberships.all()[:2]]
    assert rules_of(person=here) == rules_of(person=gone) == ["24h"]
    wants(gone, 24, 2)
    groups.leave_group(membership=session.group.memberships.get(participant__user=gone), by=gone)
    late = session.group.memberships.last()
    reachable(late.participant.user)
    delivery.send_due(at(session, 10))
    delivery.send_due(at(session, 2))
    assert rules_of(person=late.participant.user, state=OutboxState.SENT) == ["24h"]
    assert rules_of(person=gone) == ["24h"]
    assert len(smtp_sink.mails) == 3


def test_new_time_within_the_span_is_told_once_and_not_reminded_of_at_once(smtp_sink):
    session = a_session(members=2)
    delivery.send_due(at(session, 24))
    with time_machine.travel(at(session, 20), tick=False):
        services.move_session(session=session, by=by_of(session), starts_at=session.starts_at + HOUR)
        delivery.send_due(timezone.now())
        delivery.send_due(timezone.now() + timedelta(minutes=1))
    subjects = sorted(mail.message["Subject"] for mail in smtp_sink.mails)
    assert subjects == ["Un nouveau moment"] * 2 + ["Un rappel"] * 2


@pytest.mark.parametrize("told", [True, False])
def test_another_place_after_the_reminder_is_no_second_reminder(smtp_sink, told):
    """Whether the change was told (another address) or nobody had to be told (a link that was typed)."""
    session = a_session()
    delivery.send_due(at(session, 24))
    with time_machine.travel(at(session, 10), tick=False):
        if told:
            services.set_place(session=session, by=by_of(session), room=None, address="1 Main Street")
        else:
            type_link(session=session, by=by_of(session), link="https://example.org/room")
        delivery.send_due(timezone.now())
        delivery.send_due(timezone.now() + timedelta(minutes=1))
    assert rules_of(state=OutboxState.SENT) == ["24h"]
    assert len(smtp_sink.mails) == 1 + told


def test_place_that_changed_before_the_moment_is_reminded_of_once(smtp_sink):
    session = a_session()
    session.revision = 3
    session.save()
    for hours in (24, 23, 1):
        delivery.send_due(at(session, hours))
    assert [message.key.split("|")[-1] for message in reminders()] == ["3"]


def test_of_all_that_is_due_the_nearest_wanted_one_is_meant():
    """The database's answer beside the same said in Python, for moments and choices drawn at random."""
    session, drawn = a_session(), random.Random(40)
    person = member_of(session)
    for _draw in range(25):
        hours = [one for one in HOURS_OFFERED if drawn.random() < 0.6]
        wants(person, *hours)
        before = drawn.choice([*HOURS_OFFERED, drawn.uniform(0.01, 80)])
        due = [one for one in hours if one >= before]
        with transaction.atomic():
            plan(SOURCE, at(session, before))
            assert rules_of() == ([f"{min(due)}h"] if due else []), (hours, before)
            transaction.set_rollback(True)


# --- Cost, and several at once --------------------------------------------------------------------


def test_planning_costs_the_same_number_of_questions_however_many_are_due():
    counts = []
    for members in (4, 8):
        session = a_session(members=members)
        with CaptureQueriesContext(connection) as asked:
            assert plan(SOURCE, at(session, 24)) == members
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4


@pytest.mark.django_db(transaction=True)
def test_planners_side_by_side_queue_each_reminder_once():
    session = a_session(members=6)

    def one(_number: int) -> None:
        try:
            plan(SOURCE, at(session, 24))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert reminders().count() == 6
    assert len(set(reminders().values_list("person", flat=True))) == 6


# --- 40: clocks -----------------------------------------------------------------------------------

# The clock on the wall there when a reminder goes a day before 19:00 on the day on which clocks change.
WALLS = [
    ("America/Toronto", "ON", "ON", "20:00", "18:00"),
    ("America/St_Johns", "NL", "ATL", "20:00", "18:00"),
    ("America/Vancouver", "BC", "PAC", "19:00", "19:00"),
    ("America/Edmonton", "AB", "PRA", "19:00", "19:00"),
    ("America/Winnipeg", "MB", "PRA", "19:00", "19:00"),
    ("America/Regina", "SK", "PRA", "19:00", "19:00"),
    ("America/Whitehorse", "YT", "NOR", "19:00", "19:00"),
]


@pytest.mark.parametrize(("zone", "region", "program_region", "autumn", "spring"), WALLS)
def test_property_40_reminder_is_a_day_of_hours_before_seven_on_the_wall(
    smtp_sink, zone, region, program_region, autumn, spring
):
    """A group that meets on both days: nineteen weeks lie between them."""
    first = a_session(
        starts_on=date(2026, 11, 1), weeks_apart=19, start_time=time(19, 0), time_zone=zone, region=region,
        program_region=program_region, language="en",
    )  # fmt: skip
    person = member_of(first)
    person.time_zone = zone
    person.save()
    second = first.group.sessions.get(number=2)
    for session, day, wall in ((first, "1er novembre 2026", autumn), (second, "14 mars 2027", spring)):
        due = at(session, 24)
        assert f"{due.astimezone(ZoneInfo(zone)):%H:%M}" == wall
        for skew, sent in ((-5, 0), (-1 / 60, 0), (0, 1), (5, 1)):
            moment = due + timedelta(minutes=skew)
            with time_machine.travel(moment, tick=False):
                delivery.send_due(moment)
            assert len([mail for mail in smtp_sink.mails if day in mail.body]) == sent
        assert f"{day} à 19\u00a0h (heure " in smtp_sink.mails[-1].body


# --- Choices --------------------------------------------------------------------------------------


def test_choices_are_the_persons_own_and_only_what_is_offered():
    person, other = make.a_participant().user, make.a_participant().user
    lead_rule = ReminderRule.objects.filter(audience="lead").first()
    with pytest.raises(DomainError, check=lambda error: error.code == "unknown_reminder"):
        set_reminders(person=person, by=person, wanted={lead_rule.pk}, none=False)
    with pytest.raises(Forbidden):
        set_reminders(person=person, by=other, wanted=set(), none=True)
    assert {rule.hours for rule in offered_to(person) if rule.pk in wanted_by(person)} == {24}
    wants(person, 72)
    wants(person, 72, none=True)
    assert none_at_all(person)
    assert {rule.hours for rule in offered_to(person) if rule.pk in wanted_by(person)} == {72}
    wants(person, 72)
    assert not none_at_all(person)
    assert ReminderChoice.history.filter(person=person, rule=None).count() == 2


def test_choices_are_in_the_copy_with_what_they_were_before():
    person = make.a_participant().user
    wants(person, 72)
    wants(person, none=True)
    told = {held.section.code: len(held.records) for held in held_about(person)}
    assert (told["reminders"], told["reminders_before"]) == (13, 4)


def test_check_of_models_and_migrations_agrees():
    call_command("makemigrations", "contact", check=True, dry_run=True, verbosity=0)
