"""Sessions in one's own calendar: the private address, what it answers, and one session as a file."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
import vobject
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from consent.services import withdraw
from contact.lint import neutral_violations
from groups import services as groups
from groups.models import GroupLead, Membership, PeerGroup
from privacy.erasing import close_everything
from psp.audit.models import Entry
from psp.crypto import keyring
from psp.errors import Forbidden, constraint_name
from psp.models import RoleAssignment, User
from sessions import feed_of_person, services, services_calendar
from sessions.models import CalendarFeed, GroupSession
from tests.browser import Browser
from tests.factories import (
    a_coordinator,
    a_facilitator,
    a_formal_group,
    a_participant,
    a_user,
    an_accepted_participant,
    sign_in,
)
from tests.rfc5545 import problems
from tests.timing import assert_fits

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
UNKNOWN = "0" * 43


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator() -> User:
    return a_coordinator("QC")


@pytest.fixture
def group(coordinator) -> PeerGroup:
    made = a_formal_group(coordinator, members=4, starts_on=date(2026, 12, 1), name_en="Secret evenings")
    established = groups.establish(group=made, by=coordinator)
    services.schedule_series(group=established, by=coordinator)
    return established


def member_of(group: PeerGroup) -> User:
    return User.objects.get(pk=group.memberships.order_by("pk").first().person_id)


def lead_of(group: PeerGroup) -> User:
    return User.objects.get(pk=group.leads.get().user_id)


def address_of(person: User, **more) -> str:
    return f"/cal/{services_calendar.make_feed(person=person, by=person, **more)}.ics"


def fetch(client, path: str, **headers):
    return client.get(path, headers=headers)


def read(answer) -> dict[str, Calendar]:
    """By UID, after our own rules and a second parser have read it too."""
    assert answer.status_code == 200
    assert problems(answer.content) == []
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    other = next(vobject.readComponents(answer.content.decode())).contents.get("vevent", [])
    assert [one.uid.value for one in other] == [str(one["UID"]) for one in events]
    assert [one.dtstart.value for one in other] == [one.decoded("DTSTART") for one in events]
    return {str(one["UID"]): one for one in events}


# --- What it answers ---


def test_feed_of_a_member_holds_every_session_and_tells_nothing(client, group):
    person = member_of(group)
    answer = fetch(client, address_of(person))
    events = read(answer)
    assert [one.decoded("DTSTART") for one in events.values()] == [one.starts_at for one in group.sessions.all()]
    assert {str(one["SUMMARY"]) for one in events.values()} == {"Rendez-vous"}
    text = answer.content.decode()
    for secret in (group.name_en, group.name_fr, person.name, str(person.pk), str(group.pk)):
        assert secret not in text
    for session in group.sessions.all():
        assert str(session.pk) not in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_property_26_feed_file_and_its_name_are_neutral(client, group, language):
    person = member_of(group)
    person.language = language
    person.save()
    texts = [fetch(client, address_of(person)).content.decode()]
    sign_in(client, person)
    answer = client.get(f"/{language}/my/sessions/{group.sessions.first().pk}.ics")
    texts += [answer.content.decode(), answer["Content-Disposition"]]
    assert [neutral_violations(text, language) for text in texts] == [[], [], []]
    assert answer["Content-Disposition"].endswith({"en": '"appointment.ics"', "fr": '"rendez-vous.ics"'}[language])


def test_names_are_there_for_those_alone_who_chose_them(client, group):
    person = lead_of(group)
    path = address_of(person, shows_names=True)
    assert {str(one["SUMMARY"]) for one in read(fetch(client, path)).values()} == {"Secret evenings"}
    services_calendar.name_in_feed(person=person, by=person, shows_names=False)
    assert {str(one["SUMMARY"]) for one in read(fetch(client, path)).values()} == {"Appointment"}


def test_moved_and_cancelled_sessions_keep_their_uid_with_a_later_sequence(client, group, coordinator):
    path, session = address_of(member_of(group)), group.sessions.first()
    before = read(fetch(client, path))
    (uid,) = [key for key, one in before.items() if one.decoded("DTSTART") == session.starts_at]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        moved = services.move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(days=1))
        after = read(fetch(client, path))
        cancelled = services.cancel_session(session=moved, by=coordinator)
        gone = read(fetch(client, path))
    assert before.keys() == after.keys() == gone.keys()
    assert after[uid].decoded("DTSTART") == moved.starts_at
    assert [one[uid]["SEQUENCE"] for one in (before, after, gone)] == [0, moved.revision, cancelled.revision]
    assert before[uid]["SEQUENCE"] < after[uid]["SEQUENCE"] < gone[uid]["SEQUENCE"]
    assert [str(one[uid]["STATUS"]) for one in (before, after, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert after[uid].decoded("DTSTAMP") > before[uid].decoded("DTSTAMP")
    assert {key: str(one) for key, one in before.items() if key != uid} == {
        key: str(one) for key, one in after.items() if key != uid
    }


def test_what_is_past_goes_out_after_a_month(client, group):
    path, first = address_of(member_of(group)), group.sessions.first()
    with time_machine.travel(first.starts_at + timedelta(days=29), tick=False):
        assert len(read(fetch(client, path))) == 10
    with time_machine.travel(first.starts_at + timedelta(days=31), tick=False):
        assert len(read(fetch(client, path))) == 9


def test_feed_that_did_not_change_is_not_sent_again(client, group, coordinator):
    path = address_of(member_of(group))
    tag = fetch(client, path)["ETag"]
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        same = fetch(client, path, if_none_match=tag)
        assert (same.status_code, same.content) == (304, b"")
        assert "no-store" in same["Cache-Control"]
        services.cancel_session(session=group.sessions.last(), by=coordinator)
        changed = fetch(client, path, if_none_match=tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_answer_stays_in_no_cache_and_in_no_search_engine_and_sets_no_cookie(client, group):
    for path, status in ((address_of(member_of(group)), 200), (f"/cal/{UNKNOWN}.ics", 404)):
        answer = fetch(client, path)
        assert answer.status_code == status
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
        assert not answer.cookies
    assert client.post(path).status_code == 405


# --- Whose it is, and when it ends ---


def test_address_is_kept_nowhere(client, group, caplog):
    person = member_of(group)
    token = services_calendar.make_feed(person=person, by=person)
    assert len(token) == 43
    fetch(client, f"/cal/{token}.ics")
    fetch(client, f"/cal/{UNKNOWN}.ics")
    with transaction.atomic():
        entries = " ".join(str(row) for row in Entry.objects.values_list())
    assert token not in entries + caplog.text
    assert UNKNOWN not in entries + caplog.text
    feed = CalendarFeed.objects.get(person=person)
    assert token not in " ".join(str(getattr(feed, field.attname)) for field in feed._meta.fields)
    assert keyring.index_of(token, column=services_calendar.COLUMN, kind="name") != feed.digest


def test_feed_keeps_a_digest_only(group):
    person = member_of(group)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CalendarFeed.objects.create(person=person, digest="the-address-itself")
    assert constraint_name(refused.value) == "feed_keeps_a_digest_only"


def test_new_address_ends_the_old_one_and_an_ended_one_is_as_if_it_never_was(client, group):
    person = member_of(group)
    first, second = address_of(person), address_of(person)
    assert [fetch(client, path).status_code for path in (first, second)] == [404, 200]
    services_calendar.end_feed(person=person, by=person)
    answers = [fetch(client, path) for path in (second, f"/cal/{UNKNOWN}.ics")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert {*answers[0].headers} == {*answers[1].headers}


def test_ended_and_unknown_addresses_take_the_same_time(client, group, settings):
    settings.PSP_FEED_MISSES_PER_HOUR = 10_000
    person = member_of(group)
    ended = address_of(person)
    services_calendar.end_feed(person=person, by=person)

    def measure() -> float:
        spent: dict[str, list[float]] = {ended: [], f"/cal/{UNKNOWN}.ics": []}
        for _round in range(40):
            for path, times in spent.items():
                begun = time.perf_counter_ns()
                fetch(client, path)
                times.append(time.perf_counter_ns() - begun)
        one, other = (statistics.median(times) for times in spent.values())
        return max(one, other) / min(one, other)

    with time_machine.travel(NOW, tick=True):
        assert_fits(measure, lambda ratio: ratio < 1.15)


def test_signed_in_browser_with_a_wrong_address_leaves_no_note_of_it(client, group):
    sign_in(client, member_of(group))
    before = Entry.objects.count()
    assert fetch(client, f"/cal/{UNKNOWN}.ics").status_code == 404
    assert Entry.objects.count() == before


@pytest.mark.parametrize("who", [member_of, lead_of])
def test_whoever_leaves_has_an_empty_calendar_at_once(client, group, who):
    path = address_of(who(group))
    assert len(read(fetch(client, path))) == 10
    if who is member_of:
        Membership.objects.filter(participant__user=member_of(group)).update(state="left", left_at=NOW)
    else:
        GroupLead.objects.filter(group=group).delete()
    assert read(fetch(client, path)) == {}


def test_property_34_withdrawal_empties_the_calendar_at_once(client, group):
    person = member_of(group)
    path = address_of(person)
    withdraw(person=person, purpose="taking_part", by=person)
    assert read(fetch(client, path)) == {}


def test_role_that_was_taken_empties_the_calendar(client, group):
    lead = lead_of(group)
    path = address_of(lead)
    RoleAssignment.objects.get(user=lead).delete()
    assert read(fetch(client, path)) == {}


def test_closed_account_leads_nowhere(client, group):
    person = member_of(group)
    path = address_of(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert fetch(client, path).status_code == 404


def test_erasure_ends_the_address_at_its_approval_and_takes_the_row(client, group):
    person, officer = member_of(group), a_user()
    path = address_of(person)
    close_everything(person, officer)
    assert fetch(client, path).status_code == 404
    address_of(person)
    assert feed_of_person.erase(person)["peer_sessions.calendarfeed"] == 1
    assert not CalendarFeed.objects.filter(person=person).exists()


def test_address_without_a_group_ends_by_itself_after_its_days(client, group, coordinator, settings):
    person, other = member_of(group), a_participant().user
    kept, idle = address_of(person), address_of(other)
    today = NOW.date()
    assert services_calendar.forget_feeds(today) == 0
    assert read(fetch(client, idle)) == {}
    assert services_calendar.forget_feeds(today + timedelta(days=settings.PSP_FEED_IDLE_DAYS)) == 0
    assert services_calendar.forget_feeds(today + timedelta(days=settings.PSP_FEED_IDLE_DAYS + 1)) == 1
    assert [fetch(client, path).status_code for path in (kept, idle)] == [200, 404]


def test_days_without_a_group_begin_anew_after_another_group(coordinator):
    person = an_accepted_participant("QC", by=coordinator)
    address_of(person.user)
    services_calendar.forget_feeds(NOW.date())
    assert CalendarFeed.objects.get().idle_since == NOW.date()
    groups.add_member(group=a_formal_group(coordinator), participant=person, by=coordinator)
    services_calendar.forget_feeds(NOW.date())
    assert CalendarFeed.objects.get().idle_since is None


def test_nobody_makes_or_ends_the_address_of_somebody_else(group, coordinator):
    person = member_of(group)
    address_of(person)
    for act in (services_calendar.make_feed, services_calendar.end_feed):
        with pytest.raises(Forbidden):
            act(person=person, by=coordinator)
    with pytest.raises(Forbidden):
        services_calendar.make_feed(person=coordinator, by=coordinator)


# --- Not too often, and not too loudly ---


def test_property_04_fetching_is_noted_once_a_day(client, group):
    person = member_of(group)
    path = address_of(person)
    for hours in (0, 1, 5, 23, 25, 26):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            fetch(client, path)
    rows = Entry.objects.filter(person=person.pk, action="read", model="peer_sessions.calendarfeed")
    assert [row.at - NOW for row in rows.order_by("at")] == [timedelta(0), timedelta(hours=25)]
    assert {row.actor for row in rows} == {None}


def test_property_14_one_calendar_is_served_so_often_an_hour(client, group, settings):
    settings.PSP_FEED_FETCHES_PER_HOUR = 3
    path, other = (address_of(person) for person in (member_of(group), lead_of(group)))
    answers = [fetch(client, path) for _time in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "3600"
    assert fetch(client, other).status_code == 200


def test_property_14_trying_addresses_is_stopped_and_stops_nobody_else(client, group, settings):
    settings.PSP_FEED_MISSES_PER_HOUR = 3
    path = address_of(member_of(group))
    tries = [fetch(client, f"/cal/{number:043}.ics").status_code for number in range(5)]
    assert tries == [404, 404, 404, 429, 429]
    assert fetch(client, path).status_code == 200


def test_feed_is_fetched_in_few_questions(client, group, django_assert_max_num_queries):
    path = address_of(lead_of(group))
    fetch(client, path)
    with django_assert_max_num_queries(6):
        fetch(client, path)


# --- The pages ---


@pytest.mark.parametrize(("who", "path"), [(member_of, "my/calendar/"), (lead_of, "lead/calendar/address/")])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_address_is_shown_once_and_ended_on_the_page(group, who, path, language):
    browser, page = Browser(), f"/{language}/{path}"
    sign_in(browser, who(group))
    assert 'value="make"' in browser.get(page).content.decode()
    shown = browser.post(page, {"act": "make", "shows_names": "on"}).content.decode()
    address = shown.partition("<code")[2].partition(">")[2].partition("<")[0].strip()
    assert len(read(browser.get("/" + address.split("/", 3)[3]))) == 10
    again = browser.get(page).content.decode()
    assert address not in again
    assert "checked" in again
    browser.post(page, {"act": "names"})
    assert CalendarFeed.objects.get().shows_names is False
    browser.post(page, {"act": "end"})
    assert not CalendarFeed.objects.exists()
    assert browser.get("/" + address.split("/", 3)[3]).status_code == 404


def test_one_session_as_a_file_for_those_who_are_in_it(group, coordinator):
    session: GroupSession = group.sessions.first()
    uids = set()
    for who, area in ((member_of, "my"), (lead_of, "lead")):
        browser = Browser()
        sign_in(browser, who(group))
        answer = browser.get(f"/en/{area}/sessions/{session.pk}.ics")
        (event,) = read(answer).values()
        assert event.decoded("DTEND") == session.ends_at
        assert str(Calendar.from_ical(answer.content)["METHOD"]) == "PUBLISH"
        uids.add(str(event["UID"]))
        services.cancel_session(session=group.sessions.last(), by=coordinator) if area == "lead" else None
        stranger = Browser()
        sign_in(stranger, a_participant().user if area == "my" else a_facilitator())
        assert stranger.get(f"/en/{area}/sessions/{session.pk}.ics").status_code == 404
    answer = browser.get(f"/en/lead/sessions/{group.sessions.last().pk}.ics")
    assert str(Calendar.from_ical(answer.content)["METHOD"]) == "CANCEL"
    assert len(uids) == 1
    assert uids < read(browser.get(address_of(lead_of(group)))).keys()


def test_times_are_instants_over_the_change_of_clocks(client, coordinator):
    made = a_formal_group(coordinator, members=4, starts_on=date(2027, 3, 9))
    group = groups.establish(group=made, by=coordinator)
    services.schedule_series(group=group, by=coordinator)
    starts = [one.decoded("DTSTART") for one in read(fetch(client, address_of(lead_of(group)))).values()]
    zone = timezone.get_default_timezone()
    assert [one.astimezone(zone).hour for one in starts] == [19] * 10
    assert starts[1] - starts[0] == timedelta(days=7, hours=-1)
