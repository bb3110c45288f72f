"""The desk's pages about dates: a series over Christmas and over the change of clocks, all that are left by a week, one
more, another place, closed days. Whatever is refused keeps what was typed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from contact.choices import OutboxState
from contact.delivery import send_due
from contact.models import CallTask, OutboxMessage
from contact.services import set_safe_contact
from groups import services as groups
from groups.models import GroupLead, Membership, PeerGroup
from psp.errors import DomainError
from psp.models import User
from sessions import services
from sessions.models import Closure, GroupSession, Room
from sessions.planning import Plan
from tests import factories as make
from tests.plans import what_is_sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]

BEFORE = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def by() -> User:
    return make.a_coordinator("QC")


@pytest.fixture
def group(by) -> PeerGroup:
    """Fridays at seven from 4 December on: Christmas and New Year's Day are among them."""
    return established(by)


def established(by, **fields) -> PeerGroup:
    made = make.a_formal_group(by, members=4, **{"starts_on": date(2026, 12, 4)} | fields)
    for member in made.memberships.all():
        make.agree(member.participant.user, "contact_email")
        set_safe_contact(person=member.participant.user, by=member.participant.user, email_safe=True)
    return groups.establish(group=made, by=by)


@pytest.fixture
def desk(client, by):
    make.sign_in(client, by)
    return client


def page(name: str, *args, language: str = "en") -> str:
    with override(language):
        return reverse(f"desk:{name}", args=args)


def days_of(group: PeerGroup) -> list[str]:
    """Local days of what is planned."""
    rows = group.sessions.filter(state="scheduled").order_by("starts_at").values_list("starts_at", flat=True)
    from zoneinfo import ZoneInfo

    return [f"{one.astimezone(ZoneInfo(group.time_zone)):%m-%d %H:%M}" for one in rows]


def refused(code: str):
    return pytest.raises(DomainError, check=lambda error: error.code == code)


# --- A series -------------------------------------------------------------------------------------


def test_series_over_christmas_is_seen_before_it_is_saved_and_runs_on_in_its_rhythm(desk, group):
    html = desk.get(page("group_schedule", group.pk)).content.decode()
    assert "Left out: Christmas Day" in html
    assert "Left out: New Year&#x27;s Day" in html
    assert "Friday, 4 December 2026, 7:00 p.m. (Eastern time)" in html
    assert desk.post(page("group_schedule", group.pk), what_is_sent(html)).status_code == 302
    days = days_of(group)
    assert (len(days), days[2:5]) == (10, ["12-18 19:00", "01-08 19:00", "01-15 19:00"])


def test_days_left_out_by_hand_and_closed_days_kept_are_shown_once_more_before_they_are_saved(desk, group):
    html = desk.get(page("group_schedule", group.pk)).content.decode()
    changed = what_is_sent(html, untick=("2026-12-11",), tick=("2027-01-01",))
    again = desk.post(page("group_schedule", group.pk), changed)
    assert again.status_code == 409
    html = again.content.decode()
    assert "Look at them, then save." in html
    assert "Kept on purpose: New Year&#x27;s Day" in html
    assert "Left out by hand" in html
    assert not group.sessions.exists()
    assert desk.post(page("group_schedule", group.pk), what_is_sent(html)).status_code == 302
    assert days_of(group)[:4] == ["12-04 19:00", "12-18 19:00", "01-01 19:00", "01-08 19:00"]


def test_rhythm_changed_on_the_page_becomes_the_groups_own(desk, group):
    html = desk.get(page("group_schedule", group.pk)).content.decode()
    shown = desk.post(
        page("group_schedule", group.pk), what_is_sent(html, act="show", weeks_apart="2", start_time="18:30")
    ).content.decode()
    assert 'value="18:30"' in shown
    desk.post(page("group_schedule", group.pk), what_is_sent(shown))
    assert days_of(group)[:3] == ["12-04 18:30", "12-18 18:30", "01-15 18:30"]
    assert PeerGroup.objects.values_list("weeks_apart", flat=True).get(pk=group.pk) == 2


