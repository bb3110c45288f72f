"""Hours: proposed from the calendar, adjusted, sent, approved by another person, never more than a day in a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from sessions.choices import SessionState
from supporters.hours.choices import HoursKind, HoursState, ReturnCode
from supporters.hours.proposing import proposals
from supporters.hours.rules import Period
from supporters.hours.services import (
    add_line,
    approve_hours,
    change_line,
    correct_line,
    remove_line,
    return_hours,
    seen_of,
    submit_hours,
    take_back_hours,
    take_proposals,
    undo_approval,
)
from supporters.models import HoursLine, HoursReturn, Pairing, SupervisionMeeting
from supporters.training.services_cohorts import enrol, record_cohort_attendance
from tests import factories as make
from tests import hours as hours_of
from tests.hours import a_day_ago, a_line, a_pair, a_session, a_supervisor, approved, of, paid
from tests.training import a_cohort, a_learner, was_at

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)


def waiting(lead):
    return HoursLine.objects.filter(user=lead).submitted()


def approve(lead, by, day, seen=None):
    seen = seen_of(waiting(lead).between(day, day)) if seen is None else seen
    return approve_hours(user=lead, by=by, period=of(day), seen=seen)


# --- Proposed from the calendar ---


def test_session_proposes_leading_preparation_and_debrief_and_supervision_its_length():
    lead, supervisor = a_pair()
    day = a_day_ago(2)
    a_session(lead, day=day)
    a_session(lead, day=day, clock=time(9), state=SessionState.CANCELLED)
    SupervisionMeeting.objects.create(user=lead, supervisor=supervisor, kind="one", held_on=day, minutes=45)
    found = proposals(lead, of(day), now=timezone.now())
    assert {(one.kind, one.minutes) for one in found} == {
        (HoursKind.LEADING, 90), (HoursKind.PREPARATION, 30), (HoursKind.DEBRIEF, 30), (HoursKind.SUPERVISION, 45),
    }  # fmt: skip


def test_session_that_is_not_over_is_not_proposed():
    lead, _supervisor = a_pair()
    session = a_session(lead, day=a_day_ago(1))
    assert proposals(lead, of(a_day_ago(1)), now=session.ends_at - timedelta(minutes=1)) == []
    assert len(proposals(lead, of(a_day_ago(1)), now=session.ends_at)) == 3


def test_proposals_are_taken_one_by_one_or_all_and_only_once():
    lead, _supervisor = a_pair()
    day = a_day_ago(2)
    a_session(lead, day=day)
    one = proposals(lead, of(day), now=timezone.now())[0]
    assert len(take_proposals(user=lead, by=lead, period=of(day), keys=[one.key])) == 1
    assert take_proposals(user=lead, by=lead, period=of(day), keys=[one.key]) == []
    assert len(take_proposals(user=lead, by=lead, period=of(day))) == 2
    assert proposals(lead, of(day), now=timezone.now()) == []


def test_taken_proposal_that_is_removed_is_proposed_again():
    lead, _supervisor = a_pair()
    day = a_day_ago(2)
    a_session(lead, day=day)
    line = take_proposals(user=lead, by=lead, period=of(day))[0]
    remove_line(line=line, by=lead)
    remove_line(line=line, by=lead)
    assert [one.kind for one in proposals(lead, of(day), now=timezone.now())] == [line.kind]


def test_proposals_of_somebody_else_are_nobodys_to_take():
    lead, supervisor = a_pair()
    for other in (supervisor, make.a_newcomer(), make.a_coordinator("QC")):
        with pytest.raises(Forbidden):
            take_proposals(user=lead, by=other, period=of(a_day_ago()))


# --- Noted by hand ---


def test_line_by_its_times_has_the_minutes_between_them():
    lead, _supervisor = a_pair()
    line = a_line(lead, begin=time(13), end=time(14, 20))
    assert (line.minutes, line.role, line.state) == (80, "supporter", HoursState.DRAFT)


def test_same_form_sent_twice_is_one_line_and_nobody_else_has_its_key():
    lead, _supervisor = a_pair()
    key = uuid4()
    for _time in range(2):
        add_line(user=lead, by=lead, key=key, day=a_day_ago(), kind="travel", minutes=25)
    assert HoursLine.objects.get().minutes == 25
    other = make.a_newcomer()
    with pytest.raises(Forbidden):
        add_line(user=other, by=other, key=key, day=a_day_ago(), kind="travel", minutes=25)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "sick"}, "kind"),
        ({"kind": "holiday"}, "kind"),
        ({"minutes": 0}, "length"),
        ({"minutes": 1441}, "length"),
        ({"minutes": None}, "length"),
        ({"day": date(2020, 1, 1)}, "day"),
        ({"day": date(2199, 1, 1)}, "day"),
    ],
)
def test_line_that_cannot_be_is_refused_with_what_to_mend(changes, code):
    lead, _supervisor = a_pair()
    said = {"day": a_day_ago(), "kind": "travel", "minutes": 30} | changes
    with pytest.raises(DomainError) as refused:
        add_line(user=lead, by=lead, key=uuid4(), **said)
    assert refused.value.code == code
    assert not HoursLine.objects.exists()


def test_overlap_says_with_what_and_neighbours_are_fine():
    lead, _supervisor = a_pair()
    a_line(lead, kind="travel", begin=time(13), end=time(14))
    with pytest.raises(DomainError) as refused:
        a_line(lead, begin=time(13, 59), end=time(15))
    assert (refused.value.code, refused.value.field) == ("overlap", "begin")
    assert "Travel, 1:00 p.m. to 2:00 p.m." in refused.value.message
    a_line(lead, begin=time(14), end=time(15))
    a_line(make.a_newcomer(), begin=time(13), end=time(14))


def test_day_takes_24_hours_and_not_a_minute_more():
    lead, _supervisor = a_pair()
    a_line(lead, minutes=1440 - 60)
    a_line(lead, minutes=60)
    with pytest.raises(DomainError) as refused:
        a_line(lead, minutes=1)
    assert refused.value.code == "day_full"


@time_machine.travel(datetime(2026, 3, 20, 17, tzinfo=UTC))
def test_day_in_spring_takes_23_hours_and_knows_no_half_past_two():
    lead, _supervisor = a_pair()
    spring = date(2026, 3, 8)
    with pytest.raises(DomainError) as refused:
        a_line(lead, day=spring, begin=time(2, 30), end=time(4))
    assert (refused.value.code, refused.value.field) == ("no_such_time", "begin")
    assert a_line(lead, day=spring, begin=time(1), end=time(4)).minutes == 120
    with pytest.raises(DomainError) as refused:
        a_line(lead, day=spring, minutes=21 * 60 + 1)
    assert "23 hours" in refused.value.message
    a_line(lead, day=spring, minutes=21 * 60)


@time_machine.travel(NOON)
def test_night_in_autumn_is_an_hour_longer():
    lead, _supervisor = a_pair()
    assert a_line(lead, day=date(2026, 11, 1), begin=time(0), end=time(4)).minutes == 300


def test_change_and_removal_are_for_what_is_not_sent():
    lead, _supervisor = a_pair()
    line = a_line(lead)
    change_line(line=line, by=lead, day=line.day, kind="travel", minutes=15)
    line.refresh_from_db()
    assert (line.kind, line.minutes) == ("travel", 15)
    submit_hours(user=lead, by=lead, period=of(line.day))
    for act in (lambda: change_line(line=line, by=lead, day=line.day, kind="travel", minutes=20),
                lambda: remove_line(line=line, by=lead)):  # fmt: skip
        with pytest.raises(Conflict):
            act()
    assert take_back_hours(user=lead, by=lead, period=of(line.day)) == 1
    remove_line(line=line, by=lead)
    assert not HoursLine.objects.exists()


# --- Approved by another person ---


def test_hours_go_from_a_draft_to_an_approval_and_back_until_they_are_paid():
    lead, supervisor = a_pair()
    line = a_line(lead)
    assert submit_hours(user=lead, by=lead, period=of(line.day)) == 1
    assert submit_hours(user=lead, by=lead, period=of(line.day)) == 0
    assert approve(lead, supervisor, line.day) == 1
    line.refresh_from_db()
    assert (line.state, line.decided_by) == (HoursState.APPROVED, supervisor)
    assert undo_approval(user=lead, by=supervisor, period=of(line.day)) == 1
    line.refresh_from_db()
    assert (line.state, line.decided_by) == (HoursState.SUBMITTED, None)


def test_own_hours_are_approved_by_nobody_whatever_their_roles():
    lead = make.with_role(make.a_newcomer(), "supervisor")
    line = a_line(lead)
    submit_hours(user=lead, by=lead, period=of(line.day))
    for act in (approve_hours, return_hours):
        more = {"code": ReturnCode.TALK} if act is return_hours else {}
        with pytest.raises(Forbidden):
            act(user=lead, by=lead, period=of(line.day), seen=seen_of(waiting(lead)), **more)
    assert not HoursLine.objects.exclude(state=HoursState.SUBMITTED).exists()


def test_hours_decided_by_another():
    """`hours_decided_by_another`, `hours_returned_by_another`: the database refuses one's own approval too."""
    lead, _supervisor = a_pair()
    line = a_line(lead)
    submit_hours(user=lead, by=lead, period=of(line.day))
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoursLine.objects.filter(pk=line.pk).update(state="approved", decided_by=lead, decided_at=timezone.now())
    assert constraint_name(refused.value) == "hours_decided_by_another"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoursReturn.objects.create(user=lead, by=lead, code=ReturnCode.TALK)
    assert constraint_name(refused.value) == "hours_returned_by_another"


