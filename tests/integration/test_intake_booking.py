"""Booking the intake meeting: set, moved and cancelled by the person, one time for one person, in neutral words."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone, translation

from contact.lint import neutral_violations
from contact.models import OutboxMessage
from contact.reminding import plan
from intake import availability, services
from intake.booking_pages import written
from intake.calendar_file import calendar_file, file_name
from intake.choices import CallWay
from intake.models import Application, DayException, IntakeMeeting, MeetingWish, ShortCall, WeeklyHours
from intake.models_booking import terms_of
from intake.reminders import SOURCE
from intake.services_booking import (
    TimeGone,
    add_exception,
    add_hours,
    book_meeting,
    changes_left,
    move_own_meeting,
    wish_for_times,
)
from psp.errors import DomainError, Forbidden, constraint_name
from tests.browser import Browser
from tests.factories import a_bookable_coordinator, a_coordinator, a_participant, an_application, sign_in, with_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return a_bookable_coordinator("QC", name="Marie", video_link="https://video.example/room-77")


@pytest.fixture
def application():
    return an_application(a_participant("QC", language="en", consents=("taking_part", "contact_email"), name="Camille"))


@pytest.fixture
def person(application):
    return application.participant.user


@pytest.fixture
def me(person):
    browser = Browser()
    sign_in(browser, person)
    return browser


def free(number: int = 0, region: str = "QC") -> datetime:
    """The free time with this number, from the second day on that has any: the first one may go by during a test."""
    found = [offer.at for offer in availability.offers(availability.open_times(region, "meeting"))]
    return [at for at in found if timezone.localdate(at) > timezone.localdate(found[0])][number]


def book(application: Application, at: datetime, place: str = "video") -> IntakeMeeting:
    return book_meeting(application=application, starts_at=at, place=place, by=application.participant.user)


def keys(template: str = "") -> list[str]:
    rows = OutboxMessage.objects.filter(state="waiting")
    return sorted((rows.filter(template_id=template) if template else rows).values_list("template_id", flat=True))


# --- booking ---


def test_booking_sets_the_meeting_tells_the_person_and_takes_the_time(application, coordinator):
    at = free()
    meeting = book(application, at)
    application.refresh_from_db()
    assert (meeting.coordinator, meeting.starts_at, application.state) == (coordinator, at, "meeting_set")
    assert meeting.ends_at - at == timedelta(minutes=45)
    assert meeting.blocked_until - meeting.ends_at == timedelta(minutes=15)
    assert keys() == ["meeting_set"]
    assert at not in [offer.at for offer in availability.offers(availability.open_times("QC", "meeting"))]


def test_double_click_gives_one_booking_and_one_message(application, coordinator):
    at = free()
    assert book(application, at).pk == book(application, at).pk
    assert (IntakeMeeting.objects.count(), OutboxMessage.objects.count()) == (1, 1)
    with pytest.raises(DomainError) as refused:
        book(application, free(3))
    assert refused.value.code == "already_booked"


def test_time_that_is_not_offered_is_gone(application, coordinator):
    for at in (timezone.now() - timedelta(days=1), free() + timedelta(minutes=7), free() + timedelta(days=300)):
        with pytest.raises(TimeGone):
            book(application, at)
    with pytest.raises(TimeGone):
        book(application, free(), place="phone")
    assert IntakeMeeting.objects.count() == 0


def test_only_coordinators_of_the_own_region_are_offered(application):
    a_bookable_coordinator("ON")
    assert availability.open_times("QC", "meeting") == {}


def test_closed_account_and_closed_role_offer_nothing(coordinator):
    coordinator.is_active = False
    coordinator.save()
    assert availability.open_times("QC", "meeting") == {}


def test_times_are_spread_over_coordinators(coordinator):
    other = a_bookable_coordinator("QC")
    at = free()
    taken = [book(an_application(a_participant("QC")), at) for _number in range(2)]
    assert {meeting.coordinator for meeting in taken} == {coordinator, other}
    with pytest.raises(TimeGone):
        book(an_application(a_participant("QC")), at)
    later = [book(an_application(a_participant("QC")), free(number * 3)) for number in range(4)]
    assert [meeting.coordinator for meeting in later].count(other) == 2


def test_somebody_else_cannot_book_for_the_person(application, coordinator):
    stranger = a_participant("QC").user
    with pytest.raises(Forbidden):
        book_meeting(application=application, starts_at=free(), place="video", by=stranger)


def test_holidays_and_days_off_are_not_offered(coordinator, time_machine):
    time_machine.move_to(datetime(2026, 12, 20, 12, tzinfo=UTC))
    add_exception(coordinator=coordinator, by=coordinator, day=date(2026, 12, 29), away=True)
    offers = availability.offers(availability.open_times("QC", "meeting"))
    days = {offer.at.astimezone(ZoneInfo("America/Toronto")).date() for offer in offers}
    assert not days & {date(2026, 12, 25), date(2027, 1, 1), date(2026, 12, 29)}
    assert {date(2026, 12, 28), date(2026, 12, 30)} <= days


# --- moving and cancelling ---


def test_moving_keeps_the_coordinator_and_counts(application, coordinator):
    a_bookable_coordinator("QC")
    meeting = book(application, free())
    first, at = meeting.coordinator, free(5)
    moved = move_own_meeting(meeting=meeting, starts_at=at, place="video", by=application.participant.user)
    moved.refresh_from_db()
    assert (moved.coordinator, moved.starts_at, moved.revision, moved.own_changes) == (first, at, 1, 1)
    assert keys() == ["meeting_moved"]
    again = move_own_meeting(meeting=moved, starts_at=at, place="video", by=application.participant.user)
    assert (again.revision, again.own_changes) == (1, 1)


def test_moving_too_late_or_too_often_is_refused_kindly(application, coordinator, settings):
    settings.PSP_MEETING_CHANGES = 1
    meeting = book(application, free())
    settings.PSP_MEETING_MOVE_HOURS = 24 * 60
    with pytest.raises(DomainError) as late:
        move_own_meeting(meeting=meeting, starts_at=free(4), place="video", by=application.participant.user)
    assert late.value.code == "too_late"
    settings.PSP_MEETING_MOVE_HOURS = 4
    move_own_meeting(meeting=meeting, starts_at=free(4), place="video", by=application.participant.user)
    with pytest.raises(DomainError) as often:
        move_own_meeting(meeting=meeting, starts_at=free(8), place="video", by=application.participant.user)
    assert often.value.code == "too_many_changes"
    services.cancel_meeting(meeting=meeting, by=application.participant.user)
    assert changes_left(application) == 0
    wish_for_times(application=application, parts=["0-morning"], by=application.participant.user)


def test_cancelling_gives_the_time_back(application, coordinator):
    at = free()
    meeting = book(application, at)
    services.cancel_meeting(meeting=meeting, by=application.participant.user)
    application.refresh_from_db()
    assert application.state == "submitted"
    assert free() == at
    assert keys() == []


def test_missed_meeting_goes_back_to_the_list_with_a_gentle_message(application, coordinator):
    now = timezone.now()
    meeting = IntakeMeeting.objects.create(
        application=application, coordinator=coordinator, starts_at=now - timedelta(hours=1), ends_at=now
    )
    application.state = "meeting_set"
    application.save()
    services.record_missed_meeting(meeting=meeting, by=coordinator)
    application.refresh_from_db()
    assert application.state == "submitted"
    assert keys() == ["meeting_missed"]
    template = OutboxMessage.objects.get().template
    for language in ("en", "fr"):
        text = getattr(template, f"subject_{language}") + getattr(template, f"body_{language}")
        assert neutral_violations(text, language) == []


# --- the reminder ---


def book_in_past(application: Application, days: int = 3) -> IntakeMeeting:
    meeting = book(application, free())
    IntakeMeeting.objects.filter(pk=meeting.pk).update(set_at=timezone.now() - timedelta(days=days))
    meeting.refresh_from_db()
    return meeting


def test_reminder_comes_once_a_day_before_and_goes_with_the_time(application, coordinator):
    meeting = book_in_past(application)
    before = meeting.starts_at - timedelta(hours=24)
    assert plan(SOURCE, before - timedelta(minutes=1)) == 0
    assert [plan(SOURCE, before), plan(SOURCE, before + timedelta(hours=1))] == [1, 0]
    assert keys("meeting_reminder") == ["meeting_reminder"]
    services.cancel_meeting(meeting=meeting, by=application.participant.user)
    assert keys("meeting_reminder") == []


def test_reminder_of_a_moved_meeting_is_another_one(application, coordinator):
    meeting = book_in_past(application)
    plan(SOURCE, meeting.starts_at - timedelta(hours=23))
    moved = move_own_meeting(meeting=meeting, starts_at=free(20), place="video", by=application.participant.user)
    assert keys("meeting_reminder") == []
    IntakeMeeting.objects.filter(pk=meeting.pk).update(set_at=timezone.now() - timedelta(days=3))
    assert plan(SOURCE, moved.starts_at - timedelta(hours=23)) == 1


@pytest.mark.parametrize(("hours_before", "reminders"), [(37, 1), (35, 0), (25, 0)])
def test_whoever_booked_shortly_before_gets_no_reminder_too(application, coordinator, hours_before, reminders):
    """The confirmation has just told them: a reminder comes only twelve hours or more after it."""
    meeting = book(application, free())
    booked_at = meeting.starts_at - timedelta(hours=hours_before)
    IntakeMeeting.objects.filter(pk=meeting.pk).update(set_at=booked_at)
    assert plan(SOURCE, meeting.starts_at - timedelta(hours=23)) == reminders


# --- one time, one person ---


def test_meeting_coordinator_free_keeps_the_pause_too(application, coordinator):
    meeting = book(application, free())
    other = an_application(a_participant("QC"))
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        IntakeMeeting.objects.create(
            application=other, coordinator=coordinator, starts_at=meeting.ends_at + timedelta(minutes=5),
            ends_at=meeting.ends_at + timedelta(minutes=50),
        )  # fmt: skip
    assert constraint_name(refused.value) == "meeting_coordinator_free"


def a_call(coordinator, at: datetime) -> ShortCall:
    return ShortCall(
        coordinator=coordinator, starts_at=at, ends_at=at + timedelta(minutes=15), time_zone="America/Toronto",
        language="en", way=CallWay.PHONE, word="maple", code_digest=str(at),
    )  # fmt: skip


def test_coordinator_one_at_a_time_whatever_table(application, coordinator):
    meeting = book(application, free())
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        a_call(coordinator, meeting.starts_at + timedelta(minutes=30)).save()
    assert constraint_name(refused.value) == "coordinator_one_at_a_time"
    call_at = free(3)
    a_call(coordinator, call_at).save()
    assert call_at not in [offer.at for offer in availability.offers(availability.open_times("QC", "meeting"))]
    with pytest.raises(DomainError) as busy:
        services.move_meeting(meeting=meeting, starts_at=call_at, by=coordinator)
    assert busy.value.code == "coordinator_busy"


@pytest.mark.django_db(transaction=True)
def test_property_36_one_time_is_booked_once_by_fifty_people_at_once():
    a_bookable_coordinator("QC")
    applications = [an_application(a_participant("QC")) for _number in range(50)]
    at, gate = free(), Barrier(50)

    def try_once(application: Application) -> str:
        gate.wait()
        try:
            book(application, at)
        except TimeGone as refused:
            return refused.code
        finally:
            connections.close_all()
        return "booked"

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(try_once, applications))
    assert sorted(outcomes) == ["booked"] + ["time_gone"] * 49
    assert IntakeMeeting.objects.filter(starts_at=at, state="set").count() == 1
    assert Application.objects.filter(state="meeting_set").count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_property_37_ten_clicks_of_one_person_are_one_booking():
    a_bookable_coordinator("QC")
    application, gate = an_application(a_participant("QC")), Barrier(10)
    at = free()

    def click(_number: int) -> object:
        gate.wait()
        try:
            return book(application, at).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(click, range(10)))) == 1
    assert IntakeMeeting.objects.count() == 1


# --- the pages ---


def page(browser: Browser, path: str, language: str = "en", status: int = 200) -> str:
    answer = browser.get(f"/{language}/my/{path}")
    assert answer.status_code == status, (path, answer.status_code)
    return unescape(answer.content.decode())


def test_times_are_on_the_persons_own_clock_with_the_zone_named(me, person, coordinator):
    person.time_zone = "America/St_Johns"
    person.save()
    at = free()
    shown = page(me, "meeting/times/")
    local = at.astimezone(ZoneInfo("America/St_Johns"))
    assert "Newfoundland time" in shown
    assert f"{local.hour % 12 or 12}:{local.minute:02}" in shown
    assert "Marie" not in shown
    assert "heure de Terre-Neuve" in page(me, "meeting/times/", "fr")


def test_choose_confirm_done_then_move(me, application, coordinator):
    assert "Choose a time" in page(me, "")
    at = free()
    assert "Meet at this time?" in page(me, f"meeting/confirm/?at={written(at)}&place=video")
    answer = me.post("/en/my/meeting/confirm/", {"at": written(at), "place": "video"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/my/meeting/")
    shown = page(me, "meeting/")
    assert "The link will be on this page from 15 minutes before the meeting" in shown
    assert "room-77" not in shown
    assert "Choose another time" in shown
    other = free(4)
    assert "Change to this time?" in page(me, f"meeting/confirm/?at={written(other)}&place=video")
    me.post("/en/my/meeting/confirm/", {"at": written(other), "place": "video"})
    assert IntakeMeeting.objects.get().starts_at == other


def test_time_that_just_went_gets_a_clear_answer_and_the_next_free_ones(me, application, coordinator):
    at = free()
    book(an_application(a_participant("QC")), at)
    for answer in (
        me.get(f"/en/my/meeting/confirm/?at={written(at)}&place=video"),
        me.post("/en/my/meeting/confirm/", {"at": written(at), "place": "video"}),
    ):
        shown = unescape(answer.content.decode())
        assert answer.status_code == 409
        assert "This time has just been taken. You have lost nothing" in shown
        assert written(free()).replace(":", "%3A") in shown


@pytest.mark.parametrize("query", ["", "?at=nonsense&place=video", "?at=2026-13-99T99:99Z&place=video",
                                   "?at=2027-01-01T10:00Z&place=moon"])  # fmt: skip
def test_address_that_makes_no_sense_leads_to_the_times(me, application, query):
    assert me.get(f"/en/my/meeting/confirm/{query}")["Location"] == "/en/my/meeting/times/"


def test_never_a_dead_end_without_published_times(me, application):
    shown = page(me, "meeting/times/")
    assert "No time is free at this moment." in shown
    assert "/en/my/meeting/wish/" in shown
    answer = me.post("/en/my/meeting/wish/", {})
    assert "Choose at least one part of a day." in unescape(answer.content.decode())
    answer = me.post("/en/my/meeting/wish/", {"parts": ["0-morning", "6-evening"]})
    assert answer["Location"] == "/en/my/"
    assert MeetingWish.objects.get().parts == ["0-morning", "6-evening"]
    assert "Monday: morning" in page(me, "meeting/times/")
    assert "lundi\u00a0: matin" in page(me, "meeting/times/", "fr").lower()
    marie = a_coordinator("QC")
    desk = Browser()
    sign_in(desk, marie)
    assert application.participant.user.name in unescape(desk.get("/en/desk/").content.decode())
    assert "Sunday: evening" in unescape(
        desk.get(f"/en/desk/people/{application.participant_id}/").content.decode()
    )  # fmt: skip


def test_there_is_nothing_to_book_without_an_open_application(me, application, coordinator):
    services.withdraw_application(application=application, by=application.participant.user)
    for path in ("meeting/times/", "meeting/wish/", f"meeting/confirm/?at={written(free())}&place=video"):
        page(me, path, status=404)
    assert me.get("/en/my/meeting/")["Location"] == "/en/my/"


# --- the calendar file ---


def parsed(text: str):
    """Read by a parser that is not ours."""
    from icalendar import Calendar

    return Calendar.from_ical(text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_property_26_calendar_file_tells_nothing(me, application, coordinator, language):
    meeting = book(application, free())
    answer = me.get(f"/{language}/my/meeting/{meeting.pk}/calendar/")
    text = answer.content.decode()
    name = {"en": "appointment.ics", "fr": "rendez-vous.ics"}[language]
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = parsed(text).walk("VEVENT")
    assert event["SUMMARY"] == {"en": "Appointment", "fr": "Rendez-vous"}[language]
    assert event.decoded("DTSTART") == meeting.starts_at
    assert event.decoded("DTEND") == meeting.ends_at
    assert not set(event) & {"DESCRIPTION", "LOCATION", "URL", "ATTENDEE", "COMMENT", "CATEGORIES"}
    assert neutral_violations(text + name, language) == []
    for secret in ("Marie", "Camille", "room-77", str(meeting.pk), str(application.pk), meeting.pk.hex):
        assert secret not in text


def test_moved_file_replaces_and_cancelled_file_removes(me, application, coordinator):
    meeting = book(application, free())
    now = timezone.now()
    files = [parsed(calendar_file(meeting, now))]
    meeting = move_own_meeting(meeting=meeting, starts_at=free(4), place="video", by=application.participant.user)
    files.append(parsed(calendar_file(meeting, now)))
    services.cancel_meeting(meeting=meeting, by=application.participant.user)
    assert "calendar file" in page(me, "meeting/times/")
    files.append(parsed(me.get(f"/en/my/meeting/{meeting.pk}/calendar/").content.decode()))
    events = [file.walk("VEVENT")[0] for file in files]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == sorted({event["SEQUENCE"] for event in events})
    assert [str(file["METHOD"]) for file in files] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert events[1].decoded("DTSTART") == meeting.starts_at


def test_calendar_file_of_somebody_else_is_not_found(me, application, coordinator):
    other = book(an_application(a_participant("QC")), free())
    assert me.get(f"/en/my/meeting/{other.pk}/calendar/").status_code == 404


def test_file_name_in_both_languages():
    with translation.override("fr"):
        assert file_name() == "rendez-vous.ics"


# --- what a coordinator publishes ---


@pytest.fixture
def desk():
    user = a_coordinator("QC", time_zone="America/Halifax")
    browser = Browser()
    sign_in(browser, user)
    browser.user = user
    return browser


TERMS = {"time_zone": "America/St_Johns", "minutes": 60, "buffer_minutes": 30, "notice_hours": 12,
         "horizon_days": 20, "place": "video", "video_link": "https://video.example/1", "phone": ""}  # fmt: skip


def test_coordinator_publishes_and_sees_what_people_can_book(desk):
    assert "Nothing can be booked yet" in desk.get("/en/desk/availability/").content.decode()
    assert desk.post("/en/desk/availability/", TERMS).status_code == 302
    assert (terms_of(desk.user).time_zone, terms_of(desk.user).video_link) == (
        "America/St_Johns", "https://video.example/1",
    )  # fmt: skip
    for weekday in range(7):
        form = {"hours-hours_for": "meeting", "hours-weekday": weekday, "hours-start": "09:00", "hours-end": "12:00",
                "hours-begins": "2026-01-01", "hours-ends": ""}  # fmt: skip
        assert desk.post("/en/desk/availability/hours/", form).status_code == 302
    assert "9:00 a.m. · 10:30 a.m." in desk.get("/en/desk/availability/").content.decode()
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    away = {"day-day": day, "day-kind": "away", "day-hours_for": "meeting", "day-start": "", "day-end": ""}
    assert desk.post("/en/desk/availability/days/", away).status_code == 302
    assert all(
        offer.at.date().isoformat() != day for offer in availability.offers(availability.open_times("QC", "meeting"))
    )
    for row in WeeklyHours.objects.all():
        desk.post(f"/en/desk/availability/hours/{row.pk}/remove/")
    desk.post(f"/en/desk/availability/days/{DayException.objects.get().pk}/remove/")
    assert (WeeklyHours.objects.count(), DayException.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hours-end": "08:00"}, "The end comes before the beginning."),
        ({"hours-ends": "2025-01-01"}, "The last day comes before the first one."),
        ({"hours-start": "25:00"}, "Write the time as in 18:30."),
        ({"hours-begins": "soon"}, "Write the day as in 2026-11-30."),
    ],
)
def test_hours_that_make_no_sense_are_answered_beside_the_field(desk, changes, sentence):
    form = {"hours-hours_for": "meeting", "hours-weekday": "0", "hours-start": "09:00", "hours-end": "12:00",
            "hours-begins": "2026-01-01", "hours-ends": ""} | changes  # fmt: skip
    answer = desk.post("/en/desk/availability/hours/", form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert WeeklyHours.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"video_link": "http://video.example"}, "Write the whole link, from https:// on."),
        ({"call_link": "http://video.example"}, "Write the whole link, from https:// on."),
        ({"call_link": "https://video.example/1"}, "Choose another room: with this link anybody could come into"),
        ({"place": "phone"}, "Write the number that people call for a meeting by phone."),
        ({"minutes": 5}, "15"), ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"), ({"horizon_days": 999}, "120"),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_answered(desk, changes, sentence):
    answer = desk.post("/en/desk/availability/", TERMS | changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_hours_of_a_colleague_are_not_found(desk):
    other = a_bookable_coordinator("QC")
    row = other.weekly_hours.first()
    assert desk.post(f"/en/desk/availability/hours/{row.pk}/remove/").status_code == 404
    with pytest.raises(Forbidden):
        add_hours(coordinator=other, by=desk.user, hours_for="meeting", weekday=0, start=time(9), end=time(10),
                  begins=date(2026, 1, 1))  # fmt: skip


def test_link_and_number_of_a_coordinator_are_sealed_at_rest(coordinator):
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT t::text FROM intake_bookingterms t")
        stored = "".join(row[0] for row in cursor.fetchall())
    assert not re.search("room-77|video.example", stored)


@pytest.mark.parametrize("left", ["the role", "the region", "the account"])
def test_nobody_is_sent_to_the_room_of_a_coordinator_who_left(coordinator, application, person, time_machine, left):
    """The room belongs to somebody who may not open the file any more."""
    meeting = book(application, free())
    time_machine.move_to(meeting.starts_at - timedelta(minutes=5))
    me = Browser()
    sign_in(me, person)
    assert "room-77" in me.get("/en/my/meeting/").content.decode()
    if left == "the account":
        coordinator.is_active = False
        coordinator.save()
    else:
        coordinator.roles.all().delete()
        if left == "the region":
            with_role(coordinator, "coordinator", "ON")
    page = me.get("/en/my/meeting/").content.decode()
    assert "room-77" not in page
    assert "Somebody else of the team takes this meeting over" in page