def test_change_of_clocks_is_marked_on_its_date_and_the_wall_keeps_its_time(desk, by):
    group = established(by, starts_on=date(2027, 2, 26))
    html = desk.get(page("group_schedule", group.pk)).content.decode()
    assert html.count("The clocks change before this date. It is still 7:00 p.m. there.") == 1
    assert html.index("19 March 2027") < html.index("The clocks change") < html.index("2 April 2027")
    regina = established(by, starts_on=date(2027, 2, 26), time_zone="America/Regina")
    html = desk.get(page("group_schedule", regina.pk)).content.decode()
    assert "The clocks change" not in html
    assert "(Saskatchewan time)" in html


def test_who_is_not_free_is_marked_by_date_before_saving_and_saving_says_so(desk, by, group):
    services.schedule_series(group=group, by=by)
    lead = GroupLead.objects.get(group=group).user
    other = established(by)
    groups.add_lead(group=other, user=lead, role="facilitator", by=by)
    html = desk.get(page("group_schedule", other.pk)).content.decode()
    assert html.count(f"{lead.name} is not free then.") == 10
    answer = desk.post(page("group_schedule", other.pk), what_is_sent(html))
    assert answer.status_code == 409
    assert f"{lead.name} is not free then. Choose another time" in answer.content.decode()
    assert not other.sessions.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts_on": "2026-11-06"}, "This moment has passed already"),
        ({"starts_on": "yesterday"}, "Write a date such as"),
        ({"count": "3"}, "greater than or equal to"),
        ({"weeks_apart": "52"}, "Select a valid choice"),
        ({"start_time": ""}, "Choose a time."),
    ],
)
def test_what_a_series_cannot_be_is_said_and_nothing_typed_is_lost(desk, group, typed, sentence):
    html = desk.get(page("group_schedule", group.pk)).content.decode()
    sent = what_is_sent(html, **typed)
    answer = desk.post(page("group_schedule", group.pk), sent)
    if "Look at them" in answer.content.decode():
        answer = desk.post(page("group_schedule", group.pk), what_is_sent(answer.content.decode()))
    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    assert not group.sessions.exists()


def test_a_plan_that_leaves_no_day_is_refused_in_words(desk, group):
    Closure.objects.create(
        first_day=date(2026, 12, 1), last_day=date(2040, 1, 1), name_en="Closed", name_fr="Fermé"
    )  # fmt: skip
    answer = desk.get(page("group_schedule", group.pk))
    assert (answer.status_code, "Too few days are left" in answer.content.decode()) == (409, True)


# --- Closed days ----------------------------------------------------------------------------------


def test_closed_days_of_the_region_are_left_out_and_shown_with_what_stands_on_them(desk, by, group):
    services.schedule_series(group=group, by=by)
    sent = {"program_region": "QC", "first_day": "2026-12-07", "last_day": "2026-12-13", "name_en": "Moving",
            "name_fr": "Déménagement"}  # fmt: skip
    assert desk.post(page("closures"), sent).status_code == 302
    html = desk.get(page("closures", language="fr")).content.decode()
    assert "Déménagement" in html
    assert re.search(r'malgré tout"[^>]*>1<', html)
    assert "12-11 19:00" not in [f"{one.local:%m-%d %H:%M}" for one in services.preview_series(group).times]
    closure = Closure.objects.get()
    assert desk.post(page("closure_remove", closure.pk)).status_code == 302
    assert not Closure.objects.exists()


def test_page_of_closed_days_asks_as_much_for_many_as_for_one(desk):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page("closures")).status_code == 200
        return len(asked)

    def close(day: date) -> None:
        Closure.objects.create(
            program_region_id="QC", first_day=day, last_day=day, name_en="Closed", name_fr="Fermé"
        )  # fmt: skip

    close(date(2026, 12, 1))
    questions()  # what is asked once in a process or a session
    few = questions()
    for day in range(2, 12):
        close(date(2026, 12, day))
    assert questions() == few