def test_only_their_supervisor_decides_and_any_where_there_is_none():
    lead, supervisor = a_pair()
    line = a_line(lead)
    submit_hours(user=lead, by=lead, period=of(line.day))
    stranger = a_supervisor()
    for other in (stranger, make.a_coordinator("QC"), hours_of.an_administrator(), make.a_newcomer()):
        with pytest.raises(Forbidden):
            approve(lead, other, line.day)
    Pairing.objects.filter(user=lead).update(ended_on=timezone.localdate())
    assert approve(lead, stranger, line.day) == 1
    assert supervisor.pk != stranger.pk


def test_approval_of_other_hours_than_those_seen_is_a_conflict():
    lead, supervisor = a_pair()
    line = a_line(lead)
    submit_hours(user=lead, by=lead, period=of(line.day))
    seen = seen_of(waiting(lead))
    a_line(lead, minutes=5)
    submit_hours(user=lead, by=lead, period=of(line.day))
    with pytest.raises(Conflict):
        approve(lead, supervisor, line.day, seen=seen)
    assert waiting(lead).count() == 2


def test_returned_hours_say_why_in_a_sealed_note_and_go_again():
    lead, supervisor = a_pair()
    line = a_line(lead)
    submit_hours(user=lead, by=lead, period=of(line.day))
    seen, note = seen_of(waiting(lead)), "The drive home is missing."
    return_hours(user=lead, by=supervisor, period=of(line.day), seen=seen, code=ReturnCode.MISSING, note=note)
    line.refresh_from_db()
    assert (line.state, line.returned.code, line.returned.note) == (HoursState.RETURNED, ReturnCode.MISSING, note)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT note FROM supporters_hoursreturn")
        assert note.encode() not in bytes(cursor.fetchone()[0])
    change_line(line=line, by=lead, day=line.day, kind="travel", minutes=40)
    submit_hours(user=lead, by=lead, period=of(line.day))
    line.refresh_from_db()
    assert (line.state, line.returned) == (HoursState.SUBMITTED, None)


