"""Supervision: who is at whose side, that they met, a talk now, more support for a while ([NH] rule 30)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contact.models import OutboxMessage
from privacy.choices import HoldKind
from privacy.models import Hold
from psp.choices import Role
from psp.errors import DomainError, Forbidden
from psp.models import RoleAssignment, User
from supporters.models import (
    CareSetting,
    NextMeeting,
    OpenDoor,
    Pairing,
    SupervisionMeeting,
    SupervisorWish,
    SupportPlan,
    Talk,
)
from supporters.rules import days_late, supervision_due
from supporters.supervision import services as services_supervision
from supporters.supervision import services_extra, services_talks
from supporters.supervision.facts import due_of
from supporters.supervision.services import (
    add_own_line,
    ask_for_another,
    cannot_now,
    current_of,
    drop_next,
    note_meeting,
    note_together,
    pair,
    plan_next,
    show_to_current,
    take_back_wish,
)
from supporters.supervision.services_talks import ask_talk, nearest_first, open_door, shut_door
from tests import factories as make

pytestmark = pytest.mark.django_db

AGREED = "Telling words that only two may read"


def a_supervisor(**fields) -> User:
    return make.with_role(make.a_user(**fields), Role.SUPERVISOR)


def refused(code: str):
    return pytest.raises(DomainError, check=lambda error: error.code == code)


@pytest.fixture
def supervisor(db):
    return a_supervisor(name="Robin")


@pytest.fixture
def other(db):
    return a_supervisor(name="Kim")


@pytest.fixture
def supporter(supervisor):
    made = make.a_newcomer(name="Dominique")
    pair(made, supervisor, supervisor)
    return made


def told(person: User, template: str = "space_news") -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(person=person, template_id=template))


def today() -> date:
    return timezone.localdate()


# --- Pairs ----------------------------------------------------------------------------------------


def test_a_supervisor_takes_on_somebody_who_has_nobody_and_twice_is_as_once(supervisor):
    person = make.a_newcomer()
    first = pair(person, supervisor, supervisor)
    assert pair(person, supervisor, supervisor) == first
    assert (current_of(person).supervisor, Pairing.objects.count()) == (supervisor, 1)
    assert len(told(person)) == 1


def test_who_has_a_supervisor_is_taken_by_nobody_else(supporter, other):
    with pytest.raises(Forbidden):
        pair(supporter, other, other)
    assert current_of(supporter).supervisor.name == "Robin"


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.ANALYST, Role.PRIVACY_OFFICER])
def test_nobody_but_supervisors_pairs_anybody(role, supervisor):
    by = make.with_role(make.a_user(), role, "QC" if role == Role.COORDINATOR else None)
    with pytest.raises(Forbidden):
        pair(make.a_newcomer(), supervisor, by)


def test_one_hands_over_ones_own_people_and_decides_about_nobody_elses(supervisor, other, supporter):
    pair(supporter, other, supervisor)
    assert current_of(supporter).supervisor == other
    with pytest.raises(Forbidden):
        pair(supporter, supervisor, supervisor)


def test_nobody_decides_about_their_own_supervision_nor_supervises_themselves(supervisor, other):
    with pytest.raises(Forbidden):
        pair(supervisor, other, supervisor)
    with refused("pairing_with_another"):
        pair(supervisor, supervisor, other)


def test_supervisors_are_supervised_but_not_in_a_circle(supervisor, other):
    third = a_supervisor()
    pair(supervisor, other, other)
    pair(other, third, third)
    with refused("pairing_no_circle"):
        pair(third, supervisor, supervisor)
    assert current_of(third) is None
    pairing = Pairing.objects.get(user=supervisor)
    services_supervision.end_all(supervisor, by=other)
    pairing.refresh_from_db()
    assert pairing.ended_on == today()
    pair(third, supervisor, supervisor)


def test_who_does_not_supervise_is_at_nobodys_side(supervisor):
    with refused("no_supervisor"):
        pair(make.a_newcomer(), make.a_clinician(), supervisor)


def test_whose_supervisor_lost_the_role_has_nobody_and_may_be_taken_on(supervisor, other, supporter):
    RoleAssignment.objects.filter(user=supervisor).delete()
    assert current_of(supporter) is None
    pair(supporter, other, other)
    assert current_of(supporter).supervisor == other


# --- Another supervisor, without a reason ---------------------------------------------------------


def test_another_supervisor_is_asked_for_and_the_one_before_learns_only_that_it_ended(supervisor, other, supporter):
    ask_for_another(by=supporter, wished=other)
    assert told(supervisor) == [], "whom they have is told nothing before"
    assert not SupervisorWish.objects.visible_to(supervisor).exists()
    assert SupervisorWish.objects.visible_to(other).get().user == supporter
    assert current_of(supporter).supervisor == supervisor, "nobody is without a supervisor meanwhile"
    pair(supporter, other, other)
    assert current_of(supporter).supervisor == other
    message = told(supervisor)[0]
    assert message.context == {}
    assert not SupervisorWish.objects.exists()
    reasons = [field.name for model in (SupervisorWish, Pairing) for field in model._meta.fields]
    assert not {"reason", "words", "text", "why"} & set(reasons)


def test_anyone_else_may_take_them_on_but_not_whom_they_have(supervisor, other, supporter):
    third = a_supervisor()
    ask_for_another(by=supporter, wished=None)
    assert [len(told(one)) for one in (supervisor, other, third)] == [0, 1, 1]
    assert SupervisorWish.objects.visible_to(third).exists()
    with refused("no_supervisor"):
        ask_for_another(by=supporter, wished=supervisor)


def test_a_supervisor_who_cannot_now_leaves_the_wish_to_the_others(supervisor, other, supporter):
    wish = ask_for_another(by=supporter, wished=other)
    cannot_now(wish=wish, by=other)
    wish.refresh_from_db()
    assert wish.wished is None
    assert not told(supervisor)
    with pytest.raises(Forbidden):
        cannot_now(wish=wish, by=other)


def test_message_that_stays_does_not_say_who_wished_for_somebody_else(other, supporter):
    ask_for_another(by=supporter, wished=other)
    ask_for_another(by=supporter, wished=other)
    (message,) = OutboxMessage.objects.filter(person=other)
    assert str(supporter.pk) not in message.key


def test_a_wish_that_was_taken_back_reaches_nobody(other, supporter):
    ask_for_another(by=supporter, wished=other)
    message = told(other)[0]
    assert services_supervision.still_news(message)
    take_back_wish(by=supporter)
    take_back_wish(by=supporter)
    assert not services_supervision.still_news(message)
    with pytest.raises(Forbidden):
        pair(supporter, other, other)


def test_the_end_of_the_role_ends_what_stands_and_what_is_planned(supervisor, supporter):
    plan_next(user=supporter, by=supervisor, starts_at=timezone.now() + timedelta(days=2))
    ask_for_another(by=supporter, wished=None)
    services_supervision.end_all(supporter, by=make.a_coordinator())
    assert current_of(supporter) is None
    assert not NextMeeting.objects.exists()
    assert not SupervisorWish.objects.exists()


# --- Meetings -------------------------------------------------------------------------------------


def meet(user, by, **fields):
    values = {"kind": "one", "held_on": today(), "minutes": 45, "agreed": AGREED} | fields
    return note_meeting(user=user, by=by, **values)


def test_what_was_agreed_is_sealed_and_read_by_the_two(supervisor, other, supporter):
    made = meet(supporter, supervisor)
    add_own_line(meeting=made, by=supporter, text="And I rest on Fridays")
    coordinator, admin = make.a_coordinator(), make.with_role(make.a_user(), Role.ADMINISTRATOR)
    for reader in (supporter, supervisor):
        seen = SupervisionMeeting.objects.visible_to(reader).get()
        assert (seen.agreed, seen.added) == (AGREED, "And I rest on Fridays")
    for reader in (other, coordinator, admin, make.an_analyst(), make.a_privacy_officer(), make.a_newcomer()):
        assert not SupervisionMeeting.objects.visible_to(reader).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(agreed, 'escape') || encode(added, 'escape') FROM supporters_supervisionmeeting")
        (raw,) = cursor.fetchone()
    assert "Telling" not in raw
    assert "Fridays" not in raw


def test_a_later_supervisor_reads_what_the_supporter_shows_and_the_earlier_one_nothing(supervisor, other, supporter):
    made = meet(supporter, supervisor)
    with pytest.raises(Forbidden):
        show_to_current(row=made, by=supervisor, shown=True)
    pair(supporter, other, supervisor)
    assert not SupervisionMeeting.objects.visible_to(supervisor).exists()
    assert not SupervisionMeeting.objects.visible_to(other).exists()
    show_to_current(row=made, by=supporter, shown=True)
    assert SupervisionMeeting.objects.visible_to(other).get().agreed == AGREED
    show_to_current(row=made, by=supporter, shown=False)
    assert not SupervisionMeeting.objects.visible_to(other).exists()


def test_only_the_supervisor_at_their_side_notes_a_meeting_and_only_the_supporter_adds(supervisor, other, supporter):
    for by in (other, supporter, make.a_coordinator()):
        with pytest.raises(Forbidden):
            meet(supporter, by)
    made = meet(supporter, supervisor)
    for by in (supervisor, other):
        with pytest.raises(Forbidden):
            add_own_line(meeting=made, by=by, text="not mine")


def test_the_second_press_finds_what_the_first_one_wrote(supervisor, supporter):
    key = uuid4()
    assert meet(supporter, supervisor, key=key) == meet(supporter, supervisor, key=key)
    assert SupervisionMeeting.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("held_later", {"held_on": date(2999, 1, 1)}),
        ("long_ago", {"held_on": date(2020, 1, 1)}),
        ("kind_unknown", {"kind": "review"}),
        ("minutes", {"minutes": 0}),
        ("minutes", {"minutes": 481}),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_with_a_sentence(supervisor, supporter, code, fields):
    with refused(code):
        meet(supporter, supervisor, **fields)


def test_group_supervision_is_one_sealed_row_for_each(supervisor, supporter):
    second = make.a_newcomer()
    pair(second, supervisor, supervisor)
    key = uuid4()
    for _press in range(2):
        rows = note_together(by=supervisor, people=[supporter, second], held_on=today(), minutes=90, agreed=AGREED,
                             key=key)  # fmt: skip
    assert SupervisionMeeting.objects.count() == 2
    assert {row.together for row in rows} == {key}
    assert [row.user for row in SupervisionMeeting.objects.visible_to(second)] == [second]
    with refused("nobody_there"):
        note_together(by=supervisor, people=[], held_on=today(), minutes=90)
    stranger = make.a_newcomer()
    with pytest.raises(Forbidden):
        note_together(by=supervisor, people=[supporter, stranger], held_on=today(), minutes=90)
    assert SupervisionMeeting.objects.count() == 2, "all of them or none"


def test_the_next_meeting_is_seen_by_both_and_goes_once_it_is_noted(supervisor, other, supporter):
    begin = timezone.now() + timedelta(days=3)
    first = plan_next(user=supporter, by=supervisor, starts_at=begin)
    assert plan_next(user=supporter, by=supervisor, starts_at=begin).revision == 0, "the same again is nothing new"
    moved = plan_next(user=supporter, by=supervisor, starts_at=begin + timedelta(hours=1))
    assert (moved.pk, moved.revision) == (first.pk, 1)
    for reader, sees in ((supporter, 1), (supervisor, 1), (other, 0), (make.a_coordinator(), 0)):
        assert NextMeeting.objects.visible_to(reader).count() == sees
    meet(supporter, supervisor)
    assert NextMeeting.objects.exists(), "another meeting came before it"
    with time_machine.travel(begin + timedelta(hours=3)):
        meet(supporter, supervisor, held_on=today())
    assert not NextMeeting.objects.exists()
    with refused("next_in_past"):
        plan_next(user=supporter, by=supervisor, starts_at=timezone.now() - timedelta(minutes=1))


def test_either_of_the_two_calls_it_off_and_the_other_is_told(supervisor, other, supporter):
    plan_next(user=supporter, by=supervisor, starts_at=timezone.now() + timedelta(days=3))
    drop_next(user=supporter, by=other)
    assert NextMeeting.objects.exists()
    drop_next(user=supporter, by=supporter)
    drop_next(user=supporter, by=supporter)
    assert not NextMeeting.objects.exists()
    assert len(told(supervisor)) == 1


# --- When it is due -------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(since=DAYS, last=st.none() | DAYS, every=st.integers(1, 92), on=DAYS)
def test_days_late_is_how_many_days_have_begun_since_the_last_one_in_time(since, last, every, on):
    """Restated by counting days one by one."""
    begin = since if last is None else last
    in_time = {begin + timedelta(days=number) for number in range(every + 1)}
    late = [day for day in (begin + timedelta(days=n) for n in range((on - begin).days + 1)) if day not in in_time]
    assert days_late(since, last, every, on) == len(late)
    assert supervision_due(since, last, every) == max(in_time)


def test_due_dates_count_from_the_newest_regular_meeting_and_a_check_in_replaces_none(supervisor, supporter):
    day = today()
    assert due_of([supporter.pk], day)[supporter.pk].on == day + timedelta(days=14)
    Pairing.objects.update(since=day - timedelta(days=20))
    assert due_of([supporter.pk], day)[supporter.pk].late == 6
    meet(supporter, supervisor, kind="check_in")
    assert due_of([supporter.pk], day)[supporter.pk].late == 6
    CareSetting.objects.update(rhythm_kinds=["one", "check_in"])
    assert due_of([supporter.pk], day)[supporter.pk].late == 0
    meet(supporter, supervisor, held_on=day - timedelta(days=2))
    assert due_of([supporter.pk], day)[supporter.pk].last == day
    assert due_of([make.a_newcomer().pk], day) == {}


# --- A talk now -----------------------------------------------------------------------------------


def test_a_talk_is_asked_taken_and_done_and_nothing_of_it_is_kept(supervisor, other, supporter):
    talk = ask_talk(by=supporter, asked=supervisor, when="now")
    assert ask_talk(by=supporter, asked=other, when="today") == talk, "one at a time; a second press finds the first"
    (message,) = told(supervisor, "talk_asked")
    assert message.context == {"talk": str(talk.pk)}
    assert services_talks.still_asked(message)
    assert not Talk.objects.visible_to(other).exists()
    services_talks.take(talk=talk, by=supervisor)
    assert not services_talks.still_asked(message)
    services_talks.done(talk=talk, by=supervisor)
    services_talks.done(talk=talk, by=supervisor)
    talk.refresh_from_db()
    assert talk.state == "done"
    assert not [field for field in Talk._meta.fields if field.get_internal_type() in ("TextField", "BinaryField")]
    Hold.objects.create(person=talk.user, kind=HoldKind.COMPLAINT, opened_by=make.a_privacy_officer())
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert services_talks.forget(timezone.now()) == 0
        Hold.objects.all().delete()
        assert services_talks.forget(timezone.now()) == 1


def test_what_nobody_can_answer_any_more_goes_and_what_waits_for_an_answer_stays(supporter):
    gone = make.a_newcomer()
    kept, lost = (ask_talk(by=one, asked=None, when="now") for one in (supporter, gone))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert services_talks.forget(timezone.now() + timedelta(days=365)) == 1
    assert list(Talk.objects.all()) == [kept]
    assert lost.pk != kept.pk


def test_nobody_takes_what_was_asked_of_a_colleague_nor_their_own(supervisor, other, supporter):
    talk = ask_talk(by=supporter, asked=supervisor, when="now")
    for by in (other, supporter, make.a_coordinator()):
        with pytest.raises(Forbidden):
            services_talks.take(talk=talk, by=by)
    services_talks.take_back(talk=talk, by=supporter)
    with pytest.raises(Forbidden):
        services_talks.take(talk=talk, by=supervisor)


def test_a_talk_that_nobody_takes_goes_to_all_once_and_the_quicker_one_takes_it(supervisor, other, supporter):
    third = a_supervisor()
    talk = ask_talk(by=supporter, asked=supervisor, when="now")
    soon = timezone.now() + timedelta(minutes=59)
    assert services_talks.widen(soon) == 0
    assert services_talks.widen(soon + timedelta(minutes=2)) == 1
    assert services_talks.widen(soon + timedelta(minutes=3)) == 0
    assert [len(told(one, "talk_asked")) for one in (supervisor, other, third)] == [1, 1, 1]
    services_talks.take(talk=talk, by=other)
    with refused("talk_taken"):
        services_talks.take(talk=talk, by=third)
    assert Talk.objects.get().taken_by == other
    assert not Talk.objects.waiting_for(third).exists()


def test_a_talk_with_whoever_is_there_goes_to_all_supervisors(supervisor, other, supporter):
    ask_talk(by=supporter, asked=None, when="today")
    assert [len(told(one, "talk_asked")) for one in (supervisor, other)] == [1, 1]
    assert services_talks.widen(timezone.now() + timedelta(days=1)) == 0


def test_whom_to_ask_the_own_supervisor_first_then_open_doors_then_the_others(supervisor, other, supporter):
    third = a_supervisor()
    open_door(by=third, until=timezone.now() + timedelta(hours=2))
    assert list(nearest_first(supporter)) == [supervisor, third, other]
    shut_door(by=third)
    assert [one.nearness for one in nearest_first(supporter)] == [0, 2, 2]
    assert supervisor not in nearest_first(supervisor)


def test_a_door_is_open_for_a_day_at_most_and_only_a_supervisors(supervisor):
    now = timezone.now()
    for until in (now, now + timedelta(hours=25)):
        with refused("door_until"):
            open_door(by=supervisor, until=until)
    with pytest.raises(Forbidden):
        open_door(by=make.a_newcomer(), until=now + timedelta(hours=1))
    open_door(by=supervisor, until=now + timedelta(hours=1))
    assert OpenDoor.objects.open_at(now).exists()
    assert not OpenDoor.objects.open_at(now + timedelta(hours=2)).exists()


# --- More support for a while ---------------------------------------------------------------------


def a_plan(user, by, **fields):
    day = today()
    values = {
        "kinds": ["meet_more"], "from_on": day, "until_on": day + timedelta(days=60),
        "look_on": day + timedelta(days=30), "agreed": AGREED,
    } | fields  # fmt: skip
    return services_extra.make_plan(user=user, by=by, **values)


def test_a_plan_is_of_the_two_and_waits_to_be_looked_at_on_its_day(supervisor, other, supporter):
    plan = a_plan(supporter, supervisor)
    assert SupportPlan.objects.visible_to(supporter).get().agreed == AGREED
    for reader in (other, make.a_coordinator(), make.a_privacy_officer()):
        assert not SupportPlan.objects.visible_to(reader).exists()
    for days, waits in ((29, False), (30, True), (61, True)):
        day = today() + timedelta(days=days)
        assert SupportPlan.objects.to_look_at(day).exists() is waits
    later = today() + timedelta(days=90)
    services_extra.go_on(plan=plan, by=supervisor, until_on=later, look_on=later)
    assert not SupportPlan.objects.to_look_at(today() + timedelta(days=61)).exists()
    services_extra.end_plan(plan=plan, by=supervisor)
    services_extra.end_plan(plan=plan, by=supervisor)
    assert not SupportPlan.objects.to_look_at(later).exists()


def test_a_plan_that_cannot_be_is_refused_with_a_sentence(supervisor, other, supporter):
    day = today()
    for code, fields in (
        ("plan_dates", {"look_on": day + timedelta(days=61)}), ("plan_dates", {"look_on": day - timedelta(days=1)}),
        ("plan_kinds", {"kinds": ["secret"]}), ("plan_empty", {"kinds": [], "agreed": "  "}),
    ):  # fmt: skip
        with refused(code):
            a_plan(supporter, supervisor, **fields)
    with pytest.raises(Forbidden):
        a_plan(supporter, other)
    key = uuid4()
    assert a_plan(supporter, supervisor, key=key) == a_plan(supporter, supervisor, key=key)
    with refused("plan_one"):
        a_plan(supporter, supervisor)
    with pytest.raises(Forbidden):
        services_extra.end_plan(plan=SupportPlan.objects.get(), by=other)


# --- Erasure --------------------------------------------------------------------------------------


def test_what_is_about_somebody_goes_with_them_and_what_they_wrote_for_others_stays(supervisor, other, supporter):
    from supporters.supervision.privacy import close, erase

    pair(supervisor, other, other)
    meet(supporter, supervisor)
    meet(supervisor, other)
    plan_next(user=supporter, by=supervisor, starts_at=timezone.now() + timedelta(days=2))
    close(supervisor, by=other)
    assert current_of(supporter) is None
    assert not NextMeeting.objects.exists()
    erase(supervisor)
    assert [row.user for row in SupervisionMeeting.objects.all()] == [supporter]
    assert SupervisionMeeting.objects.get().agreed == AGREED
    assert Pairing.objects.get().user == supporter