def test_closed_days_of_another_region_or_of_the_whole_program_are_not_the_coordinators(desk, by):
    whole = Closure.objects.create(
        first_day=date(2026, 12, 7), last_day=date(2026, 12, 8), name_en="All", name_fr="Tout"
    )
    there = Closure.objects.create(
        program_region_id="ON",
        first_day=date(2026, 12, 7),
        last_day=date(2026, 12, 8),
        name_en="Elsewhere",
        name_fr="-",
    )
    html = desk.get(page("closures")).content.decode()
    assert "All" in html
    assert "Elsewhere" not in html
    assert {desk.post(page("closure_remove", one.pk)).status_code for one in (whole, there)} == {404}
    wrong = {
        "program_region": "ON",
        "first_day": "2026-12-09",
        "last_day": "2026-12-08",
        "name_en": "a",
        "name_fr": "b",
    }
    answer = desk.post(page("closures"), wrong)
    assert answer.status_code == 409
    assert "must not be before the first" in answer.content.decode()


def test_holiday_needs_a_tick_and_the_move_keeps_what_was_typed(desk, by, group):
    session = services.schedule_series(group=group, by=by)[0]
    typed = {"day": "2026-12-25", "starts_at": "19:15", "revision": "0", "reason": "lead"}
    html = desk.post(page("session_move", session.pk), typed).content.decode()
    assert "That day is closed (Christmas Day)." in html
    assert 'value="19:15"' in html
    assert desk.post(page("session_move", session.pk), typed | {"despite": "on"}).status_code == 302
    moved = GroupSession.objects.get(pk=session.pk)
    assert (moved.reason, moved.revision) == ("lead", 1)


# --- Changes --------------------------------------------------------------------------------------


def test_all_that_are_left_move_by_a_week_together_at_the_same_time_on_the_wall(desk, by):
    group = established(by, starts_on=date(2027, 1, 15))
    services.schedule_series(group=group, by=by)
    with time_machine.travel(datetime(2027, 2, 20, tzinfo=UTC), tick=False):
        make.sign_in(desk, by)
        html = desk.get(page("sessions_shift", group.pk)).content.decode()
        assert "Friday, 26 February 2027" in html
        seen = re.search(r'name="seen" value="([^"]+)"', html)[1]
        sent = {"act": "save", "weeks": "1", "reason": "weather", "seen": seen}
        stale = desk.post(page("sessions_shift", group.pk), sent | {"seen": ""})
        assert (stale.status_code, "These are the new times." in stale.content.decode()) == (409, True)
        holiday = desk.post(page("sessions_shift", group.pk), sent)
        assert (holiday.status_code, "Good Friday" in holiday.content.decode()) == (409, True)
        assert days_of(group)[6:8] == ["02-26 19:00", "03-05 19:00"]
        assert desk.post(page("sessions_shift", group.pk), sent | {"despite": "on"}).status_code == 302
    assert days_of(group)[5:8] == ["02-19 19:00", "03-05 19:00", "03-12 19:00"]
    assert set(group.sessions.filter(number__gt=6).values_list("revision", "reason")) == {(1, "weather")}


def test_one_more_session_is_numbered_on_and_everybody_hears_of_it(desk, by, group):
    services.schedule_series(group=group, by=by)
    typed = {"day": "2027-05-07", "starts_at": "18:00", "minutes": "60", "reason": "other"}
    html = desk.get(page("session_add", group.pk)).content.decode()
    assert "4 members are told" in html
    assert f"Told too: {GroupLead.objects.get(group=group).user.name}." in html
    assert desk.post(page("session_add", group.pk), typed).status_code == 302
    made = group.sessions.get(number=11)
    assert made.ends_at - made.starts_at == timedelta(hours=1)
    assert OutboxMessage.objects.filter(template_id="session_added").count() == 5
    again = desk.post(page("session_add", group.pk), typed)
    assert (again.status_code, "Another session of this group" in again.content.decode()) == (409, True)


