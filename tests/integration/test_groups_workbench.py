"""The pages on which groups are formed: the map of free times, the board, its moves, and two coordinators at once."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.choices import FormingState
from groups.forming_run import carry_out
from groups.models import Forming, FormingGroup, FormingPlace, FormingRun, Invitation
from groups.pool import pool_of
from groups.pool_shown import pool_shown
from groups.services import add_lead, add_member
from groups.services_forming import add_empty_group, ask_run, move_person
from groups.services_sending import invite_forming
from intake.models import KeepApart
from psp.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"hx-request": "true"}}
MONDAY_AT_7, TUESDAY_AT_7 = 1140, 1440 + 1140


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC", name="Camille")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def url(name, forming) -> str:
    return reverse(f"desk:{name}", args=[forming.pk])


def a_board(coordinator, *, people=5, groups=2):
    """A draft with this many who wait, and empty groups at seven on Monday and on Tuesday."""
    waiting = [make.a_waiting_person(name=f"Waits {number}", waited=10 + number) for number in range(people)]
    make.a_leading_person()
    forming = make.a_started_forming(coordinator)
    for number in range(groups):
        add_empty_group(forming=forming, revision=forming.revision + number, by=coordinator, language="fr",
                        modality="virtual", minute=(MONDAY_AT_7, TUESDAY_AT_7)[number])  # fmt: skip
    forming.refresh_from_db()
    return forming, list(FormingGroup.objects.filter(forming=forming)), waiting


def place(forming, participant) -> FormingPlace:
    return FormingPlace.objects.get(forming=forming, participant=participant)


def move(desk, forming, participant, to, **more):
    revision = more.pop("revision", Forming.objects.get(pk=forming.pk).revision)
    data = {"place": place(forming, participant).pk, "to": getattr(to, "pk", to), "revision": revision}
    return desk.post(url("forming_move", forming), data, **more)


def test_draft_is_begun_with_the_best_times_ticked(desk, coordinator):
    for _number in range(4):
        make.a_waiting_person()
    answer = desk.post(reverse("desk:formings"), {
        "kind": "formal", "program_regions": ["QC"], "starts_after": "2027-03-01", "time_zone": "America/Toronto",
    })  # fmt: skip
    forming = Forming.objects.get()
    assert answer["Location"] == url("forming_pool", forming)
    # Free from 18 to 21 on four evenings: sessions of 90 minutes may begin at 18 and 19.
    assert forming.times == [day * 1440 + hour * 60 for day in range(4) for hour in (18, 19)]
    page = desk.get(answer["Location"]).content.decode()
    assert 'aria-label="Monday, 7:00 p.m., 4 people, 0 who can lead"' in page
    assert "Monday, 6:00 p.m.: 4 people" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"program_regions": []}, "Tick at least one region."),
        ({"program_regions": ["ON"]}, "valid choice"),
        ({"starts_after": "2020-01-01"}, "still to come"),
        ({"starts_after": "soon"}, "Write the day as in"),
        ({"kind": "secret"}, "valid choice"),
    ],
)
def test_bad_pool_is_answered_at_its_field(desk, change, sentence):
    good = {"kind": "formal", "program_regions": ["QC"], "starts_after": "2027-03-01", "time_zone": "America/Toronto"}
    page = desk.post(reverse("desk:formings"), good | change).content.decode()
    assert sentence in page
    assert not Forming.objects.exists()


def test_map_counts_each_language_by_itself_and_names_nobody(desk, coordinator):
    make.a_waiting_person(name="Zoé Canari", language="fr")
    make.a_waiting_person(language="en", wishes={"languages": ["en", "fr"]})
    forming = make.a_started_forming(coordinator)
    everybody = desk.get(url("forming_pool", forming)).content.decode()
    english = desk.get(url("forming_pool", forming) + "?language=en").content.decode()
    assert "Monday, 7:00 p.m., 2 people" in everybody
    assert "Monday, 7:00 p.m., 1 person" in english
    assert "Zoé Canari" not in everybody


def test_half_hour_that_is_ticked_is_counted_on_every_day(desk, coordinator):
    make.a_waiting_person()
    page = desk.get(url("forming_pool", make.a_started_forming(coordinator, times=[1170]))).content.decode()
    assert "Monday, 7:30 p.m., 1 person" in page
    assert "Tuesday, 7:30 p.m., 1 person" in page


def test_times_and_sizes_are_changed_and_the_search_begins(desk, coordinator):
    forming = make.a_started_forming(coordinator)
    make.a_waiting_person()
    data = {
        "revision": forming.revision, "times": ["1080", "rubbish", "99999"], "starts_after": forming.starts_after,
        "min_size": 3, "max_size": 8, "facilitators": 1, "session_count": 10, "minutes": 90, "weeks_apart": 1,
    }  # fmt: skip
    answer = desk.post(url("forming_pool", forming), data | {"then": "search"})
    forming.refresh_from_db()
    assert answer["Location"] == url("forming", forming)
    assert (forming.times, forming.min_size, forming.max_size) == ([1080], 3, 8)
    assert FormingRun.objects.get(forming=forming).change == {}
    stale = desk.post(url("forming_pool", forming), data)
    assert stale.status_code == 409
    assert "Somebody changed this arrangement" in stale.content.decode()
    assert (
        desk.post(url("forming_pool", forming), data | {"max_size": 2, "revision": forming.revision}).status_code == 409
    )


def test_board_shows_wishes_beside_what_the_group_gives(desk, coordinator):
    forming, groups, people = a_board(coordinator)
    western = make.a_waiting_person(name="Zoé", time_zone="America/Halifax", week=[(1200, 1320)])
    forming.places.create(participant=western, waiting_since=western.created_at)
    for person in (*people[:4], western):
        move(desk, forming, person, groups[0])
    page = desk.get(url("forming", forming)).content.decode()
    assert "2 groups for 5 people" in page
    assert "8:00 p.m. on their clock" in page
    assert "5 of 10" in re.sub(r"\s+", " ", page)
    seen = Entry.objects.filter(action="read", model="groups.formingplace", person=western.user_id)
    assert seen.exists()


def test_move_is_said_in_words_and_can_be_undone(desk, coordinator):
    forming, groups, people = a_board(coordinator)
    answer = move(desk, forming, people[0], groups[1], **HTMX)
    part = answer.content.decode()
    assert answer["X-Fragment"] == "1"
    assert "<html" not in part
    assert "Waits 0 is in Group 2 now. Group 2 has 1 person, fewer than 4." in part
    assert place(forming, people[0]).group_id == groups[1].pk
    undo = re.search(r'<div class="undo-bar">.*?</form>', part, re.S).group()
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    assert fields["to"] == "none"
    again = desk.post(url("forming_move", forming), fields)
    assert again["Location"] == url("forming", forming)
    assert place(forming, people[0]).group_id is None


def test_move_that_does_not_fit_changes_nothing_and_says_why(desk, coordinator):
    forming, groups, _people = a_board(coordinator)
    english = make.a_waiting_person(language="en", name="Reads English")
    forming.places.create(participant=english, waiting_since=english.created_at)
    assert move(desk, forming, english, groups[0]).status_code == 409
    answer = move(desk, forming, english, groups[0], **HTMX)
    assert "held in a language that this person did not choose" in answer.content.decode()
    assert place(forming, english).group_id is None
    assert move(desk, forming, english, "").status_code == 409
    assert move(desk, forming, english, "nonsense").status_code == 409


def test_person_is_left_out_taken_in_again_kept_and_let_go(desk, coordinator):
    forming, groups, people = a_board(coordinator)
    move(desk, forming, people[0], "out")
    assert place(forming, people[0]).excluded
    assert "Left out of the search" in desk.get(url("forming", forming)).content.decode()
    move(desk, forming, people[0], "none")
    assert not place(forming, people[0]).excluded
    move(desk, forming, people[0], groups[0])
    forming.refresh_from_db()
    data = {"place": place(forming, people[0]).pk, "revision": forming.revision, "on": "1"}
    assert desk.post(url("forming_pin", forming), data).status_code == 302
    assert place(forming, people[0]).pinned
    desk.post(url("forming_pin", forming), data | {"revision": forming.revision + 1, "on": "0"})
    assert not place(forming, people[0]).pinned


def test_group_is_added_led_kept_and_taken_apart(desk, coordinator):
    forming, groups, _people = a_board(coordinator, groups=1)
    leader = make.a_leading_person()
    new = {"minute": MONDAY_AT_7, "language": "fr", "modality": "virtual", "composition": "any"}
    forming.refresh_from_db()
    desk.post(url("forming_group", forming), new | {"revision": forming.revision})
    assert forming.groups.count() == 2
    group = {"group": groups[0].pk}
    for name, more in {"lead": {"user": leader.pk, "on": "1"}, "keep": {"on": "1"}}.items():
        forming.refresh_from_db()
        assert (
            desk.post(url(f"forming_{name}", forming), group | more | {"revision": forming.revision}).status_code == 302
        )
    groups[0].refresh_from_db()
    assert groups[0].pinned
    assert [lead.user_id for lead in groups[0].leads.all()] == [leader.pk]
    forming.refresh_from_db()
    desk.post(url("forming_remove", forming), group | {"revision": forming.revision})
    assert forming.groups.count() == 1


def test_search_shows_how_far_it_is_and_then_the_groups(desk, coordinator):
    forming, _groups, people = a_board(coordinator, groups=0)
    desk.post(url("forming_search", forming), {"revision": forming.revision})
    waiting = desk.get(url("forming", forming) + "?progress=1", **HTMX)
    assert "The search begins" in waiting.content.decode()
    assert "HX-Retarget" not in waiting
    assert "http-equiv" in desk.get(url("forming", forming)).content.decode()
    carry_out(FormingRun.objects.get(forming=forming).pk, seconds=10)
    over = desk.get(url("forming", forming) + "?progress=1", **HTMX)
    assert over["HX-Retarget"] == "#workbench"
    page = over.content.decode()
    assert "1 group for 5 people" in page
    assert "Proven: with these rules and times nobody can place more people." in page
    assert {one.group_id for one in forming.places.all()} == {forming.groups.get().pk}


def test_search_is_stopped_and_the_groups_stay(desk, coordinator):
    forming, _groups, _people = a_board(coordinator)
    ask_run(forming=forming, by=coordinator)
    answer = desk.post(url("forming_stop", forming), {})
    assert answer.status_code == 302
    page = desk.get(answer["Location"]).content.decode()
    assert "The search is stopped. The groups are as before." in page
    assert forming.groups.count() == 2


def test_other_rule_is_compared_before_deciding(desk, coordinator):
    for _number in range(3):
        make.a_waiting_person()
    make.a_leading_person()
    forming = make.a_started_forming(coordinator)
    nothing = desk.post(url("forming_try", forming), {"min_size": "", "times": "", "leaders": ""})
    assert nothing.status_code == 409
    desk.post(url("forming_try", forming), {"min_size": "3"})
    run = FormingRun.objects.get(forming=forming)
    assert run.change == {"min_size": 3}
    carry_out(run.pk, seconds=10)
    page = re.sub(r"\s+", " ", desk.get(url("forming", forming)).content.decode())
    assert "smallest size 3" in page
    assert "3 people more" in page
    assert not forming.groups.exists()


def test_two_coordinators_on_one_draft_the_second_is_told_and_loses_nothing(desk, coordinator):
    forming, groups, people = a_board(coordinator)
    seen = Forming.objects.get(pk=forming.pk).revision
    move_person(forming=forming, participant=people[0], to=groups[0], revision=seen, by=make.a_coordinator("QC"))
    answer = move(desk, forming, people[1], groups[0], revision=seen)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody changed this arrangement since you opened it" in page
    assert "Waits 0" in page
    assert move(desk, forming, people[1], groups[0]).status_code == 302


def test_overlapping_pools_the_second_coordinator_sees_who_is_taken(desk, coordinator):
    forming, groups, people = a_board(coordinator)
    for person in people:
        move(desk, forming, person, groups[0])
    colleague = make.a_coordinator("QC", name="Robin")
    theirs = make.a_started_forming(colleague)
    other = add_empty_group(forming=theirs, revision=theirs.revision, by=colleague, minute=TUESDAY_AT_7, language="fr",
                            modality="virtual")  # fmt: skip
    theirs.refresh_from_db()
    move_person(forming=theirs, participant=people[0], to=other, revision=theirs.revision, by=colleague)
    assert "Also in a draft of Robin" in desk.get(url("forming", forming)).content.decode()
    theirs.refresh_from_db()
    invite_forming(forming=theirs, revision=theirs.revision, by=colleague)
    page = desk.get(url("forming", forming)).content.decode()
    assert "Waits 0 is not free for these groups any more. Nothing is lost" in page
    forming.refresh_from_db()
    refused = desk.post(url("forming_send", forming), {"revision": forming.revision})
    told = refused.content.decode()
    assert refused.status_code == 409
    assert "Nothing was sent yet" in told
    assert Invitation.objects.filter(participant__in=people[1:]).count() == 0
    without = re.findall(r'name="without" value="([^"]+)"', told)
    assert without == [str(people[0].user_id)]
    answer = desk.post(url("forming_send", forming), {"revision": forming.revision, "without": without})
    assert answer.status_code == 302
    assert Invitation.objects.open().filter(participant__in=people[1:]).count() == 4
    forming.refresh_from_db()
    assert forming.state == FormingState.SENT
    sent = desk.get(url("forming", forming)).content.decode()
    assert "Open the group" in sent
    assert sent.count("No answer yet") == 4
    assert "not free for" not in sent, "whoever is invited is where they should be"


def test_draft_is_put_aside_and_taken_up_again(desk, coordinator):
    forming, _groups, _people = a_board(coordinator, people=1)
    desk.post(url("forming_drop", forming), {"revision": forming.revision})
    assert "Put aside" in desk.get(reverse("desk:formings")).content.decode()
    forming.refresh_from_db()
    assert forming.state == FormingState.DROPPED
    desk.post(url("forming_restore", forming), {"revision": forming.revision})
    forming.refresh_from_db()
    assert forming.state == FormingState.DRAFT


def test_pages_ask_a_constant_number_of_questions(desk, coordinator):
    forming, groups, people = a_board(coordinator, people=4)

    def asked(path) -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(path).status_code == 200
        return len(found)

    paths = [url(name, forming) for name in ("forming", "forming_pool", "forming_send")] + [reverse("desk:formings")]
    for person in people:
        move(desk, forming, person, groups[0])
    few = [asked(path) for path in paths]
    for number in range(6):
        person = make.a_waiting_person(name=f"More {number}")
        forming.places.create(participant=person, waiting_since=person.created_at)
        move(desk, forming, person, groups[0])
        make.a_leading_person()
        add_member(group=make.a_group(coordinator), participant=make.a_waiting_person(), by=coordinator)
    make.a_started_forming(coordinator)
    assert [asked(path) for path in paths] == few


def test_board_tells_nothing_of_people_who_must_not_meet(desk, coordinator):
    """A pair is read from the board by nobody: the group is one of those that do not suit, as others are."""
    forming, groups, people = a_board(coordinator)
    KeepApart.objects.create(person=people[0].user, other=people[1].user, program_region_id="QC", noted_by=coordinator)
    move(desk, forming, people[0], groups[0])
    answer = move(desk, forming, people[1], groups[0])
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "for a reason such as something else in the program at that time" in page
    assert "must not meet" not in page


def test_pool_that_is_shown_is_the_pool_of_the_search(coordinator):
    make.a_waiting_person(wishes={"languages": ["en", "fr"]}), make.an_accepted_participant()
    elsewhere, busy = make.a_waiting_person("ON"), make.a_waiting_person(services=("formal", "informal"))
    add_member(group=make.a_group(coordinator, kind="informal"), participant=busy, by=coordinator)
    lead = make.a_leading_person(max_groups=2)
    make.a_leading_person(paused=True)
    add_lead(group=make.a_group(coordinator), user=lead, role="facilitator", by=coordinator)
    forming = make.a_started_forming(coordinator)
    people, leaders = pool_shown(forming)
    found = pool_of(forming)
    assert (tuple(people), tuple(leaders)) == (found.people, found.leaders)
    assert [one.takes for one in leaders] == [1]
    assert any(one.busy for one in people)
    assert elsewhere.user_id not in {one.user_id for one in people}
