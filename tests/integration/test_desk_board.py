"""The board, the front page when nothing waits, and the way from person to person along a list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from intake.models import Application, IntakeMeeting
from psp.audit.models import Entry
from supporters.choices import TextKind
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def an_application(days: int, *, region="QC", name="", **fields) -> Application:
    """Sent so many days ago; the last action was then."""
    person = make.a_participant(region, name=name)
    at = timezone.now() - timedelta(days=days)
    return make.an_application(person, submitted_at=at, last_action_at=fields.pop("last_action_at", at), **fields)


def number_of(page: str, state: str) -> int:
    """The number that the board shows for a state."""
    found = re.search(rf'href="[^"]*\?state={state}">\s*([\d,]+)', page)
    assert found, page
    return int(found.group(1).replace(",", ""))


def counted_by_the_database(state: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM intake_application a JOIN intake_participant p ON p.id = a.participant_id"
            " WHERE a.state = %s AND p.program_region_id = 'QC'",
            [state],
        )
        return int(cursor.fetchone()[0])


def test_board_counts_are_those_of_the_database(desk, coordinator):
    for number in range(11):
        an_application(number)
    for _number in range(3):
        make.an_accepted_participant(by=coordinator)
    an_application(1, state="withdrawn")
    an_application(1, region="ON")
    page = desk.get(reverse("desk:board")).content.decode()
    for state in ("submitted", "meeting_set", "accepted", "declined", "withdrawn"):
        assert number_of(page, state) == counted_by_the_database(state), state


def test_board_shows_the_longest_waiting_first_and_leads_to_the_real_action(desk):
    late, early = an_application(2, name="Late One"), an_application(9, name="Early One")
    page = desk.get(reverse("desk:board")).content.decode()
    assert page.index("Early One") < page.index("Late One")
    assert reverse("desk:set_meeting", args=[late.pk]) in page
    assert reverse("desk:file", args=[early.participant_id]) in page
    assert not re.search(r'<form[^>]*action="[^"]*(meeting|accept)', page), "nothing changes from the board itself"


def test_property_04_board_leaves_one_access_row_for_each_person_shown_and_no_name_of_who_is_done(desk):
    rows = [an_application(number) for number in range(12)]
    gone = an_application(1, name="Gone Away", state="withdrawn")
    page = desk.get(reverse("desk:board")).content.decode()
    shown = [row for row in [*rows, gone] if row.participant.reference in page]
    assert len(shown) == 8
    entries = Entry.objects.filter(action="read", model="intake.application")
    assert sorted(map(str, entries.values_list("person", flat=True))) == sorted(str(row.person_id) for row in shown)


@pytest.mark.parametrize(
    ("days", "state", "meeting_in_hours", "late"),
    [
        (8, "submitted", None, True), (6, "submitted", None, False),
        (8, "meeting_set", 24, False), (8, "meeting_set", -24, True),
        (8, "withdrawn", None, False),
    ],
)  # fmt: skip
def test_overdue_is_what_nobody_took_care_of_and_has_no_meeting_ahead(
    desk, coordinator, days, state, meeting_in_hours, late
):
    row = an_application(days, state=state)
    if meeting_in_hours is not None:
        begin = timezone.now() + timedelta(hours=meeting_in_hours)
        IntakeMeeting.objects.create(
            application=row, coordinator=coordinator, starts_at=begin, ends_at=begin + timedelta(minutes=45)
        )
    page = desk.get(f"{reverse('desk:applications')}?state=overdue").content.decode()
    assert (row.participant.reference in page) is late
    front = desk.get(reverse("desk:today")).content.decode()
    assert number_of(front, "overdue") == int(late)
    assert ("8 days ago" in front) is late


def test_overdue_days_are_a_program_setting(desk, settings):
    settings.PSP_OVERDUE_DAYS = 30
    an_application(20)
    assert number_of(desk.get(reverse("desk:today")).content.decode(), "overdue") == 0


def test_front_page_says_kindly_that_nothing_waits(desk, coordinator):
    make.an_accepted_participant(by=coordinator)
    make.acknowledge(coordinator, TextKind.AGREEMENT_STAFF)
    assert "Nothing waits for you" in desk.get(reverse("desk:today")).content.decode()
    an_application(1)
    assert "Nothing waits for you" not in desk.get(reverse("desk:today")).content.decode()


def links(page: str) -> dict[str, str]:
    """Addresses of the way back, to the person before and to the next one."""
    found = {}
    for tag in re.findall(r"<a [^>]*data-key-link=\"[npu]\"[^>]*>", page):
        key, url = re.search(r'data-key-link="(.)"', tag), re.search(r'href="([^"]*)"', tag)
        assert key
        assert url
        found[key.group(1)] = url.group(1).replace("&amp;", "&")
    return found


def test_file_leads_along_the_list_and_back_without_losing_its_filters(desk):
    rows = [an_application(days) for days in (9, 7, 5)]
    Application.objects.filter(pk=an_application(6).pk).update(language="en")
    page = desk.get(f"{reverse('desk:applications')}?state=submitted&language=fr").content.decode()
    urls = [f"{reverse('desk:file', args=[row.participant_id])}?list=1&state=submitted&language=fr" for row in rows]
    assert urls[1].replace("&", "&amp;") in page
    first, middle, last = (links(desk.get(url).content.decode()) for url in urls)
    back = f"{reverse('desk:applications')}?state=submitted&language=fr"
    assert middle == {"u": back, "p": urls[0], "n": urls[2]}
    assert first == {"u": back, "n": urls[1]}
    assert last == {"u": back, "p": urls[1]}


def test_way_along_the_list_goes_on_when_the_person_fits_the_filters_no_more(desk):
    rows = [an_application(days) for days in (9, 7, 5)]
    Application.objects.filter(pk=rows[1].pk).update(state="withdrawn")
    page = desk.get(f"{reverse('desk:file', args=[rows[1].participant_id])}?list=1&state=submitted").content.decode()
    assert set(links(page)) == {"u", "p", "n"}
    assert str(rows[2].participant_id) in links(page)["n"]


def test_what_is_done_in_a_file_leads_back_to_the_same_list(desk):
    row = an_application(5)
    url = f"{reverse('desk:file', args=[row.participant_id])}?list=1&state=submitted"
    action = f"{reverse('desk:withdraw', args=[row.pk])}?list=1&state=submitted"
    assert action.replace("&", "&amp;") in desk.get(url).content.decode()
    page = desk.get(action).content.decode()
    assert url.replace("&", "&amp;") in page, "the way back without doing it"
    answer = desk.post(action, {"revision": row.revision})
    assert answer["Location"] == url


def test_file_has_its_parts_in_tabs_that_are_links_without_a_script(desk):
    row = an_application(5)
    page = desk.get(reverse("desk:file", args=[row.participant_id])).content.decode()
    targets = re.findall(r'class="tab"\s+href="#([a-z-]+)"', page)
    assert targets == ["now", "application-tab", "consents-tab", "groups-tab", "files-tab", "history-tab"]
    assert all(f'id="{target}"' in page for target in targets)


def test_file_without_a_list_or_with_nonsense_has_no_way_along_it(desk):
    row = an_application(3)
    url = reverse("desk:file", args=[row.participant_id])
    assert links(desk.get(url).content.decode()) == {}
    page = desk.get(f"{url}?list=1&state=nonsense&page=999&evil=%22%3E%3Cscript").content.decode()
    assert links(page) == {"u": f"{reverse('desk:applications')}?state=nonsense&page=999"}
