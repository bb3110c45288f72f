"""Sessions by week and by month, for those who lead and for coordinators."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from groups.choices import LeadRole
from groups.services import add_lead
from psp.models import User
from sessions.calendar_pages import Week
from sessions.models import GroupSession
from tests.browser import Browser
from tests.factories import a_coordinator, a_facilitator, a_group, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 7, 15, 0, tzinfo=UTC)
# Monday, 14 December, 23:30 in Toronto; 21:30 in Vancouver, where clocks change no more; Tuesday in St. John's.
LATE = datetime(2026, 12, 15, 4, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_december():
    with time_machine.travel(NOW, tick=False):
        yield


def a_session(by: User, name: str, starts_at: datetime = LATE, **fields) -> GroupSession:
    code = by.roles.get().region_id
    group = a_group(by, program_region=code, region=code, name_en=name, name_fr=f"{name} fr")
    ends_at = starts_at + timedelta(minutes=90)
    return GroupSession.objects.create(group=group, number=3, starts_at=starts_at, ends_at=ends_at, **fields)


def look(user: User, path: str) -> str:
    browser = Browser()
    sign_in(browser, user)
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def in_zone(user: User, zone: str) -> User:
    user.time_zone = zone
    user.save()
    return user


@pytest.mark.parametrize(
    ("zone", "day", "clock", "name"),
    [
        ("America/Toronto", "2026-12-14", "11:30 p.m.", "Eastern time"),
        ("America/Vancouver", "2026-12-14", "9:30 p.m.", "Pacific time"),
        ("America/St_Johns", "2026-12-15", "1:00 a.m.", "Newfoundland time"),
    ],
)
@pytest.mark.parametrize("view", ["week=2026-12-16", "month=2026-12"])
def test_each_reader_sees_their_own_clock_with_its_name(zone, day, clock, name, view):
    coordinator = in_zone(a_coordinator("QC"), zone)
    a_session(coordinator, "Late evenings")
    html = look(coordinator, f"/en/desk/calendar/?{view}")
    of_day = html.partition(f'id="day-{day}"')[2].partition("</section>")[0]
    assert "Late evenings" in of_day
    assert clock in of_day
    assert name in html
    assert html.count("Late evenings") == 1


def test_coordinator_sees_the_own_regions_and_a_lead_the_own_groups():
    here, there = a_coordinator("QC"), a_coordinator("ON")
    own, other = a_session(here, "Ours"), a_session(here, "Of a colleague")
    a_session(there, "Elsewhere")
    lead = a_facilitator()
    add_lead(group=own.group, user=lead, role=LeadRole.FACILITATOR, by=here)
    for view in ("week=2026-12-14", "month=2026-12"):
        desk, leads = look(here, f"/en/desk/calendar/?{view}"), look(lead, f"/en/lead/calendar/?{view}")
        assert [name in desk for name in ("Ours", "Of a colleague", "Elsewhere")] == [True, True, False]
        assert [name in leads for name in ("Ours", "Of a colleague", "Elsewhere")] == [True, False, False]
        assert f"/en/desk/sessions/{other.pk}/" in desk
        assert f"/en/lead/sessions/{own.pk}/" in leads


def test_cancelled_sessions_say_so_in_both_languages():
    coordinator = a_coordinator("QC")
    a_session(coordinator, "Evenings", state="cancelled")
    assert "does not take place" in look(coordinator, "/en/desk/calendar/?week=2026-12-14")
    french = look(coordinator, "/fr/desk/calendar/?week=2026-12-14")
    assert "n’a pas lieu" in french
    assert "Evenings fr" in french


@pytest.mark.parametrize("asked", ["", "week=nonsense", "week=1999-01-01", "week=9999-12-31", "week="])
def test_this_week_stands_for_what_cannot_be_shown(asked):
    coordinator = a_coordinator("QC")
    a_session(coordinator, "Today", NOW + timedelta(hours=2))
    assert "Today" in look(coordinator, f"/en/desk/calendar/?{asked}")


def test_week_begins_on_monday_and_moves_by_seven_days():
    week = Week.of(date(2027, 1, 3))
    assert week.monday == date(2026, 12, 28)
    assert week.moved(1).days() == [date(2027, 1, 4) + timedelta(days=number) for number in range(7)]
    assert Week.read("2026-12-31", NOW.date()) == week


def test_page_costs_the_same_with_many_sessions(django_assert_max_num_queries):
    coordinator = a_coordinator("QC")
    for number in range(12):
        a_session(coordinator, f"Evenings {number}", LATE + timedelta(hours=number))
    browser = Browser()
    sign_in(browser, coordinator)
    browser.get("/en/desk/calendar/?week=2026-12-14")
    with django_assert_max_num_queries(8):
        browser.get("/en/desk/calendar/?week=2026-12-14")
