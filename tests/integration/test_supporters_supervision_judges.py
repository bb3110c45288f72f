"""What the database itself keeps about supervision: each constraint and trigger by its name, whoever writes."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from psp.choices import Role
from psp.errors import DomainError, constraint_name
from supporters.models import Pairing, SupervisionMeeting, Talk
from supporters.supervision.services import note_meeting, pair
from supporters.supervision.services_talks import ask_talk, take
from tests import factories as make

PAIR = """INSERT INTO supporters_pairing (id, user_id, supervisor_id, since, ended_on)
          VALUES (gen_random_uuid(), %(user)s, %(supervisor)s, '2026-11-01', {ended})"""
MEET = """INSERT INTO supporters_supervisionmeeting (id, user_id, supervisor_id, kind, held_on, minutes, agreed, added,
          made_at)
          VALUES (gen_random_uuid(), %(user)s, {supervisor}, '{kind}', '2026-11-01', {minutes}, '', '', now())"""
NEXT = """INSERT INTO supporters_nextmeeting (id, user_id, supervisor_id, starts_at, minutes, revision, changed_at)
          VALUES (gen_random_uuid(), %(user)s, {supervisor}, now(), {minutes}, 0, now())"""
TALK = """INSERT INTO supporters_talk (id, user_id, asked_id, "when", state, taken_by_id, asked_at, everybody_at,
          changed_at)
          VALUES (gen_random_uuid(), %(user)s, {asked}, '{when}', '{state}', NULL, now(), NULL, now())"""
PLAN = """INSERT INTO supporters_supportplan (id, user_id, supervisor_id, kinds, from_on, until_on, look_on, agreed,
          made_at, changed_at) VALUES (gen_random_uuid(), %(user)s, {supervisor}, '{{}}', '2026-11-01', '2026-12-01',
          '{look}', '', now(), now())"""


def meet(supervisor="%(supervisor)s", kind="one", minutes="45") -> str:
    return MEET.format(supervisor=supervisor, kind=kind, minutes=minutes)


def coming(supervisor="%(supervisor)s", minutes="45") -> str:
    return NEXT.format(supervisor=supervisor, minutes=minutes)


def talk(asked="%(supervisor)s", when="now", state="asked") -> str:
    return TALK.format(asked=asked, when=when, state=state)


def plan(supervisor="%(supervisor)s", look="2026-11-15") -> str:
    return PLAN.format(supervisor=supervisor, look=look)


def setting(values: str) -> str:
    return f"UPDATE supporters_caresetting SET {values}"


# The rule's name in the database → what breaks it, after what stands before.
BROKEN: dict[str, tuple[str, ...]] = {
    "pairing_one_standing": (PAIR.format(ended="NULL"), PAIR.format(ended="NULL")),
    "pairing_with_another": (PAIR.replace("%(supervisor)s", "%(user)s").format(ended="NULL"),),
    "pairing_ends_after_it_began": (PAIR.format(ended="'2026-10-31'"),),
    "pairing_no_circle": (
        PAIR.format(ended="NULL"),
        PAIR.format(ended="NULL").replace("%(user)s, %(supervisor)s", "%(supervisor)s, %(user)s"),
    ),
    "pairing_stays_put": (PAIR.format(ended="NULL"), "UPDATE supporters_pairing SET supervisor_id = %(third)s"),
    "supervision_kind_known": (meet(kind="review"),),
    "supervision_minutes_sensible": (meet(minutes="0"),),
    "supervision_with_another": (meet("%(user)s"),),
    "next_meeting_minutes_sensible": (coming(minutes="481"),),
    "next_meeting_with_another": (coming("%(user)s"),),
    "supervisor_wish_for_another": (
        "INSERT INTO supporters_supervisorwish (user_id, wished_id, since) VALUES (%(user)s, %(user)s, now())",
    ),
    "talk_state_known": (talk(state="lost"),),
    "talk_when_known": (talk(when="never"),),
    "talk_with_another": (talk("%(user)s"),),
    "talk_reaches_somebody": (talk("NULL"),),
    "talk_taken_by_somebody": (talk(state="taken"),),
    "talk_one_at_a_time": (talk(), talk()),
    "support_plan_with_another": (plan("%(user)s"),),
    "support_plan_dates_in_order": (plan(look="2026-12-02"),),
    "support_plan_one_standing": (plan(), plan()),
    "care_rhythm_kinds_known": (setting("rhythm_kinds = '{review}'"),),
    "care_talk_wait_sensible": (setting("talk_wait_minutes = 4"),),
}
TABLES = ("pairing", "supervisionmeeting", "nextmeeting", "supervisorwish", "talk", "supportplan", "opendoor")


@pytest.mark.django_db
@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_it_by_name(name):
    people = {"user": make.a_newcomer().pk, "supervisor": make.a_user().pk, "third": make.a_user().pk}
    *before, breaks = BROKEN[name]
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement, people)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            cursor.execute(breaks, people)
    assert constraint_name(caught.value) == name


@pytest.mark.django_db
def test_every_rule_about_supervision_is_tried():
    """Held against the database's own catalogue. Keys and "not null" say nothing about supervision."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname FROM pg_constraint WHERE contype IN ('c', 'x') AND conrelid = ANY(%s::regclass[])
               UNION SELECT indexrelid::regclass::text FROM pg_index
                WHERE indisunique AND indpred IS NOT NULL AND indrelid = ANY(%s::regclass[])""",
            [[f"supporters_{name}" for name in TABLES]] * 2,
        )
        kept = {name for (name,) in cursor.fetchall()}
    checks_of_django = {name for name in kept if name.endswith("_check")}
    assert kept - checks_of_django - set(BROKEN) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("length", [2, 3, 7])
def test_no_circle_of_whatever_length(length):
    line = [make.a_user().pk for _one in range(length)]
    for user, supervisor in pairwise(line):
        Pairing.objects.create(user_id=user, supervisor_id=supervisor)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Pairing.objects.create(user_id=line[-1], supervisor_id=line[0])
    assert constraint_name(caught.value) == "pairing_no_circle"


@pytest.mark.django_db
def test_a_pairing_that_has_ended_closes_no_circle_and_begins_again_only_without_one():
    one, two = make.a_user(), make.a_user()
    first = Pairing.objects.create(user=one, supervisor=two)
    Pairing.objects.filter(pk=first.pk).update(ended_on=timezone.localdate())
    Pairing.objects.create(user=two, supervisor=one)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Pairing.objects.filter(pk=first.pk).update(ended_on=None)
    assert constraint_name(caught.value) == "pairing_no_circle"


def at_once(*works) -> list[str]:
    """All of them in a thread each, begun together; "" or the code with which each was refused."""
    ready, said = Barrier(len(works)), [""] * len(works)

    def run(number: int) -> None:
        try:
            ready.wait(60)
            works[number]()
        except DomainError as error:
            said[number] = error.code
        except IntegrityError as error:
            said[number] = constraint_name(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    return said


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_close_no_circle_together():
    """Each pairing is fine alone. Through services and in plain SQL, a few times over."""
    for number in range(6):
        one, two, three = (make.with_role(make.a_user(), Role.SUPERVISOR) for _one in range(3))
        pair(two, three, three)
        write = pair if number % 2 else in_sql
        assert sorted(at_once(partial(write, one, two, two), partial(write, three, one, one))) == [
            "",
            "pairing_no_circle",
        ]


def in_sql(user, supervisor, _by) -> None:
    Pairing.objects.create(user=user, supervisor=supervisor)


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_at_once_take_on_the_same_person_and_one_of_them_does():
    from psp.errors import Forbidden

    person = make.a_newcomer()
    takers = [make.with_role(make.a_user(), Role.SUPERVISOR) for _one in range(4)]
    refused: list[object] = []

    def take(by) -> None:
        try:
            pair(person, by, by)
        except Forbidden:
            refused.append(by)

    at_once(*[partial(take, by) for by in takers])
    assert (Pairing.objects.standing().filter(user=person).count(), len(refused)) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_is_one_meeting():
    supervisor, person, key = make.with_role(make.a_user(), Role.SUPERVISOR), make.a_newcomer(), uuid4()
    pair(person, supervisor, supervisor)
    note = partial(
        note_meeting, user=person, by=supervisor, kind="one", held_on=timezone.localdate(), minutes=30, key=key
    )
    assert at_once(note, note, note) == ["", "", ""]
    assert SupervisionMeeting.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_talk_is_taken_by_one_of_those_who_press_at_once():
    person = make.a_newcomer()
    takers = [make.with_role(make.a_user(), Role.SUPERVISOR) for _one in range(4)]
    talk = ask_talk(by=person, asked=None, when="now")
    said = at_once(*[partial(take, talk=talk, by=by) for by in takers])
    assert sorted(said) == ["", "talk_taken", "talk_taken", "talk_taken"]
    assert at_once(partial(ask_talk, by=person, asked=None, when="now")) == [""]
    assert Talk.objects.count() == 1