@pytest.mark.parametrize(("code", "note", "field"), [("", "", "code"), ("talk", "x" * 201, "note")])
def test_return_says_what_to_look_at_and_no_more_than_a_note(code, note, field):
    lead, supervisor = a_pair()
    line = a_line(lead)
    submit_hours(user=lead, by=lead, period=of(line.day))
    seen = seen_of(waiting(lead))
    with pytest.raises(DomainError) as refused:
        return_hours(user=lead, by=supervisor, period=of(line.day), seen=seen, code=code, note=note)
    assert refused.value.field == field


def test_every_step_is_in_the_access_log_by_opaque_ids():
    lead, supervisor = a_pair()
    line = a_line(lead)
    approved(line, supervisor)
    found = Entry.objects.filter(model="supporters.hoursline", object_id=str(line.pk), person=lead.pk)
    assert list(found.order_by("id").values_list("action", "purpose")) == [
        ("create", "own"), ("change", "own"), ("change", "care"),
    ]  # fmt: skip


def test_hours_are_seen_by_the_two_and_nobody_else():
    lead, supervisor = a_pair()
    line = a_line(lead)
    assert list(HoursLine.objects.visible_to(lead)) == [line]
    assert list(HoursLine.objects.visible_to(supervisor)) == [line]
    for other in (a_supervisor(), make.a_coordinator("QC"), make.an_analyst(), make.a_newcomer(),
                  hours_of.an_administrator(), make.a_privacy_officer()):  # fmt: skip
        assert not HoursLine.objects.visible_to(other).exists()


