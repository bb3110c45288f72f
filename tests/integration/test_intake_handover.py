"""Meetings and calls of a coordinator who has left: somebody takes them or the person chooses again. And rooms."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from contact.models import OutboxMessage
from contact.reminding import plan
from intake import availability, services, unattended
from intake.choices import ApplicationState, MeetingPlace, MeetingState
from intake.models import IntakeMeeting, ShortCall
from intake.models_booking import terms_of
from intake.reminders import SOURCE
from intake.services_booking import set_terms
from intake.services_handover import ask_for_other_time, hand_meeting, set_link, take_call
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from tests.browser import Browser
from tests.factories import a_bookable_coordinator, a_coordinator, a_participant, an_application, sign_in, with_role
from tests.integration.test_intake_calls import wanted

pytestmark = pytest.mark.django_db
ROOM, OWN_ROOM = "https://video.example/room-77", "https://video.example/only-once"


def tomorrow(hour: int = 10) -> datetime:
    return (timezone.now() + timedelta(days=2)).replace(hour=hour + 5, minute=0, second=0, microsecond=0)


@pytest.fixture
def leaver():
    return a_bookable_coordinator("QC", name="Marie", video_link=ROOM)


@pytest.fixture
def colleague():
    return a_bookable_coordinator("QC", name="Noor", video_link="https://video.example/noor")


@pytest.fixture
def application():
    return an_application(a_participant("QC", language="en", consents=("taking_part", "contact_email"), name="Camille"))


@pytest.fixture
def meeting(application, leaver):
    return services.set_meeting(application=application, starts_at=tomorrow(), by=leaver)


def leave(user) -> None:
    user.is_active = False
    user.save()


def lose_region(user, to: str = "ON") -> None:
    user.roles.all().delete()
    with_role(user, "coordinator", to)


def browser_of(user) -> Browser:
    made = Browser()
    sign_in(made, user)
    return made


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def refused(code: str, act) -> None:
    with pytest.raises(DomainError) as error:
        act()
    assert error.value.code == code


# --- What rises on the desk ---


@pytest.mark.parametrize("away", [leave, lose_region])
def test_meeting_of_a_coordinator_who_left_rises_on_the_desk_of_the_region(meeting, leaver, colleague, away):
    desk = browser_of(colleague)
    assert "Meetings without anybody to hold them" not in text(desk, "/en/desk/")
    away(leaver)
    page = text(desk, "/en/desk/")
    assert "Meetings without anybody to hold them" in page
    assert "Camille" in page
    assert f"/en/desk/meetings/{meeting.pk}/hand/" in page
    assert "Réunions sans personne pour les tenir" in text(desk, "/fr/desk/")
    other = text(browser_of(a_coordinator("ON")), "/en/desk/")
    assert "Meetings without anybody" not in other


def test_property_04_each_person_on_the_card_leaves_one_row(meeting, leaver, colleague):
    leave(leaver)
    desk = browser_of(colleague)
    before = Entry.objects.filter(model="intake.intakemeeting", actor=colleague.pk).count()
    text(desk, "/en/desk/")
    rows = Entry.objects.filter(model="intake.intakemeeting", actor=colleague.pk)
    assert (rows.count() - before, rows.last().person) == (1, meeting.person_id)


def test_colleagues_are_those_free_then_whoever_publishes_the_hour_first(meeting, leaver, colleague):
    idle = a_coordinator("QC", name="Aude")
    busy = a_coordinator("QC", name="Bea")
    services.set_meeting(application=an_application(a_participant("QC")), starts_at=meeting.starts_at, by=busy)
    a_coordinator("ON", name="Elsewhere")
    leave(leaver)
    found = unattended.colleagues([meeting], timezone.now())[meeting.pk]
    assert found == [colleague, idle]


# --- Handing over ---


def test_handing_over_keeps_the_time_and_asks_nothing_of_the_person(meeting, leaver, colleague, application):
    set_link(meeting=meeting, link=OWN_ROOM, by=leaver)
    leave(leaver)
    told = OutboxMessage.objects.count()
    answer = browser_of(colleague).post(f"/en/desk/meetings/{meeting.pk}/hand/", {"to": str(colleague.pk)})
    assert (answer.status_code, answer["Location"]) == (302, "/en/desk/")
    now = IntakeMeeting.objects.get()
    assert (now.coordinator, now.starts_at, now.state) == (colleague, meeting.starts_at, MeetingState.SET)
    # The room of whoever left does not come along.
    assert now.link == ""
    assert OutboxMessage.objects.count() == told
    assert "Meetings without anybody" not in text(browser_of(colleague), "/en/desk/")


def test_second_click_on_hand_over_changes_nothing(meeting, leaver, colleague):
    leave(leaver)
    first = hand_meeting(meeting=meeting, to=colleague, by=colleague)
    revision = first.application.revision
    hand_meeting(meeting=meeting, to=colleague, by=colleague)
    assert IntakeMeeting.objects.get().application.revision == revision


def test_person_is_told_where_the_way_to_meet_changes(application, colleague):
    by_phone = a_bookable_coordinator("QC", place="phone", phone="613 555 0100")
    meeting = services.set_meeting(application=application, starts_at=tomorrow(), by=by_phone)
    leave(by_phone)
    hand_meeting(meeting=meeting, to=colleague, by=colleague)
    assert IntakeMeeting.objects.get().place == MeetingPlace.VIDEO
    assert OutboxMessage.objects.filter(template="meeting_changed").count() == 1


def test_handing_over_is_refused_where_the_colleague_cannot(meeting, leaver, colleague):
    leave(leaver)
    elsewhere = a_coordinator("ON")
    refused("not_of_region", lambda: hand_meeting(meeting=meeting, to=elsewhere, by=colleague))
    refused(
        "not_of_region", lambda: hand_meeting(meeting=meeting, to=meeting.application.participant.user, by=colleague)
    )
    with pytest.raises(Forbidden):
        hand_meeting(meeting=meeting, to=elsewhere, by=elsewhere)
    services.set_meeting(application=an_application(a_participant("QC")), starts_at=meeting.starts_at, by=colleague)
    refused("colleague_busy", lambda: hand_meeting(meeting=meeting, to=colleague, by=colleague))
    assert IntakeMeeting.objects.get(pk=meeting.pk).coordinator == leaver
    answer = browser_of(colleague).post(f"/en/desk/meetings/{meeting.pk}/hand/", {"to": "nobody"})
    assert answer.status_code == 409
    assert "Choose a colleague who holds the meeting." in answer.content.decode()


def test_property_36_two_meetings_cannot_both_go_to_one_colleague_at_one_time(transactional_db):
    colleague, meetings = a_bookable_coordinator("QC"), []
    for _number in range(2):
        by = a_coordinator("QC")
        meetings.append(
            services.set_meeting(application=an_application(a_participant("QC")), starts_at=tomorrow(), by=by)
        )
        leave(by)
    together, outcomes = Barrier(2), []

    def hand(meeting) -> None:
        try:
            together.wait(timeout=120)
            hand_meeting(meeting=meeting, to=colleague, by=colleague)
            outcomes.append("handed")
        except Conflict as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [Thread(target=hand, args=[meeting]) for meeting in meetings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["colleague_busy", "handed"]


# --- Another time ---


def test_person_is_asked_gently_and_chooses_again(meeting, leaver, colleague, application):
    leave(leaver)
    answer = browser_of(colleague).post(f"/en/desk/meetings/{meeting.pk}/another-time/")
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert IntakeMeeting.objects.get().own_changes == 0
    assert OutboxMessage.objects.get(template="meeting_choose").person == application.participant.user
    page = text(browser_of(application.participant.user), "/en/my/meeting/times/")
    assert "The time that was set before does not hold any more." in page
    refused("meeting_over", lambda: ask_for_other_time(meeting=meeting, by=colleague))


def test_meeting_whose_time_has_gone_by_is_not_handed_on(meeting, leaver, colleague, time_machine):
    leave(leaver)
    time_machine.move_to(meeting.starts_at + timedelta(hours=3))
    page = text(browser_of(colleague), "/en/desk/")
    assert "This time has begun or is over." in page
    assert "/hand/" not in page
    refused("meeting_begun", lambda: hand_meeting(meeting=meeting, to=colleague, by=colleague))


def test_persons_pages_say_it_calmly_in_both_languages(meeting, leaver, application):
    me = browser_of(application.participant.user)
    assert "takes this meeting over" not in text(me, "/en/my/") + text(me, "/en/my/meeting/")
    leave(leaver)
    assert "Somebody else of the team takes this meeting over." in text(me, "/en/my/")
    page = text(me, "/en/my/meeting/")
    assert "You do not have to do anything." in page
    assert "Marie" not in page
    assert "Vous n’avez rien à faire." in text(me, "/fr/my/meeting/")


def test_nobody_is_reminded_of_a_meeting_to_which_nobody_comes(application, leaver, colleague, time_machine):
    meeting = services.set_meeting(application=application, starts_at=tomorrow() + timedelta(days=2), by=leaver)
    leave(leaver)
    time_machine.move_to(meeting.starts_at - timedelta(hours=20))
    assert plan(SOURCE, timezone.now()) == 0
    hand_meeting(meeting=meeting, to=colleague, by=colleague)
    assert plan(SOURCE, timezone.now()) == 1


# --- Short calls ---


@pytest.fixture
def call():
    from intake.services_calls import book_call

    caller = a_bookable_coordinator("QC", hours_for="call", phone="613 555 0100")
    at = availability.offers(availability.open_times(None, "call"))[30].at
    booked = book_call(wanted=wanted(at)).call
    leave(caller)
    return booked


def test_short_call_of_a_coordinator_who_left_is_taken_by_any_colleague(call):
    taker = a_bookable_coordinator("ON", hours_for="call", phone="416 555 0199")
    desk = browser_of(taker)
    page = text(desk, "/en/desk/")
    assert "Short calls without anybody to take them" in page
    assert call.word not in page
    assert desk.post(f"/en/desk/calls/{call.pk}/take/").status_code == 302
    assert desk.post(f"/en/desk/calls/{call.pk}/take/").status_code == 302
    found = ShortCall.objects.get()
    assert found.coordinator == taker
    assert Entry.objects.filter(model="intake.shortcall", action="change", person=None).count() == 1
    assert "Short calls without anybody" not in text(desk, "/en/desk/")
    from intake.services_calls import where

    assert where(found) == "416 555 0199"


def test_short_call_is_not_taken_from_a_colleague_nor_without_a_number(call):
    without, taker = a_coordinator("QC"), a_coordinator("QC")
    refused("no_room", lambda: take_call(call=call, by=without))
    set_terms(coordinator=taker, by=taker, time_zone="America/Toronto", phone="514 555 0133")
    take_call(call=call, by=taker)
    set_terms(coordinator=without, by=without, time_zone="America/Toronto", phone="514 555 0144")
    refused("call_gone", lambda: take_call(call=call, by=without))
    answer = browser_of(without).post(f"/en/desk/calls/{call.pk}/take/", follow=True)
    assert "Somebody else takes this call by now" in answer.content.decode()
    assert ShortCall.objects.get().coordinator == taker


def test_short_call_is_not_taken_by_somebody_who_is_busy_then(call):
    taker = a_bookable_coordinator("QC", phone="514 555 0133")
    services.set_meeting(application=an_application(a_participant("QC")), starts_at=call.starts_at, by=taker)
    refused("colleague_busy", lambda: take_call(call=call, by=taker))


# --- A room for one meeting ---


@pytest.mark.parametrize(
    ("minutes", "shown"), [(-16, False), (-15, True), (0, True), (44, True), (45, False), (24 * 60, False)]
)
def test_link_is_on_the_page_from_shortly_before_until_the_end(
    meeting, leaver, application, time_machine, minutes, shown
):
    set_link(meeting=meeting, link=OWN_ROOM, by=leaver)
    time_machine.move_to(meeting.starts_at + timedelta(minutes=minutes))
    page = text(browser_of(application.participant.user), "/en/my/meeting/")
    assert (OWN_ROOM in page) is shown
    assert ROOM not in page


def test_usual_room_stands_in_only_where_the_coordinator_wants_it(meeting, leaver, application, time_machine):
    time_machine.move_to(meeting.starts_at - timedelta(minutes=5))
    me = browser_of(application.participant.user)
    assert ROOM in text(me, "/en/my/meeting/")
    set_terms(coordinator=leaver, by=leaver, link_for_all=False)
    page = text(me, "/en/my/meeting/")
    assert ROOM not in page
    assert "The link is not here yet." in page
    assert "This meeting has no link yet" in text(browser_of(leaver), f"/en/desk/meetings/{meeting.pk}/")


def test_coordinator_gives_the_link_while_setting_the_meeting_and_on_its_page(application, leaver):
    desk, day = browser_of(leaver), timezone.localdate() + timedelta(days=3)
    sent = {"day": day.isoformat(), "at": "10:00", "revision": application.revision, "link": OWN_ROOM}
    assert desk.post(f"/en/desk/applications/{application.pk}/meeting/", sent).status_code == 302
    meeting = IntakeMeeting.objects.get()
    assert meeting.link == OWN_ROOM
    page = f"/en/desk/meetings/{meeting.pk}/"
    assert desk.post(f"{page}link/", {"link": "http://video.example/x"}).status_code == 422
    assert desk.post(f"{page}link/", {"link": "https://video.example/other"}).status_code == 302
    assert IntakeMeeting.objects.get().link == "https://video.example/other"
    assert "https://video.example/other" in text(desk, page)
    assert desk.post(f"{page}link/", {"link": ""}).status_code == 302
    assert IntakeMeeting.objects.get().link == ""


def test_room_of_short_calls_is_no_room_for_a_meeting(meeting, leaver, application):
    set_terms(coordinator=leaver, by=leaver, call_link="https://video.example/open")
    refused("open_room", lambda: set_link(meeting=meeting, link="https://video.example/open", by=leaver))
    answer = browser_of(leaver).post(f"/en/desk/meetings/{meeting.pk}/link/", {"link": "https://video.example/open"})
    assert answer.status_code == 422
    assert "with this link anybody could come into a meeting" in answer.content.decode()


def test_link_is_in_no_message_no_calendar_and_no_history(meeting, leaver, application):
    set_link(meeting=meeting, link=OWN_ROOM, by=leaver)
    me = browser_of(application.participant.user)
    assert "video.example" not in text(me, f"/en/my/meeting/{meeting.pk}/calendar/")
    kept = OutboxMessage.objects.all()
    assert kept.count()
    assert not [row for row in kept if "video.example" in f"{row.context}{row.body}"]
    assert "link" not in {field.name for field in IntakeMeeting.history.model._meta.fields}
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM intake_intakemeeting t")
        assert "only-once" not in "".join(row[0] for row in cursor.fetchall())


def stored_link(meeting) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT link FROM intake_intakemeeting WHERE id = %s", [meeting.pk])
        return bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("change", ["state = 'cancelled'", "coordinator_id = %(other)s"])
def test_meeting_link_goes_whoever_writes(meeting, leaver, colleague, change):
    """The trigger meeting_link_goes, with plain SQL."""
    set_link(meeting=meeting, link=OWN_ROOM, by=leaver)
    assert stored_link(meeting)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE intake_intakemeeting SET {change} WHERE id = %(pk)s", {"pk": meeting.pk, "other": colleague.pk}
        )
    assert stored_link(meeting) == b""


def test_moving_to_another_coordinator_leaves_the_room_behind(meeting, leaver, colleague, application, time_machine):
    from intake.services_booking import move_own_meeting

    set_link(meeting=meeting, link=OWN_ROOM, by=leaver)
    leave(leaver)
    at = availability.offers(availability.open_times("QC", "meeting"))[-1].at
    move_own_meeting(meeting=meeting, starts_at=at, place="video", by=application.participant.user)
    found = IntakeMeeting.objects.get()
    assert (found.coordinator, found.link) == (colleague, "")
    assert terms_of(colleague).video_link == availability.link_of(found, terms_of(colleague))
