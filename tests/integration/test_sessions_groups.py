"""A person's own pages about groups, what leads see of them, and saying whether one comes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from groups import services
from groups.choices import GroupKind, LeadRole, QueueState
from groups.dates import dates_of
from groups.models import Membership, PeerGroup, QueuePlace
from groups.services_enrolling import enrol
from groups.services_place import set_place, share_needs
from intake.models import Participant
from intake.services_apart import note_apart
from privacy.holdings import held_about
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden
from sessions import coming_of_person, services_coming
from sessions.group_dates import Month
from sessions.models import Coming, GroupSession
from sessions.services import schedule_series
from tests import factories as make
from tests.factories import sign_in
from tests.integration.test_groups_judges import judge

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
LINK = "https://meet.example.org/canary-room"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def person() -> Participant:
    return make.an_accepted_participant(services=("informal", "activity"), language="en")


@pytest.fixture
def group(coordinator) -> PeerGroup:
    made = make.an_open_group(coordinator, starts_on=date(2026, 12, 1))
    return set_place(group=made, by=coordinator, link=LINK, address="", asks_who_comes=True)


@pytest.fixture
def begun(group, coordinator, person) -> PeerGroup:
    """Established, with dates; the person has a place."""
    for who in (person, make.an_accepted_participant(services=("informal",), by=coordinator)):
        enrol(group=group, participant=who, by=who.user)
    for name in ("Leadname", "Otherlead"):
        services.add_lead(group=group, user=make.a_facilitator(name=name), role=LeadRole.FACILITATOR, by=coordinator)
    services.establish(group=group, by=coordinator)
    schedule_series(group=group, by=coordinator)
    return PeerGroup.objects.get(pk=group.pk)


def page(name: str, *args: object, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"my_sessions:{name}", args=args)


def shown(client, name: str, *args: object, language: str = "en") -> str:
    answer = client.get(page(name, *args, language=language))
    assert answer.status_code == 200
    return answer.content.decode()


def test_open_groups_are_listed_by_month_on_the_readers_clock_and_in_a_calendar(client, group, coordinator, person):
    make.an_open_group(
        coordinator, kind=GroupKind.ACTIVITY, name_en="Coffee", name_fr="Café", starts_on=date(2027, 1, 7)
    )
    type(person.user).objects.filter(pk=person.user_id).update(time_zone="America/Vancouver")
    sign_in(client, person.user)
    html = shown(client, "groups")
    assert html.index("December 2026") < html.index("Tuesday evenings") < html.index("January 2027")
    assert "Tuesday, 1 December 2026, 5:00 p.m. (Pacific time)" in html
    calendar = shown(client, "groups") and client.get(page("groups") + "?month=2026-12").content.decode()
    assert calendar.count(page("group", group.pk)) == 5
    assert "Coffee" not in calendar
    assert "Coffee" in client.get(page("groups") + "?month=2027-01").content.decode()


@pytest.mark.parametrize(
    ("text", "month"),
    [("2027-01", (2027, 1)), ("", (2026, 11)), ("2027-13", (2026, 11)), ("9999-01", (2026, 11)), ("x", (2026, 11))],
)  # fmt: skip
def test_month_is_read_or_is_this_one(text, month):
    assert Month.read(text, date(2026, 11, 20)) == Month(*month)
    assert Month(2026, 12).moved(1) == Month(2027, 1)
    assert Month(2027, 1).moved(-1) == Month(2026, 12)


def test_person_enrols_sees_where_they_stand_and_leaves_in_two_clicks(client, group, person):
    sign_in(client, person.user)
    assert "There is a place for you" in shown(client, "group", group.pk)
    answer = client.post(page("enrol", group.pk))
    assert answer["Location"] == page("group", group.pk)
    html = shown(client, "group", group.pk)
    assert "You have a place" in html
    assert LINK not in html
    assert page("leave", group.pk) in html
    assert "Nobody asks you why" in shown(client, "leave", group.pk)
    assert client.post(page("leave", group.pk))["Location"] == page("mine")
    assert not Membership.objects.active().exists()
    # It is open still, so the person can think again.
    assert "There is a place for you" in shown(client, "group", group.pk)


def test_full_group_says_which_place_in_line_one_would_have_and_has(client, group, person, coordinator):
    PeerGroup.objects.filter(pk=group.pk).update(max_size=2, min_size=2)
    for number in range(3):
        other = make.an_accepted_participant(services=("informal",), name=f"Canaryname{number}", by=coordinator)
        enrol(group=group, participant=other, by=other.user)
    sign_in(client, person.user)
    assert "you would be number 2" in shown(client, "group", group.pk)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        client.post(page("enrol", group.pk))
    html = shown(client, "group", group.pk)
    assert "You are number 2 in line" in html
    assert "Canaryname" not in html
    client.post(page("leave_line", group.pk))
    assert QueuePlace.objects.get(participant=person).state == QueueState.ENDED
    assert client.get(page("leave_line", group.pk)).status_code == 404


def test_link_is_on_the_page_from_shortly_before_a_session_until_it_ends(client, begun, person):
    session = begun.sessions.order_by("starts_at").first()
    for moment, there in ((-16, False), (-14, True), (89, True), (91, False)):
        with time_machine.travel(session.starts_at + timedelta(minutes=moment), tick=False):
            client.cookies.clear()
            sign_in(client, person.user)
            assert (LINK in shown(client, "group", begun.pk)) is there, moment


def test_member_reads_who_leads_and_all_dates_and_nobody_else_in_the_group(client, begun, person):
    other = begun.memberships.exclude(participant=person).get().participant.user
    type(other).objects.filter(pk=other.pk).update(name="")
    sign_in(client, person.user)
    for language in ("en", "fr"):
        html = shown(client, "group", begun.pk, language=language)
        assert "Leadname" in html
        assert "Otherlead" in html
        assert html.count("<time") >= 8
        assert other.username not in html
        assert str(other.pk) not in html


def test_group_with_somebody_to_be_kept_apart_from_is_nowhere_on_my_pages(client, begun, coordinator):
    away = make.an_accepted_participant(services=("informal",), language="en")
    sign_in(client, away.user)
    address = page("group", begun.pk)
    assert address in shown(client, "groups")
    note_apart(participant=away, by=coordinator, other=begun.memberships.first().participant.user)
    assert address not in shown(client, "groups")
    assert address not in client.get(page("groups") + "?month=2026-12").content.decode()
    stranger = make.an_accepted_participant("ON", services=("informal",), language="en")
    answers = []
    for who in (away, stranger):
        sign_in(client, who.user)
        answers.append((client.get(address).status_code, client.post(page("enrol", begun.pk)).status_code))
    assert answers == [(404, 404)] * 2


def test_pages_leave_one_access_row_and_read_no_more_with_more_groups(client, group, person, coordinator):
    sign_in(client, person.user)
    client.get(page("groups"))
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(page("groups"))
        counts.append(len(asked))
        for _one in range(3):
            make.an_open_group(coordinator, starts_on=date(2026, 12, 1))
    assert counts[0] == counts[1]
    before = Entry.objects.filter(person=person.user_id, action="read").count()
    client.get(page("group", group.pk))
    assert Entry.objects.filter(person=person.user_id, action="read").count() == before + 1


# --- Saying whether one comes ---------------------------------------------------------------------


def test_member_says_whether_they_come_and_those_who_lead_see_it(client, begun, person):
    session = begun.sessions.order_by("starts_at").first()
    sign_in(client, person.user)
    assert "Will you come?" in shown(client, "group", begun.pk)
    for said, comes in (("yes", True), ("no", False)):
        client.post(page("coming", session.pk), {"comes": said})
        assert Coming.objects.get().comes is comes
    client.post(page("coming", session.pk), {"comes": "perhaps"})
    assert Coming.objects.get().comes is False
    sign_in(client, begun.leads.first().user)
    with translation.override("en"):
        context = client.get(reverse("lead:group", args=[begun.pk])).context
    assert context["coming"] == {"yes": [], "no": [person.user.name], "open": 1}


def test_nothing_is_said_for_others_after_the_beginning_or_where_nobody_asks(begun, person, coordinator):
    session = begun.sessions.order_by("starts_at").first()
    other = begun.memberships.exclude(participant=person).get().participant
    with pytest.raises(Forbidden):
        services_coming.say_coming(session=session, participant=person, comes=True, by=other.user)
    with time_machine.travel(session.starts_at, tick=False), pytest.raises(DomainError) as late:
        services_coming.say_coming(session=session, participant=person, comes=True, by=person.user)
    assert late.value.code == "session_begun"
    set_place(group=begun, by=coordinator, link=LINK, address="", asks_who_comes=False)
    with pytest.raises(DomainError) as unasked:
        services_coming.say_coming(session=session, participant=person, comes=True, by=person.user)
    assert unasked.value.code == "not_asked"


def test_what_was_said_goes_with_the_place_with_the_person_and_into_the_copy(begun, person):
    first, second = begun.sessions.order_by("starts_at")[:2]
    for session in (first, second):
        services_coming.say_coming(session=session, participant=person, comes=True, by=person.user)
    insert = """INSERT INTO peer_sessions_coming (id, session_id, participant_id, comes, said_at)
                VALUES (gen_random_uuid(), %s, %s, true, now())"""
    assert judge(insert, first.pk, person.pk) == "coming_once"
    sections = {held.section.code: len(held.records) for held in held_about(person.user)}
    assert sections["coming"] == 2
    assert len(list(coming_of_person.last_use([person.user_id]))) == 1
    with time_machine.travel(first.starts_at + timedelta(days=1), tick=False):
        services.leave_group(membership=begun.memberships.get(participant=person), by=person.user)
    assert Coming.objects.get().session == first
    assert coming_of_person.erase(person.user) == Counter({"peer_sessions.coming": 1})


def test_what_was_said_moves_with_files_that_become_one_and_back(begun, person):
    first, second = begun.sessions.order_by("starts_at")[:2]
    kept = begun.memberships.exclude(participant=person).get().participant
    for who, sessions in ((person, (first, second)), (kept, (first,))):
        for session in sessions:
            services_coming.say_coming(session=session, participant=who, comes=True, by=who.user)
    moved = coming_of_person.move(kept, person)
    assert set(Coming.objects.filter(participant=kept).values_list("session", flat=True)) == {first.pk, second.pk}
    coming_of_person.back(kept, person, moved)
    assert Coming.objects.filter(participant=person).count() == 2


# --- What those who lead may know -----------------------------------------------------------------


def test_needs_are_shared_with_those_who_lead_this_group_alone_and_taken_back(client, begun, person):
    sign_in(client, person.user)
    client.post(page("needs", begun.pk), {"needs": ["breaks", "captions"]})
    place = Membership.objects.get(participant=person)
    assert place.shared_needs == ["captions", "breaks"]
    with translation.override("en"):
        address = reverse("lead:group", args=[begun.pk])
    sign_in(client, begun.leads.first().user)
    people = client.get(address).context["people"]
    assert sorted(len(row["needs"]) for row in people) == [0, 2]
    sign_in(client, person.user)
    client.post(page("needs", begun.pk), {})
    place.refresh_from_db()
    assert place.shared_needs == []


def test_needs_are_the_persons_own_word(begun, person, coordinator):
    place = begun.memberships.get(participant=person)
    with pytest.raises(Forbidden):
        share_needs(membership=place, needs=["breaks"], by=coordinator)
    with pytest.raises(DomainError) as unknown:
        share_needs(membership=place, needs=["what happened"], by=person.user)
    assert unknown.value.code == "need_unknown"
    services.leave_group(membership=place, by=person.user)
    with pytest.raises(DomainError) as gone:
        share_needs(membership=place, needs=["breaks"], by=person.user)
    assert gone.value.code == "no_place"


def test_sessions_of_a_group_are_the_dates_of_its_line(begun):
    assert [start for start, _end in dates_of(begun)] == list(
        GroupSession.objects.filter(group=begun).order_by("starts_at").values_list("starts_at", flat=True)
    )
