"""The short call: booked under no name, found and cancelled with a code, and gone the day after."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import unescape
from threading import Barrier
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connections
from django.utils import timezone

from intake import availability, services_calls
from intake.booking_pages import written
from intake.models import ShortCall
from intake.services_booking import TimeGone
from intake.services_calls import Wanted, book_call, cancel_call, find_call, forget_calls
from psp.audit.models import Entry
from psp.errors import DomainError
from psp.keys.models import DataKey
from tests.browser import Browser
from tests.factories import a_bookable_coordinator, a_coordinator, sign_in

pytestmark = pytest.mark.django_db
NUMBER = "613 555 0177"


@pytest.fixture
def coordinator():
    return a_bookable_coordinator("QC", hours_for="call", phone="+1 613 555 0100", call_link="https://video.example/9")


def free(number: int = 0) -> datetime:
    """The free time with this number, from the second day on that has any: the first one may go by during a test."""
    found = [offer.at for offer in availability.offers(availability.open_times(None, "call"))]
    return [at for at in found if timezone.localdate(at) > timezone.localdate(found[0])][number]


def wanted(at: datetime, **changes) -> Wanted:
    values = {"starts_at": at, "region": None, "zone": "America/Toronto", "language": "en", "way": "phone",
              "sent_key": uuid4()} | changes  # fmt: skip
    return Wanted(**values)


# --- the service ---


def test_call_takes_fifteen_minutes_and_tells_where_to_call(coordinator):
    at = free()
    booked = book_call(wanted=wanted(at))
    assert (booked.call.coordinator, booked.call.ends_at - at) == (coordinator, timedelta(minutes=15))
    assert booked.where == "+1 613 555 0100"
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", booked.code)
    assert at not in [offer.at for offer in availability.offers(availability.open_times(None, "call"))]


def test_call_keeps_a_time_slot_and_nothing_else(coordinator):
    at = free()
    booked = book_call(wanted=wanted(at, way="call_back", number=NUMBER))
    columns = {field.name for field in ShortCall._meta.fields}
    assert columns == {"id", "coordinator", "starts_at", "ends_at", "blocked_until", "time_zone", "language", "way",
                       "word", "code_digest", "number"}  # fmt: skip
    assert not [model for model in apps.get_models() if model.__name__.lower() == "historicalshortcall"]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT t::text FROM intake_shortcall t")
        stored = cursor.fetchone()[0]
    for secret in (booked.code, booked.code.replace("-", ""), NUMBER, NUMBER.replace(" ", "")):
        assert secret not in stored
    # Not its first digits alone, which any key may have in it.
    assert not re.search(r"555\D{0,9}0177", stored)
    assert ShortCall.objects.get().number == NUMBER


def test_number_that_nobody_will_call_is_not_taken_in(coordinator):
    book_call(wanted=wanted(free(), way="phone", number=NUMBER))
    assert ShortCall.objects.get().number == ""
    with pytest.raises(DomainError) as refused:
        book_call(wanted=wanted(free(), way="call_back"))
    assert refused.value.code == "number_needed"


def test_double_click_is_one_call_with_one_code(coordinator):
    wish = wanted(free())
    first, second = book_call(wanted=wish), book_call(wanted=wish)
    assert (first.code, first.call.pk) == (second.code, second.call.pk)
    assert ShortCall.objects.count() == 1


def test_cancelling_forgets_everything_at_once(coordinator):
    at = free()
    booked = book_call(wanted=wanted(at, way="call_back", number=NUMBER))
    assert DataKey.objects.filter(person=booked.call.pk).exists()
    assert cancel_call(code=booked.code.lower().replace("-", " "))
    assert not ShortCall.objects.exists()
    assert not DataKey.objects.filter(person=booked.call.pk).exists()
    assert not cancel_call(code=booked.code)
    assert free() == at


def test_number_goes_after_the_call_and_the_call_the_day_after(coordinator):
    booked = book_call(wanted=wanted(free(), way="call_back", number=NUMBER))
    ends_at = booked.call.ends_at
    assert forget_calls(ends_at) == 0
    assert DataKey.objects.filter(person=booked.call.pk).exists()
    assert forget_calls(ends_at + timedelta(minutes=31)) == 0
    assert not DataKey.objects.filter(person=booked.call.pk).exists()
    assert ShortCall.objects.get().number == ""
    midnight = timezone.localtime(ends_at).replace(hour=0, minute=0) + timedelta(days=1, minutes=1)
    assert forget_calls(midnight) == 1
    assert not ShortCall.objects.exists()


def test_code_of_a_call_that_is_over_finds_nothing(coordinator):
    booked = book_call(wanted=wanted(free()))
    assert find_call(booked.code) == booked.call
    past = timezone.now() - timedelta(hours=1)
    ShortCall.objects.update(starts_at=past - timedelta(minutes=15), ends_at=past, blocked_until=past)
    assert find_call(booked.code) is None


def test_only_coordinators_who_can_be_reached_that_way_get_the_call():
    a_bookable_coordinator("QC", hours_for="call")
    with pytest.raises(TimeGone):
        book_call(wanted=wanted(free(), way="phone"))
    assert availability.ways(availability.open_times(None, "call")) == ["call_back"]


@pytest.mark.django_db(transaction=True)
def test_property_36_one_call_is_booked_once_by_twenty_people_at_once():
    a_bookable_coordinator("QC", hours_for="call", phone="613 555 0100")
    at, gate = free(), Barrier(20)

    def try_once(_number: int) -> bool:
        gate.wait()
        try:
            book_call(wanted=wanted(at))
        except TimeGone:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(try_once, range(20))) == 1
    assert ShortCall.objects.count() == 1


# --- the pages ---


def form(at: datetime, **changes) -> dict[str, str]:
    return {"at": written(at), "region": "BC", "way": "phone", "language": "fr", "number": "",
            "sent_key": str(uuid4())} | changes  # fmt: skip


def text(answer) -> str:
    return unescape(answer.content.decode())


def test_visitor_books_sees_the_code_once_looks_again_and_cancels(client):
    a_bookable_coordinator("PAC", hours_for="call", phone="+1 613 555 0100", time_zone="America/St_Johns")
    at = free()
    shown = text(client.get("/en/intake/call/?region=BC"))
    local = at.astimezone(ZoneInfo("America/Vancouver"))
    assert "Pacific time" in shown
    assert f"{local.hour % 12 or 12}:{local.minute:02}" in shown
    assert "A short call at this time?" in text(client.get(f"/en/intake/call/confirm/?at={written(at)}&region=BC"))
    answer = client.post("/en/intake/call/confirm/", form(at))
    page = text(answer)
    found = re.search(r"data-code>([^<]+)<", page)
    assert found
    code = found[1]
    assert "+1 613 555 0100" in page
    assert "no-store" in answer["Cache-Control"]
    again = text(client.post("/fr/intake/call/code/", {"code": code.lower()}))
    assert "heure du Pacifique" in again
    assert "data-code" not in again
    assert client.post("/en/intake/call/cancel/", {"code": code})["Location"] == "/en/intake/call/"
    assert ShortCall.objects.count() == 0
    gone = text(client.post("/en/intake/call/code/", {"code": code}))
    never = text(client.post("/en/intake/call/code/", {"code": "AAAA-CCCC-DDDD"}))
    sentence = "There is no call with this code now."
    assert sentence in gone
    assert sentence in never


def test_visitor_leaves_no_trace_in_the_access_log_or_session(client, coordinator):
    before = Entry.objects.count()
    client.post("/en/intake/call/confirm/", form(free(), region="", way="call_back", number=NUMBER))
    assert ShortCall.objects.count() == 1
    assert Entry.objects.count() == before
    assert dict(client.session) == {}


def test_time_that_just_went_gets_the_next_free_ones(client, coordinator):
    at = free()
    book_call(wanted=wanted(at))
    for answer in (
        client.get(f"/en/intake/call/confirm/?at={written(at)}"),
        client.post("/en/intake/call/confirm/", form(at, region="")),
    ):
        assert answer.status_code == 409
        assert written(free()).replace(":", "%3A") in text(answer)


@pytest.mark.parametrize(
    "changes", [{"way": "letter"}, {"language": "de"}, {"sent_key": "x"}, {"way": "call_back"},
                {"way": "call_back", "number": "call me"}],
)  # fmt: skip
def test_wrong_answers_are_answered_and_nothing_is_booked(client, coordinator, changes):
    answer = client.post("/en/intake/call/confirm/", form(free(), region="ZZ", **changes))
    assert "Please look at this again" in text(answer)
    assert ShortCall.objects.count() == 0


def test_nothing_published_is_no_dead_end(client):
    shown = text(client.get("/fr/intake/call/"))
    assert "/fr/intake/" in shown
    assert client.get("/fr/intake/call/confirm/?at=hier")["Location"] == "/fr/intake/call/"


def test_network_that_books_many_calls_is_asked_to_wait(client, coordinator, settings):
    settings.PSP_CALLS_PER_HOUR = 2
    answers = [client.post("/en/intake/call/confirm/", form(free(), region="")) for _number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert ShortCall.objects.count() == 2


def test_network_that_tries_codes_is_stopped(client, coordinator, settings):
    settings.PSP_APPLICATIONS_PER_HOUR = 3
    booked = book_call(wanted=wanted(free()))
    answers = [client.post("/en/intake/call/code/", {"code": f"AAAA-{number:04}"}) for number in range(4)]
    assert answers[-1].status_code == 429
    assert client.post("/en/intake/call/cancel/", {"code": booked.code}).status_code == 429
    assert ShortCall.objects.count() == 1


def test_number_is_seen_by_the_coordinator_who_calls_and_by_nobody_else(coordinator):
    other = a_coordinator("QC")
    at = timezone.now() + timedelta(minutes=5)
    call = services_calls._new_call(wanted(at, way="call_back"), "C", coordinator.booking_terms)
    call.save()
    services_calls._seal_number(call, NUMBER)
    pages = {}
    for user in (coordinator, other):
        browser = Browser()
        sign_in(browser, user)
        pages[user.pk] = text(browser.get("/en/desk/"))
    assert NUMBER in pages[coordinator.pk]
    assert call.word in pages[coordinator.pk]
    assert NUMBER not in pages[other.pk]
    entry = Entry.objects.get(model="intake.shortcall")
    assert (entry.actor, entry.person, entry.fields) == (coordinator.pk, None, "number")


def test_code_cannot_be_worked_out_from_the_key_of_the_form(settings):
    key = UUID(int=7)
    before = services_calls._code_of(key)
    settings.SECRET_KEY = "another secret"
    assert services_calls._code_of(key) != before


@pytest.mark.parametrize("at", ["0001-01-01T00:00Z", "9999-12-31T23:59Z", "2026-02-30T10:00Z", "%00", "x" * 5000])
def test_times_at_the_ends_of_the_world_break_nothing(client, coordinator, at):
    for data in ({"at": at, "region": "NL"}, {"at": at, "way": "phone", "language": "en", "sent_key": str(uuid4())}):
        assert client.post("/en/intake/call/confirm/", data).status_code in (302, 409)
        assert client.get("/en/intake/call/confirm/", data).status_code in (302, 400, 409)


def test_short_call_never_gives_away_the_room_of_the_meetings(client):
    """Anybody can book one without a name; the room in which others are met is not theirs to enter."""
    room = "https://video.example/meetings"
    a_bookable_coordinator("ON", hours_for="call", video_link=room)
    assert availability.ways(availability.open_times("ON", "call")) == ["call_back"]
    for way in ("video", "phone"):
        with pytest.raises(TimeGone):
            book_call(wanted=wanted(free(), way=way))
    at = free()
    data = {"at": written(at), "way": "call_back", "number": NUMBER, "language": "en", "sent_key": str(uuid4())}
    assert room not in client.post("/en/intake/call/confirm/", data).content.decode()


# --- A day that has enough, and who answers when we call ---


def test_property_14_day_that_has_enough_calls_offers_no_more(client, coordinator, settings):
    settings.PSP_CALLS_PER_DAY = 2
    first = free()
    day = first.astimezone(ZoneInfo("America/Toronto")).date()
    for _number in range(2):
        assert free().astimezone(ZoneInfo("America/Toronto")).date() == day
        book_call(wanted=wanted(free()))
    left = [offer.at for offer in availability.offers(availability.open_times(None, "call"))]
    assert day not in {at.astimezone(ZoneInfo("America/Toronto")).date() for at in left}
    assert left


def test_calls_that_are_all_taken_are_told_kindly_with_a_way_on(client, coordinator, settings):
    settings.PSP_CALLS_PER_DAY, settings.PSP_CALL_HORIZON_DAYS = 1, 2
    while offered := availability.offers(availability.open_times(None, "call")):
        book_call(wanted=wanted(offered[0].at))
    assert 1 <= ShortCall.objects.count() <= 3
    page = text(client.get("/en/intake/call/"))
    assert "No short call is free in the next days." in page
    assert "/en/intake/" in page
    assert "Get help now" in page


@pytest.mark.django_db(transaction=True)
def test_property_14_ten_at_once_from_anywhere_get_no_more_than_a_days_calls(settings):
    settings.PSP_CALLS_PER_DAY = 3
    a_bookable_coordinator("QC", hours_for="call", phone="+1 613 555 0100")
    first = free()
    day = first.astimezone(ZoneInfo("America/Toronto")).date()
    offered = [offer.at for offer in availability.offers(availability.open_times(None, "call"))]
    same_day = [at for at in offered if at.astimezone(ZoneInfo("America/Toronto")).date() == day][:10]
    assert len(same_day) == 10
    together = Barrier(len(same_day))

    def one(at: datetime) -> str:
        try:
            together.wait(timeout=120)
            book_call(wanted=wanted(at))
            return "booked"
        except TimeGone:
            return "gone"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(same_day)) as pool:
        outcomes = list(pool.map(one, same_day))
    assert outcomes.count("booked") == ShortCall.objects.count() == 3


def test_whoever_calls_back_says_nothing_before_the_word(client, coordinator):
    booked = book_call(wanted=wanted(free(), way="call_back", number=NUMBER, language="fr"))
    soon = timezone.now() + timedelta(hours=1)
    ShortCall.objects.filter(pk=booked.call.pk).update(
        starts_at=soon, ends_at=soon + timedelta(minutes=15), blocked_until=soon + timedelta(minutes=20)
    )
    desk = Browser()
    sign_in(desk, coordinator)
    page = text(desk.get("/en/desk/"))
    assert "Bonjour. J’appelle à l’heure convenue. Quel mot avez-vous pour moi?" in page
    assert "Then hang up. Leave no voicemail." in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_said_before_the_word_is_neutral(language):
    from contact.lint import neutral_violations
    from intake.booking_cards import call_back_script

    for said in call_back_script(language).values():
        assert neutral_violations(said, language) == []


def test_whoever_is_called_back_knows_that_the_word_comes_first(client, coordinator):
    page = text(client.post("/en/intake/call/confirm/", form(free(), region="", way="call_back", number=NUMBER)))
    assert "Until we hear it, we do not say who we are." in page
