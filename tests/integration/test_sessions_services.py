"""Ten sessions on the wall's clock, moved and cancelled with a word to the members, and who was there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from consent.services import withdraw
from contact import delivery
from contact.choices import OutboxState
from contact.models import OutboxMessage
from contact.reminding import plan
from contact.services import set_safe_contact
from groups import services as groups
from groups.models import Membership, PeerGroup
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from psp.holidays import statutory_holidays
from psp.models import Region, User
from sessions import services
from sessions.choices import AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession
from sessions.reminders import SOURCE
from sessions.services_attendance import attendance_mark, record_attendance
from tests.factories import a_coordinator, a_facilitator, a_formal_group, a_participant, agree, an_accepted_participant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]

TORONTO = ZoneInfo("America/Toronto")
BEFORE = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(BEFORE, tick=False):
        yield


def an_established_group(*, members: int = 4, by: User | None = None, **fields) -> PeerGroup:
    by = by or a_coordinator("QC")
    values = {"starts_on": date(2026, 12, 1), "region": "QC", "program_region": "QC"} | fields
    group = a_formal_group(by, members=members, **values)
    for member in group.memberships.all():
        agree(member.participant.user, "contact_email")
        set_safe_contact(person=member.participant.user, by=member.participant.user, email_safe=True)
    return groups.establish(group=group, by=by)


def coordinator_of(group: PeerGroup) -> User:
    return User.objects.get(pk=group.created_by_id)


def scheduled(group: PeerGroup) -> list[GroupSession]:
    return services.schedule_series(group=group, by=coordinator_of(group))


def refused(code: str):
    return pytest.raises(DomainError, check=lambda error: error.code == code)


# --- Scheduling -----------------------------------------------------------------------------------


def test_schedule_series_makes_ten_sessions_at_seven_on_the_wall_without_holidays():
    """Tuesdays from 1 December 2026 in Quebec; no Tuesday of these is a holiday."""
    sessions = scheduled(an_established_group())
    assert [session.number for session in sessions] == list(range(1, 11))
    walls = {session.starts_at.astimezone(TORONTO).time() for session in sessions}
    assert walls == {time(19, 0)}
    assert all(session.ends_at - session.starts_at == timedelta(minutes=90) for session in sessions)
    assert GroupSession.history.count() == 10


def test_schedule_series_leaves_out_statutory_holidays_and_still_has_ten():
    group = an_established_group(starts_on=date(2026, 12, 25))  # Christmas, then New Year's Day, both Fridays
    preview = services.preview_series(group)
    assert [day for day, _name in preview.skipped] == [date(2026, 12, 25), date(2027, 1, 1)]
    days = [session.starts_at.astimezone(TORONTO).date() for session in scheduled(group)]
    assert days[0] == date(2027, 1, 8)
    assert len(days) == 10
    assert days[-1] == date(2027, 3, 12)


def test_schedule_series_asks_for_the_holidays_of_the_groups_own_province():
    """19 April 2027 is nothing in Quebec; 21 June 2027 (a Monday) is a holiday in the Northwest Territories only."""
    north = an_established_group(
        by=a_coordinator("NOR"), region="NT", program_region="NOR", starts_on=date(2027, 6, 14), language="en",
        time_zone="America/Yellowknife",
    )  # fmt: skip
    assert date(2027, 6, 21) in dict(services.preview_series(north).skipped)
    quebec = an_established_group(starts_on=date(2027, 6, 14))
    assert date(2027, 6, 21) not in dict(services.preview_series(quebec).skipped)


def test_schedule_series_twice_changes_nothing():
    group = an_established_group()
    first = {session.pk for session in scheduled(group)}
    assert {session.pk for session in scheduled(group)} == first
    assert GroupSession.objects.count() == 10


def test_schedule_series_needs_an_established_group():
    group = a_formal_group(a_coordinator("QC"), members=4)
    with refused("not_established"):
        scheduled(group)
    assert not GroupSession.objects.exists()


@pytest.mark.parametrize("who", ["elsewhere", "facilitator", "participant"])
def test_schedule_series_is_for_coordinators_of_the_region(who):
    group = an_established_group()
    person = {"elsewhere": a_coordinator("ON"), "facilitator": group.leads.get().user,
              "participant": group.memberships.first().participant.user}[who]  # fmt: skip
    with pytest.raises(Forbidden):
        services.schedule_series(group=group, by=person)


# --- 40: clocks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "region", "program_region", "offsets"),
    [
        ("America/Toronto", "QC", "QC", {-5, -4}),
        ("America/St_Johns", "NL", "ATL", {-3.5, -2.5}),
        # British Columbia stays on its summer time from 2026 on.
        ("America/Vancouver", "BC", "PAC", {-7}),
    ],
)
def test_property_40_wall_clock_time_is_kept_over_the_change_of_clocks(zone, region, program_region, offsets):
    group = an_established_group(
        by=a_coordinator(program_region), region=region, program_region=program_region,
        starts_on=date(2027, 2, 9), time_zone=zone,
    )  # fmt: skip
    locals_ = [session.starts_at.astimezone(ZoneInfo(zone)) for session in scheduled(group)]
    assert {moment.time() for moment in locals_} == {time(19, 0)}
    assert {(moment.utcoffset() or timedelta()) / timedelta(hours=1) for moment in locals_} == offsets


def test_property_40_time_that_spring_leaves_out_and_autumn_shows_twice():
    gap = an_established_group(starts_on=date(2027, 3, 14), start_time=time(2, 30))
    assert scheduled(gap)[0].starts_at == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    fold = an_established_group(starts_on=date(2027, 11, 7), start_time=time(1, 30))
    assert scheduled(fold)[0].starts_at == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


def test_property_40_leap_day_is_a_day_like_any_other():
    group = an_established_group(starts_on=date(2028, 2, 15))
    days = [session.starts_at.astimezone(TORONTO).date() for session in scheduled(group)]
    assert date(2028, 2, 29) in days


def test_property_40_reminder_comes_a_day_before_by_the_clock_that_runs(smtp_sink):
    """Clocks change on 14 March 2027, between reminder and session: 24 hours before 7 p.m. is 6 p.m. here."""
    group = an_established_group(starts_on=date(2027, 3, 14))
    session = scheduled(group)[0]
    due = session.starts_at - timedelta(hours=24)
    assert due.astimezone(TORONTO).time() == time(18, 0)
    for skew in (timedelta(minutes=-5), timedelta(seconds=-1)):
        delivery.send_due(due + skew)
        assert smtp_sink.mails == []
    delivery.send_due(due)
    delivery.send_due(due + timedelta(minutes=5))
    assert len(smtp_sink.mails) == 4


# --- Reminders ------------------------------------------------------------------------------------


def reminder_moment(session: GroupSession) -> datetime:
    return session.starts_at - timedelta(hours=24)


def test_reminders_go_once_to_each_member_with_consent(smtp_sink):
    group = an_established_group(members=5)
    session = scheduled(group)[0]
    silent, gone = list(group.memberships.all())[:2]
    withdraw(person=silent.participant.user, purpose="contact_email")
    groups.leave_group(membership=gone, by=gone.participant.user)
    for _minute in range(3):
        delivery.send_due(reminder_moment(session))
    assert len(smtp_sink.mails) == 3
    addresses = {mail.recipients[0] for mail in smtp_sink.mails}
    assert not addresses & {silent.participant.user.sealed_email, gone.participant.user.sealed_email}


def test_reminder_is_not_sent_to_someone_who_left_after_it_was_planned(smtp_sink):
    group = an_established_group()
    session = scheduled(group)[0]
    plan(SOURCE, reminder_moment(session))
    member = group.memberships.first()
    groups.leave_group(membership=member, by=member.participant.user)
    delivery.send_due(reminder_moment(session))
    reminders = OutboxMessage.objects.filter(template_id="session_reminder")
    assert reminders.filter(state=OutboxState.SENT).count() == 3
    assert reminders.get(person=member.participant.user).reason == "overtaken"


def test_everybody_hears_that_the_dates_are_set_and_nobody_who_left(smtp_sink):
    group = an_established_group()
    lead = group.leads.get().user
    scheduled(group)
    told = OutboxMessage.objects.filter(template_id="dates_set")
    assert set(told.values_list("person", flat=True)) == {
        lead.pk, *group.memberships.values_list("participant__user", flat=True)
    }  # fmt: skip
    member = group.memberships.first()
    groups.leave_group(membership=member, by=member.participant.user)
    delivery.send_due(timezone.now())
    assert told.get(person=member.participant.user).reason == "overtaken"
    assert told.filter(state=OutboxState.SENT).count() == 3


def test_reminder_after_the_start_is_never_sent(smtp_sink):
    session = scheduled(an_established_group())[0]
    plan(SOURCE, reminder_moment(session))
    delivery.send_due(session.starts_at + timedelta(seconds=1))
    assert smtp_sink.mails == []
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.EXPIRED}


def test_reminders_of_a_forming_or_cancelled_group_do_not_exist(smtp_sink):
    group = an_established_group()
    session = scheduled(group)[0]
    groups.cancel(group=group, by=coordinator_of(group))
    assert set(group.sessions.values_list("state", flat=True)) == {SessionState.CANCELLED}
    assert plan(SOURCE, reminder_moment(session)) == 0


def test_planning_reminders_costs_the_same_number_of_queries_once_they_are_planned(django_assert_max_num_queries):
    session = scheduled(an_established_group(members=6))[0]
    assert plan(SOURCE, reminder_moment(session)) == 6
    with django_assert_max_num_queries(3):
        assert plan(SOURCE, reminder_moment(session)) == 0


# --- Moving and cancelling ------------------------------------------------------------------------


def test_move_session_tells_the_members_and_reminds_of_the_new_time_only(smtp_sink):
    group = an_established_group()
    session = scheduled(group)[0]
    plan(SOURCE, reminder_moment(session))
    later = session.starts_at + timedelta(days=2)
    services.move_session(session=session, by=coordinator_of(group), starts_at=later, revision=0)
    delivery.send_due(reminder_moment(session))
    subjects = [mail.message["Subject"] for mail in smtp_sink.mails]
    assert subjects == ["Un nouveau moment"] * 4
    delivery.send_due(later - timedelta(hours=24))
    assert [mail.message["Subject"] for mail in smtp_sink.mails[4:]] == ["Un rappel"] * 4
    assert "jeudi 3 décembre 2026" in smtp_sink.mails[4].body


def test_move_there_and_back_is_reminded_of_again(smtp_sink):
    group = an_established_group()
    session, by = scheduled(group)[0], coordinator_of(group)
    plan(SOURCE, reminder_moment(session))
    first = session.starts_at
    services.move_session(session=session, by=by, starts_at=first + timedelta(hours=1))
    services.move_session(session=session, by=by, starts_at=first)
    delivery.send_due(first - timedelta(hours=24))
    subjects = sorted(mail.message["Subject"] for mail in smtp_sink.mails)
    assert subjects == ["Un nouveau moment"] * 4 + ["Un rappel"] * 4


def test_move_session_refuses_the_past_an_overlap_a_stale_page_and_a_held_session():
    group = an_established_group()
    first, second, *_rest = scheduled(group)
    by = coordinator_of(group)
    with refused("starts_in_the_past"):
        services.move_session(session=first, by=by, starts_at=BEFORE - timedelta(minutes=1))
    with refused("sessions_overlap"):
        services.move_session(session=first, by=by, starts_at=second.starts_at + timedelta(minutes=89))
    services.move_session(session=first, by=by, starts_at=first.starts_at + timedelta(hours=1), revision=0)
    with pytest.raises(Conflict):
        services.move_session(session=first, by=by, starts_at=first.starts_at + timedelta(hours=2), revision=0)
    services.cancel_session(session=first, by=by)
    with refused("session_over"):
        services.move_session(session=first, by=by, starts_at=first.starts_at + timedelta(hours=3))
    for stranger in (a_coordinator("ON"), group.leads.get().user):
        with pytest.raises(Forbidden):
            services.move_session(session=second, by=stranger, starts_at=second.starts_at + timedelta(hours=1))


def test_cancel_session_tells_the_members_and_takes_back_reminders(smtp_sink):
    group = an_established_group()
    session = scheduled(group)[0]
    plan(SOURCE, reminder_moment(session))
    services.cancel_session(session=session, by=coordinator_of(group))
    delivery.send_due(reminder_moment(session))
    assert [mail.message["Subject"] for mail in smtp_sink.mails] == ["Un changement à votre horaire"] * 4


# --- Attendance -----------------------------------------------------------------------------------


def statuses_of(group: PeerGroup, *statuses: str) -> dict[str, str]:
    members = Membership.objects.filter(group=group).order_by("joined_at", "id")
    return {str(member.participant_id): status for member, status in zip(members, statuses, strict=False)}


def on_the_day(session: GroupSession, minutes: int = 30):
    return time_machine.travel(session.starts_at + timedelta(minutes=minutes), tick=False)


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_record_attendance_marks_the_session_held_and_writes_one_audit_row_a_person(who):
    group = an_established_group()
    session = scheduled(group)[0]
    by = group.leads.get().user if who == "lead" else coordinator_of(group)
    with on_the_day(session):
        done = record_attendance(
            session=session, by=by, statuses=statuses_of(group, "present", "absent", "let_us_know", "left_early")
        )
    assert done.state == SessionState.HELD
    assert sorted(Attendance.objects.values_list("status", flat=True)) == [
        "absent", "left_early", "let_us_know", "present",
    ]  # fmt: skip
    assert Entry.objects.filter(model="peer_sessions.attendance", action="create").count() == 4


def test_record_attendance_again_keeps_the_correction_in_history():
    group = an_established_group()
    session, lead = scheduled(group)[0], group.leads.get().user
    with on_the_day(session):
        record_attendance(session=session, by=lead, statuses=statuses_of(group, "present", "absent"))
        record_attendance(session=session, by=lead, statuses=statuses_of(group, "present", "present"))
    assert Attendance.objects.filter(status=AttendanceStatus.PRESENT).count() == 2
    assert Attendance.history.count() == 3
    assert Entry.objects.filter(model="peer_sessions.attendance", action="change").count() == 1


def test_record_attendance_from_a_stale_page_is_a_conflict():
    group = an_established_group()
    session, lead = scheduled(group)[0], group.leads.get().user
    with on_the_day(session):
        seen = attendance_mark(session)
        record_attendance(session=session, by=lead, statuses=statuses_of(group, "present"), seen=seen)
        with pytest.raises(Conflict):
            record_attendance(session=session, by=lead, statuses=statuses_of(group, "absent"), seen=seen)
    assert Attendance.objects.get().status == AttendanceStatus.PRESENT


def test_record_attendance_is_for_members_at_that_time():
    group = an_established_group()
    first, second, *_rest = scheduled(group)
    lead, leaver = group.leads.get().user, group.memberships.first()
    stranger = an_accepted_participant("QC", by=coordinator_of(group))
    with on_the_day(first), refused("not_a_member"):
        record_attendance(session=first, by=lead, statuses={str(stranger.pk): "present"})
    with on_the_day(second, minutes=-600):
        groups.leave_group(membership=leaver, by=leaver.participant.user)
    with on_the_day(second):
        with refused("not_a_member"):
            record_attendance(session=second, by=lead, statuses={str(leaver.participant_id): "present"})
        # At the first session this person was still there.
        record_attendance(session=first, by=lead, statuses={str(leaver.participant_id): "present"})
    assert Attendance.objects.count() == 1


def test_record_attendance_refuses_the_day_before_a_cancelled_session_and_an_unknown_answer():
    group = an_established_group()
    first, second, *_rest = scheduled(group)
    lead = group.leads.get().user
    with on_the_day(first, minutes=-24 * 60), refused("too_early"):
        record_attendance(session=first, by=lead, statuses=statuses_of(group, "present"))
    with on_the_day(first), refused("status_unknown"):
        record_attendance(session=first, by=lead, statuses=statuses_of(group, "maybe"))
    services.cancel_session(session=second, by=coordinator_of(group))
    with on_the_day(second), refused("session_cancelled"):
        record_attendance(session=second, by=lead, statuses=statuses_of(group, "present"))
    assert not Attendance.objects.exists()


def test_record_attendance_before_anybody_came_does_not_hold_the_session():
    group = an_established_group()
    session, lead = scheduled(group)[0], group.leads.get().user
    with on_the_day(session, minutes=-60):
        done = record_attendance(session=session, by=lead, statuses=statuses_of(group, "let_us_know"))
    assert done.state == SessionState.SCHEDULED


@pytest.mark.parametrize("who", ["other lead", "coordinator elsewhere", "member"])
def test_record_attendance_is_for_the_groups_own_lead_and_coordinator(who):
    group = an_established_group()
    session = scheduled(group)[0]
    person = {"other lead": a_facilitator(), "coordinator elsewhere": a_coordinator("ON"),
              "member": group.memberships.first().participant.user}[who]  # fmt: skip
    with on_the_day(session), pytest.raises(Forbidden):
        record_attendance(session=session, by=person, statuses=statuses_of(group, "present"))


def test_every_region_of_the_reference_data_has_a_holiday_calendar():
    """Every province of the reference data is known to the holiday calendar."""
    for region in Region.objects.all():
        statutory_holidays(region.holidays or None, [2026])
    assert a_participant("XX").region.holidays == ""