# --- Handed to pay, and corrected ---


def test_line_that_was_paid_is_corrected_by_a_new_one_with_the_difference():
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(20), minutes=60)
    paid(line, supervisor)
    less = correct_line(line=line, by=lead, key=uuid4(), minutes=45)
    assert (less.minutes, less.day, less.kind, less.state) == (-15, line.day, line.kind, HoursState.DRAFT)
    more = correct_line(line=line, by=lead, key=uuid4(), minutes=75)
    assert more.minutes == 30
    approved(more, supervisor)
    with pytest.raises(DomainError) as refused:
        correct_line(line=line, by=lead, key=uuid4(), minutes=75)
    assert refused.value.code == "no_change"


def test_line_that_was_not_paid_is_changed_where_it_stands():
    lead, _supervisor = a_pair()
    with pytest.raises(Conflict):
        correct_line(line=a_line(lead), by=lead, key=uuid4(), minutes=10)


def test_hours_locked_once_exported():
    """`hours_locked_once_exported`: neither a change, nor a way back, nor a removal."""
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(20))
    paid(line, supervisor)
    rows = HoursLine.objects.filter(pk=line.pk)
    for act in (
        lambda: rows.update(minutes=10), lambda: rows.update(state="approved", export=None),
        lambda: rows.update(day=a_day_ago(3)), lambda: rows._raw_delete("default"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            act()
        assert constraint_name(refused.value) == "hours_locked_once_exported"


@pytest.mark.parametrize(
    ("state", "changes", "name"),
    [
        ("draft", {"state": "approved"}, "hours_states_in_order"),
        ("sent", {"minutes": 5}, "hours_content_settled"),
        ("sent", {"day": date(2026, 1, 1)}, "hours_content_settled"),
        ("approved", {"minutes": 5}, "hours_content_settled"),
        ("approved", {"state": "exported"}, "hours_export_agreed"),
        ("draft", {"kind": "fun"}, "hours_kind_known"),
        ("draft", {"role": "coordinator"}, "hours_role_known"),
        ("draft", {"minutes": 0}, "hours_minutes_sensible"),
        ("draft", {"minutes": -5}, "hours_minutes_sensible"),
        ("draft", {"ends_at": NOON}, "hours_times_whole"),
        ("draft", {"starts_at": NOON, "ends_at": NOON}, "hours_length_of_its_times"),
        ("draft", {"starts_at": NOON, "ends_at": NOON + timedelta(hours=1), "day": date(2026, 1, 1)},
         "hours_on_the_day_of_its_times"),
    ],
)  # fmt: skip
def test_database_refuses(state, changes, name):
    lead, supervisor = a_pair()
    line = a_line(lead)
    if state != "draft":
        submit_hours(user=lead, by=lead, period=of(line.day))
    if state == "approved":
        approve(lead, supervisor, line.day)
    if changes.get("state") == "approved":
        changes = changes | {"decided_by": supervisor, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoursLine.objects.filter(pk=line.pk).update(**changes)
    assert constraint_name(refused.value) == name


def test_database_takes_only_drafts_and_removes_only_what_is_not_sent():
    """`hours_begin_as_draft`, `hours_sent_stay`."""
    lead, supervisor = a_pair()
    line = a_line(lead)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoursLine.objects.create(user=lead, role="supporter", day=line.day, kind="travel", minutes=5, state="sent")
    assert constraint_name(refused.value) == "hours_begin_as_draft"
    approved(line, supervisor)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoursLine.objects.filter(pk=line.pk)._raw_delete("default")
    assert constraint_name(refused.value) == "hours_sent_stay"


def test_database_takes_only_corrections_that_fit():
    """`hours_correction_fits`, `hours_never_below_nothing`."""
    lead, supervisor = a_pair()
    line, other = a_line(lead, day=a_day_ago(20)), a_line(lead)
    paid(line, supervisor)
    same = {"user": lead, "role": line.role, "day": line.day, "kind": line.kind}
    for corrects, changes in ((other, {"day": other.day}), (line, {"kind": "travel"}), (line, {"day": other.day})):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            HoursLine.objects.create(**(same | changes), minutes=-5, corrects=corrects)
        assert constraint_name(refused.value) == "hours_correction_fits"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoursLine.objects.create(**same, minutes=-61, corrects=line)
    assert constraint_name(refused.value) == "hours_never_below_nothing"


def test_correction_that_other_lines_count_on_is_not_taken_out():
    """`hours_needed_by_others`: else a day would have more than a day's hours, or a line less than nothing."""
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(20), minutes=1440)
    paid(line, supervisor)
    less = correct_line(line=line, by=lead, key=uuid4(), minutes=60)
    beside = a_line(lead, day=line.day, minutes=1000)
    with pytest.raises(DomainError) as refused:
        remove_line(line=less, by=lead)
    assert refused.value.code == "needed"
    with pytest.raises(IntegrityError) as by_the_database, transaction.atomic():
        HoursLine.objects.filter(pk=less.pk).delete()
    assert constraint_name(by_the_database.value) == "hours_needed_by_others"
    remove_line(line=beside, by=lead)
    remove_line(line=less, by=lead)
    assert sum(HoursLine.objects.filter(user=lead).values_list("minutes", flat=True)) == 1440


def test_correction_upwards_that_was_taken_away_again_is_not_taken_out():
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(20), minutes=60)
    paid(line, supervisor)
    more = correct_line(line=line, by=lead, key=uuid4(), minutes=90)
    less = correct_line(line=line, by=lead, key=uuid4(), minutes=0)
    with pytest.raises(DomainError) as refused:
        remove_line(line=more, by=lead)
    assert refused.value.code == "needed"
    remove_line(line=less, by=lead)
    remove_line(line=more, by=lead)


def test_training_proposes_each_session_at_which_somebody_was():
    supervisor = a_supervisor()
    learner, cohort = a_learner(supervisor=supervisor), a_cohort(supervisor)
    enrol(cohort=cohort, person=learner, by=supervisor)
    was_at(cohort, learner, 2, supervisor)
    first, second, third = cohort.sessions.order_by("number")[:3]
    record_cohort_attendance(session=third, statuses={learner.pk: "absent"}, by=supervisor)
    period = Period(a_day_ago(90), timezone.localdate())
    found = proposals(learner, period, now=timezone.now())
    assert [(one.kind, one.about, one.minutes) for one in found] == [
        (HoursKind.TRAINING, one.pk, cohort.minutes) for one in (first, second)
    ]
    take_proposals(user=learner, by=learner, period=period)
    assert proposals(learner, period, now=timezone.now()) == []


def test_line_from_a_time_to_the_same_time_is_no_whole_day():
    lead, _supervisor = a_pair()
    with pytest.raises(DomainError) as refused:
        a_line(lead, begin=time(19), end=time(19, 0, 30))
    assert (refused.value.code, refused.value.field) == ("length", "end")
    assert a_line(lead, begin=time(23), end=time(0)).minutes == 60


# --- Two at once ---


def at_once(*acts):
    """Run these in threads of their own; what each raised, or None."""
    barrier = Barrier(len(acts))
    said: list[Exception | None] = [None] * len(acts)

    def run(number):
        try:
            barrier.wait(timeout=120)
            acts[number]()
        except Exception as error:
            said[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    return said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["service", "database"])
def test_hours_one_thing_at_a_time_with_parallel_writers(way):
    """`hours_one_thing_at_a_time`: of eight overlapping lines at once, one is kept."""
    lead, _supervisor = a_pair()
    day = a_day_ago()
    start = datetime.combine(day, time(12), UTC)

    def write(number):
        if way == "service":
            add_line(
                user=lead, by=lead, key=uuid4(), day=day, kind="travel", begin=time(9, number), end=time(10, number)
            )
        else:
            first = start + timedelta(minutes=number)
            HoursLine.objects.create(user=lead, role="supporter", day=day, kind="travel", minutes=60, starts_at=first,
                                     ends_at=first + timedelta(hours=1))  # fmt: skip

    said = at_once(*[lambda number=number: write(number) for number in range(8)])
    assert HoursLine.objects.count() == 1
    refused = [error for error in said if error is not None]
    assert len(refused) == 7
    if way == "service":
        assert {error.code for error in refused} == {"overlap"}
    else:
        assert {constraint_name(error) for error in refused} == {"hours_one_thing_at_a_time"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["service", "database"])
def test_hours_within_a_day_with_parallel_writers(way):
    """`hours_within_a_day`: of eight lines of seven hours at once, three fit into the day."""
    lead, _supervisor = a_pair()
    day = a_day_ago()

    def write():
        if way == "service":
            add_line(user=lead, by=lead, key=uuid4(), day=day, kind="travel", minutes=420)
        else:
            HoursLine.objects.create(user=lead, role="supporter", day=day, kind="travel", minutes=420)

    said = at_once(*[write] * 8)
    assert HoursLine.objects.count() == 3
    refused = [error for error in said if error is not None]
    assert len(refused) == 5
    if way == "service":
        assert {error.code for error in refused} == {"day_full"}
    else:
        assert {constraint_name(error) for error in refused} == {"hours_within_a_day"}


@pytest.mark.django_db(transaction=True)
def test_sending_and_changing_at_once_leaves_what_was_seen():
    lead, supervisor = a_pair()
    line = a_line(lead)
    submit_hours(user=lead, by=lead, period=of(line.day))
    seen = seen_of(waiting(lead))
    said = at_once(
        lambda: approve(lead, supervisor, line.day, seen=seen),
        lambda: take_back_hours(user=lead, by=lead, period=of(line.day)),
    )
    assert said == [None, None]
    line.refresh_from_db()
    assert line.state in (HoursState.APPROVED, HoursState.DRAFT)


def test_period_of_a_week_takes_only_its_days():
    lead, _supervisor = a_pair()
    inside, outside = a_line(lead, day=a_day_ago(3)), a_line(lead, day=a_day_ago(9))
    assert submit_hours(user=lead, by=lead, period=Period(a_day_ago(7), a_day_ago(1))) == 1
    for line in (inside, outside):
        line.refresh_from_db()
    assert (inside.state, outside.state) == (HoursState.SUBMITTED, HoursState.DRAFT)