def test_a_cancelled_session_is_restored_while_it_is_still_to_come_and_calendars_count_on(desk, by, group):
    session = services.schedule_series(group=group, by=by)[0]
    assert desk.post(page("session_cancel", session.pk), {"reason": "place", "revision": "0"}).status_code == 302
    html = desk.get(page("session", session.pk)).content.decode()
    assert "Let it take place after all" in html
    assert "The room or the video platform is not available" in html
    assert desk.post(page("session_restore", session.pk)).status_code == 302
    found = GroupSession.objects.get(pk=session.pk)
    assert (found.state, found.revision, found.reason) == ("scheduled", 2, "")
    services.cancel_session(session=session, by=by)
    with time_machine.travel(session.starts_at + timedelta(minutes=1), tick=False), refused("starts_in_the_past"):
        services.restore_session(session=session, by=by)
    groups.cancel(group=group, by=by)
    with refused("group_over"):
        services.restore_session(session=session, by=by)


def test_members_read_why_a_session_was_cancelled_and_nothing_else(client, by, group):
    session = services.schedule_series(group=group, by=by)[1]
    services.cancel_session(session=session, by=by, reason="weather")
    make.sign_in(client, Membership.objects.filter(group=group).first().participant.user)
    with override("en"):
        html = client.get(reverse("my_sessions:group", args=[group.pk])).content.decode()
    assert html.count("The weather") == 1


def test_another_place_for_one_session_counts_and_a_taken_room_is_refused(desk, by, group):
    first, second, *_rest = services.schedule_series(group=group, by=by)
    room = Room.objects.create(program_region_id="QC", name="Blue room", address="1 Main Street, ring twice")
    typed = {"room": str(room.pk), "address": "", "revision": "0"}
    assert desk.post(page("session_place", first.pk), typed).status_code == 302
    assert GroupSession.objects.get(pk=first.pk).revision == 1
    assert OutboxMessage.objects.filter(template_id="session_placed").count() == 5
    other = established(by)
    twin = services.schedule_series(group=other, by=by)[0]
    html = desk.post(page("session_place", twin.pk), typed).content.decode()
    assert "The room is taken then." in html
    assert GroupSession.objects.get(pk=second.pk).room is None


@pytest.mark.parametrize("fields", [{"program_region_id": "ON"}, {"program_region_id": "QC", "active": False}])
def test_room_of_another_region_or_out_of_use_is_for_no_session(by, group, fields):
    room = Room.objects.create(name="Blue room", address="1 Main Street", **fields)
    with refused("room_elsewhere"):
        services.schedule_series(group=group, by=by, room=room)
    first = services.schedule_series(group=group, by=by)[0]
    with refused("room_elsewhere"):
        services.set_place(session=first, by=by, room=room)
    with refused("room_elsewhere"):
        services.add_session(group=group, by=by, starts_at=first.starts_at + timedelta(days=200), room=room)


# --- Nobody is forgotten --------------------------------------------------------------------------


def test_a_cancellation_reaches_everybody_through_a_safe_way_or_becomes_a_call(by, group, smtp_sink):
    """By e-mail; without any way that is safe; with hours that do not open before it. Those who lead hear of it too."""
    session = services.schedule_series(group=group, by=by)[0]
    people = [one.participant.user for one in Membership.objects.filter(group=group).order_by("joined_at", "id")]
    set_safe_contact(person=people[0], by=people[0], email_safe=False)
    # Safe on Wednesday mornings alone; the session is on the Friday after.
    set_safe_contact(person=people[1], by=people[1], email_safe=True, hours=[[2, 540, 600]])
    with time_machine.travel(session.starts_at - timedelta(hours=20), tick=False):
        services.cancel_session(session=session, by=by)
        send_due(datetime.now(UTC))
        told = OutboxMessage.objects.filter(template_id="session_cancelled")
        sent = set(told.filter(state=OutboxState.SENT).values_list("person_id", flat=True))
        assert {one.pk for one in people[2:]} <= sent
        called = set(CallTask.objects.filter(message__in=told).values_list("person_id", flat=True))
        assert called == {people[0].pk, people[1].pk}
        assert told.count() == 5


def test_a_plan_is_pure_data_and_the_group_says_it_first(group):
    assert Plan.of(group) == Plan(date(2026, 12, 4), group.start_time, 1, 10)
