"""Two who must not meet, who would be put together by anyone who did not know: ours keeps them apart, and nobody can
read from any page that it did ([NH] rule 24)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from groups.forming_run import carry_out
from groups.models import Forming, FormingGroup, FormingPlace, Invitation, PeerGroup
from groups.pool import pool_of
from groups.services import establish
from groups.services_forming import ask_run
from groups.services_inviting import answer
from groups.services_sending import invite_forming
from intake.services_apart import note_apart
from tests import factories as make

pytestmark = pytest.mark.django_db

TELLING = re.compile(
    r"(keep|kept).apart|must not meet|not to meet|conflict|à ne pas réunir|ne doivent pas|conflit", re.I
)
SECTION = re.compile(r'<h3 class="bench-reason">(.*?)</h3>', re.S)


def by_hand(pool, most: int) -> list[set]:
    """As it is done without the program: whoever has waited longest, as many as fit, at a time that suits all."""
    first = next(iter(pool.times.values()))
    able = [one for one in pool.people if one.week]
    assert all(one.languages == able[0].languages for one in able)
    assert first.count == 10
    return [{one.participant_id for one in able[:most]}]


def arranged(forming: Forming, by) -> Forming:
    run = ask_run(forming=forming, by=by)
    carry_out(run.pk, seconds=10)
    return Forming.objects.get(pk=forming.pk)


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def people():
    """Nine with the same wishes; the first two have waited longest."""
    return [make.a_waiting_person(waited=90 - number) for number in range(9)]


def test_naive_groups_put_them_together_and_ours_place_everybody_with_the_two_apart(coordinator, people):
    note_apart(participant=people[0], other=people[1].user, by=coordinator)
    for _number in range(2):
        make.a_leading_person()
    forming = make.a_started_forming(coordinator)
    two = {people[0].pk, people[1].pk}
    assert any(two <= group for group in by_hand(pool_of(forming), forming.max_size))
    arranged(forming, coordinator)
    groups = [
        set(group.places.values_list("participant_id", flat=True))
        for group in FormingGroup.objects.filter(forming=forming)
    ]
    assert sorted(map(len, groups)) == [4, 5], "everybody has a place"
    assert not any(two <= group for group in groups)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_board_of_a_pair_says_what_a_board_without_one_says(client, coordinator, people, language):
    """One of five stays without a place: once for a pair, once because four are the most. The words are the same."""
    for person in people[5:]:
        make.disagree(person.user)
    make.a_leading_person()
    small = arranged(make.a_started_forming(coordinator, times=[1140], max_size=4), coordinator)
    make.sign_in(client, coordinator)
    without = board(client, small, language)
    note_apart(participant=people[0], other=people[1].user, by=coordinator)
    paired = arranged(make.a_started_forming(coordinator, times=[1140]), coordinator)
    with_pair = board(client, paired, language)
    assert SECTION.findall(with_pair) == SECTION.findall(without) != []
    assert not TELLING.search(with_pair), TELLING.search(with_pair)
    assert not FormingPlace.objects.filter(reason="kept_apart").exists()
    left = FormingPlace.objects.get(forming=paired, group__isnull=True)
    group = FormingGroup.objects.get(forming=paired)
    values = {"place": left.pk, "to": str(group.pk), "revision": paired.revision}
    refused = client.post(address("desk:forming_move", paired, language), values)
    assert refused.status_code == 409
    assert not TELLING.search(refused.content.decode())


def address(name: str, forming: Forming, language: str) -> str:
    return reverse(name, args=[forming.pk]).replace("/en/", f"/{language}/")


def board(client, forming: Forming, language: str) -> str:
    answer = client.get(address("desk:forming", forming, language))
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_nobody_of_the_group_nor_the_one_left_out_reads_anything_of_it(client, coordinator, people):
    """From the proposal to the group that meets: pages of members, of who leads it and of who was left out."""
    for person in people[5:]:
        make.disagree(person.user)
    lead = make.a_leading_person()
    note_apart(participant=people[0], other=people[1].user, by=coordinator)
    forming = arranged(make.a_started_forming(coordinator, times=[1140]), coordinator)
    (group,) = invite_forming(forming=forming, revision=forming.revision, by=coordinator)
    for invitation in Invitation.objects.filter(group=group):
        answer(invitation=invitation, answer="accepted", by=coordinator)
    establish(group=group, by=coordinator)
    (outside,) = FormingPlace.objects.filter(forming=forming, group__isnull=True)
    (inside,) = {people[0].pk, people[1].pk} - {outside.participant_id}
    names = {person.pk: person.user.name for person in people[:2]}
    for person in (*people[:5], lead):
        account = getattr(person, "user", person)
        make.sign_in(client, account)
        for page in pages_of(account, group):
            text = client.get(page).content.decode()
            assert not TELLING.search(main_of(text)), (page, TELLING.search(main_of(text)))
            if account.pk != outside.participant.user_id:
                assert names[outside.participant_id] not in text, page
            else:
                assert names[inside] not in text, page


def pages_of(account, group: PeerGroup) -> list[str]:
    if account.kind != "participant":
        return ["/en/lead/", f"/en/lead/groups/{group.pk}/", "/en/lead/invitations/"]
    return ["/en/my/", "/en/my/groups/", f"/en/my/groups/{group.pk}/", "/en/my/invitations/", "/en/my/opened/"]


def main_of(page: str) -> str:
    return page[page.find("<main") :]
