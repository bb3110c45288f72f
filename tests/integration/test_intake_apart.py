"""People who must not meet ([NH] rule 24): who knows it, what is proposed, and that no group brings them together."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse

from groups.conflicts import conflicts
from groups.models import GroupLead, Membership, PeerGroup
from groups.services import add_lead, add_member, leave_group
from intake import waiting
from intake.models import KeepApart, NameKey, NameMatch, WaitingPlace
from intake.models_desk import Merge
from intake.services_apart import decide_match, end_apart, match_new_names, note_apart
from intake.services_merge import merge_files, obstacles, undo_merge
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden, constraint_name
from tests import factories as make

NAME = "Zéphyrin Canari"


@pytest.fixture
def coordinator(db):
    return make.a_coordinator("QC")


@pytest.fixture
def pair(coordinator):
    return [make.an_accepted_participant(by=coordinator) for _number in range(2)]


def refused(code: str, act, **arguments) -> DomainError:
    with pytest.raises(DomainError) as caught:
        act(**arguments)
    assert caught.value.code == code
    return caught.value


def judge(sql: str, *values) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return constraint_name(caught.value)


# --- Noting ---


@pytest.mark.django_db
def test_noting_is_for_coordinators_of_the_region(coordinator, pair):
    for stranger in (make.a_coordinator("ON"), make.a_facilitator(), pair[0].user, make.a_privacy_officer()):
        with pytest.raises(Forbidden):
            note_apart(participant=pair[0], other=pair[1].user, by=stranger)
    apart = note_apart(participant=pair[0], other=pair[1].user, by=coordinator)
    assert KeepApart.objects.visible_to(coordinator).get() == apart
    for stranger in (make.a_coordinator("ON"), make.a_facilitator(), make.an_analyst(), pair[0].user, pair[1].user):
        assert not KeepApart.objects.visible_to(stranger).exists()


@pytest.mark.django_db
def test_noting_refuses_nobody_oneself_twice_and_elsewhere(coordinator, pair):
    one, two = pair
    refused("nobody_named", note_apart, participant=one, name=" … ", by=coordinator)
    refused("apart_from_self", note_apart, participant=one, other=one.user, by=coordinator)
    refused("not_in_region", note_apart, participant=one, other=make.a_participant("ON").user, by=coordinator)
    note_apart(participant=one, other=two.user, by=coordinator)
    refused("apart_already", note_apart, participant=one, other=two.user, by=coordinator)
    refused("apart_already", note_apart, participant=two, other=one.user, by=coordinator)


@pytest.mark.django_db
def test_ending_needs_a_reason_and_is_kept(coordinator, pair):
    apart = note_apart(participant=pair[0], name=NAME, by=coordinator)
    refused("no_reason", end_apart, apart=apart, reason="", by=coordinator)
    with pytest.raises(Forbidden):
        end_apart(apart=apart, reason="mistake", by=make.a_coordinator("ON"))
    end_apart(apart=apart, reason="mistake", by=coordinator)
    ended = KeepApart.objects.get()
    assert (ended.end_reason, ended.ended_by, ended.name) == ("mistake", coordinator, NAME)
    assert not NameKey.objects.filter(apart=apart).exists()
    assert ended.history.count() == 2


@pytest.mark.django_db
def test_every_step_is_in_the_log_and_nothing_there_joins_the_two(coordinator, pair):
    apart = note_apart(participant=pair[0], other=pair[1].user, by=coordinator)
    end_apart(apart=apart, reason="left", by=coordinator)
    entries = Entry.objects.filter(model="intake.keepapart")
    assert set(entries.values_list("person", "object_id")) == {(pair[0].user_id, "")}
    assert set(entries.values_list("action", flat=True)) == {"create", "change"}


@pytest.mark.django_db
def test_name_is_sealed_and_its_keys_tell_nothing(coordinator, pair):
    note_apart(participant=pair[0], name=NAME, by=coordinator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM intake_keepapart UNION ALL SELECT name FROM intake_historicalkeepapart")
        sealed = [bytes(row[0]) for row in cursor.fetchall()]
    assert all(NAME.encode() not in text and b"Canari" not in text for text in sealed)
    assert all(len(key.digest) == 64 for key in NameKey.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("UPDATE intake_keepapart SET other_id = person_id", "keep_apart_not_self"),
        ("UPDATE intake_keepapart SET ended_at = now()", "keep_apart_end_has_reason"),
        ("UPDATE intake_keepapart SET end_reason = 'mistake'", "keep_apart_end_has_reason"),
        ("UPDATE intake_namekey SET user_id = (SELECT id FROM psp_user LIMIT 1) WHERE apart_id IS NOT NULL",
         "name_key_one_owner"),
        ("UPDATE intake_namematch SET state = 'same'", "name_match_decided_by_someone"),
    ],
)  # fmt: skip
def test_database_judges_what_is_noted(coordinator, pair, change, name):
    apart = note_apart(participant=pair[0], name=NAME, by=coordinator)
    NameMatch.objects.create(apart=apart, user=pair[1].user, closeness="close")
    assert judge(change) == name


# --- Matching ---


def proposed() -> list[tuple[str, str]]:
    return sorted((match.user.name, match.closeness) for match in NameMatch.objects.all())


@pytest.mark.django_db
def test_whoever_is_here_is_proposed_when_a_name_is_noted(coordinator, pair):
    make.a_participant(name="CANARI, Zephyrin")
    make.a_participant(name="Zéphyrin")
    make.a_participant(name="Somebody Different")
    make.a_participant("ON", name=NAME)
    make.a_facilitator(name="Zefirin Kanary")
    match_new_names()
    note_apart(participant=pair[0], name=NAME, by=coordinator)
    assert proposed() == [("CANARI, Zephyrin", "exact"), ("Zefirin Kanary", "close"), ("Zéphyrin", "close")]


@pytest.mark.django_db
def test_whoever_applies_later_is_proposed_once(coordinator, pair):
    note_apart(participant=pair[0], name=NAME, by=coordinator)
    match_new_names()
    assert proposed() == []
    late = make.a_participant(name="zephyrin canari")
    assert match_new_names() == 1
    assert match_new_names() == 0, "everybody is taken in"
    assert proposed() == [("zephyrin canari", "exact")]
    late.user.name = "Otherwise Called"
    late.user.save()
    assert match_new_names() == 1, "another name is looked at again"
    assert proposed()[0][1] == "exact", "what was proposed stays to be decided"


@pytest.mark.django_db
def test_signature_counts_as_a_name_too(coordinator, pair):
    note_apart(participant=pair[0], name="Typed Name", by=coordinator)
    make.a_participant(name="Sparrow")
    match_new_names()
    assert ("Sparrow", "exact") in proposed(), "the factory signs as Typed Name"


@pytest.mark.django_db
def test_nothing_is_decided_by_itself_and_a_decision_holds(coordinator, pair):
    apart = note_apart(participant=pair[0], name=NAME, by=coordinator)
    pair[1].user.name = NAME
    pair[1].user.save()
    match_new_names()
    match = NameMatch.objects.get()
    assert KeepApart.objects.get().other is None
    with pytest.raises(Forbidden):
        decide_match(match=match, same=True, by=make.a_coordinator("ON"))
    decide_match(match=match, same=True, by=coordinator)
    assert KeepApart.objects.get(pk=apart.pk).other == pair[1].user
    refused("match_decided", decide_match, match=match, same=False, by=coordinator)
    assert not NameKey.objects.filter(apart=apart).exists()


@pytest.mark.django_db
def test_somebody_else_is_not_proposed_again(coordinator, pair):
    note_apart(participant=pair[0], name=NAME, by=coordinator)
    make.a_participant(name=NAME)
    match_new_names()
    decide_match(match=NameMatch.objects.get(), same=False, by=coordinator)
    NameKey.objects.filter(user__isnull=False).delete()
    match_new_names()
    assert [match.state for match in NameMatch.objects.all()] == ["other"]
    assert not NameMatch.objects.to_decide().exists()


# --- Groups ---


@pytest.mark.django_db
def test_group_refuses_a_second_member_who_must_not_meet_the_first(coordinator, pair):
    one, two = pair
    apart = note_apart(participant=one, other=two.user, by=coordinator)
    group = make.a_group(coordinator)
    member = add_member(group=group, participant=two, by=coordinator)
    said = refused("membership_kept_apart", add_member, group=group, participant=one, by=coordinator)
    assert "must not meet" in str(said.message)
    assert two.user.name not in str(said.message)
    leave_group(membership=member, by=coordinator)
    add_member(group=group, participant=one, by=coordinator)
    refused("membership_kept_apart", add_member, group=group, participant=two, by=coordinator)
    end_apart(apart=apart, reason="person_says", by=coordinator)
    add_member(group=group, participant=two, by=coordinator)


@pytest.mark.django_db
def test_sentence_tells_nothing_to_a_coordinator_of_another_region(coordinator):
    one = make.an_accepted_participant("QC", by=coordinator)
    two = make.an_accepted_participant("ON")
    both = make.with_role(coordinator, "coordinator", "ON")
    note_apart(participant=one, other=two.user, by=both)
    group = make.a_group(both, program_region="ON", region="ON")
    GroupLead.objects.create(group=group, user=make.a_facilitator(), role="facilitator")
    add_member(group=group, participant=one, by=both)
    here = make.a_coordinator("ON")
    said = refused("membership_kept_apart", add_member, group=group, participant=two, by=here)
    assert str(said.message) == "This person cannot have a place in this group. Choose another group."


@pytest.mark.django_db
def test_nobody_leads_or_is_led_by_someone_whom_they_must_not_meet(coordinator, pair):
    lead = make.a_facilitator()
    note_apart(participant=pair[0], other=lead, by=coordinator)
    led = make.a_group(coordinator)
    add_lead(group=led, user=lead, role="facilitator", by=coordinator)
    refused("membership_kept_apart", add_member, group=led, participant=pair[0], by=coordinator)
    joined = make.a_group(coordinator)
    add_member(group=joined, participant=pair[0], by=coordinator)
    refused("lead_kept_apart", add_lead, group=joined, user=lead, role="facilitator", by=coordinator)


# --- Merging never brings two of them together ---


def lead_of(group, coordinator):
    lead = make.a_facilitator()
    add_lead(group=group, user=lead, role="facilitator", by=coordinator)
    return lead


@pytest.mark.django_db
@pytest.mark.parametrize("noted_for", ["kept", "merged"])
@pytest.mark.parametrize("placed", ["kept", "merged"])
@pytest.mark.parametrize("danger", ["member", "lead"])
def test_merge_waits_while_it_would_bring_two_together(coordinator, noted_for, placed, danger):
    files = {name: make.an_accepted_participant(by=coordinator) for name in ("kept", "merged")}
    group = make.a_group(coordinator)
    place = add_member(group=group, participant=files[placed], by=coordinator)
    if danger == "lead":
        other = lead_of(group, coordinator)
    else:
        third = make.an_accepted_participant(by=coordinator)
        other = third.user
        add_member(group=group, participant=third, by=coordinator)
    note_apart(participant=files[noted_for], other=other, by=coordinator)
    said = refused("cannot_merge", merge_files, by=coordinator, **files)
    assert str(group) in str(said.message)
    assert other.name not in str(said.message)
    leave_group(membership=place, by=coordinator)
    merge_files(by=coordinator, **files)
    assert conflicts(coordinator) == []


@pytest.mark.django_db
def test_groups_that_have_ended_stop_no_merge(coordinator, pair):
    kept, merged = make.a_participant(), pair[0]
    group = make.a_group(coordinator)
    for participant in pair:
        add_member(group=group, participant=participant, by=coordinator)
    PeerGroup.objects.filter(pk=group.pk).update(state="cancelled")
    note_apart(participant=pair[0], other=pair[1].user, by=coordinator)
    merge_files(kept=kept, merged=merged, by=coordinator)
    assert set(Membership.objects.values_list("participant", flat=True)) == {kept.pk, pair[1].pk}


@pytest.mark.django_db
def test_database_judges_a_place_that_changes_hands(coordinator, pair):
    kept, merged = pair
    third = make.an_accepted_participant(by=coordinator)
    group = make.a_group(coordinator)
    for participant in (merged, third):
        add_member(group=group, participant=participant, by=coordinator)
    note_apart(participant=kept, other=third.user, by=coordinator)
    Merge.objects.create(kept=kept, merged=merged, by=coordinator)
    hand_over = "UPDATE groups_membership SET participant_id = %s WHERE participant_id = %s"
    assert judge(hand_over, kept.pk, merged.pk) == "membership_kept_apart"


@pytest.mark.django_db(transaction=True)
def test_merge_and_a_place_given_at_once_never_bring_two_together():
    coordinator = make.a_coordinator("QC")
    for _round in range(4):
        kept, merged, third = (make.an_accepted_participant(by=coordinator) for _number in range(3))
        group = make.a_group(coordinator)
        add_member(group=group, participant=kept, by=coordinator)
        note_apart(participant=merged, other=third.user, by=coordinator)
        barrier, codes = Barrier(2), []  # type: ignore[var-annotated]
        threads = [
            Thread(target=join, args=(group, third, coordinator, barrier, codes)),
            Thread(target=merge_both, args=(kept, merged, coordinator, barrier, codes)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) in (["cannot_merge", "joined"], ["membership_kept_apart", "merged"])
        assert conflicts(coordinator) == []


def merge_both(kept, merged, coordinator, barrier, codes):
    try:
        barrier.wait()
        merge_files(kept=kept, merged=merged, by=coordinator)
        codes.append("merged")
    except DomainError as error:
        codes.append(error.code)
    finally:
        connections.close_all()


@pytest.mark.django_db
def test_undoing_a_merge_says_where_it_cannot_give_a_place_back(coordinator, pair):
    """Both files had the pair; the kept one's was ended, and the other person got a place since."""
    kept, merged = pair
    third = make.an_accepted_participant(by=coordinator)
    group = make.a_group(coordinator)
    add_member(group=group, participant=merged, by=coordinator)
    apart = note_apart(participant=kept, other=third.user, by=coordinator)
    note_apart(participant=third, other=merged.user, by=coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    end_apart(apart=apart, reason="person_says", by=coordinator)
    add_member(group=group, participant=third, by=coordinator)
    refused("membership_kept_apart", undo_merge, merge=merge, by=coordinator)
    assert Membership.objects.filter(participant=kept).exists(), "nothing was changed"


@pytest.mark.django_db
def test_pair_that_was_noted_between_the_two_and_ended_stays_where_it_is(coordinator, pair):
    kept, merged = pair
    apart = note_apart(participant=kept, other=merged.user, by=coordinator)
    end_apart(apart=apart, reason="mistake", by=coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    undo_merge(merge=merge, by=coordinator)
    apart.refresh_from_db()
    assert (apart.person, apart.other) == (kept.user, merged.user)


@pytest.mark.django_db
def test_pair_noted_with_a_merged_file_counts_for_the_one_that_took_it_up(coordinator, pair):
    kept, merged = pair
    third = make.an_accepted_participant(by=coordinator)
    merge_files(kept=kept, merged=merged, by=coordinator)
    apart = note_apart(participant=third, other=merged.user, by=coordinator)
    assert apart.other == kept.user
    refused("apart_already", note_apart, participant=merged, other=third.user, by=coordinator)
    refused("apart_from_self", note_apart, participant=kept, other=merged.user, by=coordinator)


MEMBER = """INSERT INTO groups_membership (id, group_id, participant_id, state, joined_at)
            VALUES (gen_random_uuid(), %s, %s, 'member', now())"""


@pytest.mark.django_db
def test_database_judges_members_and_leads_in_plain_sql(coordinator, pair):
    lead = make.a_facilitator()
    note_apart(participant=pair[0], other=pair[1].user, by=coordinator)
    note_apart(participant=pair[0], other=lead, by=coordinator)
    group = make.a_group(coordinator)
    add_member(group=group, participant=pair[0], by=coordinator)
    assert judge(MEMBER, group.pk, pair[1].pk) == "membership_kept_apart"
    lead_row = "INSERT INTO groups_grouplead (group_id, user_id, role) VALUES (%s, %s, 'facilitator')"
    assert judge(lead_row, group.pk, lead.pk) == "lead_kept_apart"
    Membership.objects.create(group=group, participant=pair[1], state="left")
    comeback = "UPDATE groups_membership SET state = 'member' WHERE participant_id = %s"
    assert judge(comeback, pair[1].pk) == "membership_kept_apart"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_end_with_one_of_them_in_the_group():
    coordinator = make.a_coordinator("QC")
    pair = [make.an_accepted_participant(by=coordinator) for _number in range(2)]
    note_apart(participant=pair[0], other=pair[1].user, by=coordinator)
    groups = [make.a_group(coordinator) for _number in range(4)]
    for group in groups:
        barrier, codes = Barrier(2), []  # type: ignore[var-annotated]
        threads = [Thread(target=join, args=(group, person, coordinator, barrier, codes)) for person in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) == ["joined", "membership_kept_apart"]
        assert group.memberships.count() == 1


def join(group, person, coordinator, barrier, codes):
    try:
        barrier.wait()
        add_member(group=group, participant=person, by=coordinator)
        codes.append("joined")
    except DomainError as error:
        codes.append(error.code)
    finally:
        connections.close_all()


@pytest.mark.django_db
def test_a_pair_noted_after_both_are_in_a_group_is_on_the_desk_until_it_is_mended(client, coordinator, pair):
    lead = make.a_facilitator()
    group, led = make.a_group(coordinator), make.a_group(coordinator, kind="informal", name_en="Wednesday")
    members = [add_member(group=group, participant=person, by=coordinator) for person in pair]
    add_lead(group=led, user=lead, role="facilitator", by=coordinator)
    member = add_member(
        group=led, participant=make.an_accepted_participant(services=["informal"], by=coordinator), by=coordinator
    )
    assert conflicts(coordinator) == []
    note_apart(participant=pair[0], other=pair[1].user, by=coordinator)
    note_apart(participant=member.participant, other=lead, by=coordinator)
    assert [one.group for one in conflicts(coordinator)] == [group, led]
    assert conflicts(make.a_coordinator("ON")) == []
    make.sign_in(client, coordinator)
    assert "Two people not to meet are in one group" in client.get(reverse("desk:today")).content.decode()
    leave_group(membership=members[0], by=coordinator)
    leave_group(membership=member, by=coordinator)
    assert conflicts(coordinator) == []


# --- Pages ---


@pytest.mark.django_db
def test_coordinator_notes_decides_and_ends_on_the_pages(client, coordinator, pair):
    make.sign_in(client, coordinator)
    url = reverse("desk:apart_note", args=[pair[0].pk])
    assert "Write a name or a reference" in client.post(url, {"text": ""}).content.decode()
    client.post(url, {"text": pair[1].reference.lower()})
    assert KeepApart.objects.get().other == pair[1].user
    client.post(url, {"text": NAME})
    lead = make.a_facilitator(name="Lea Leads")
    client.post(url, {"text": "", "leads": lead.pk})
    page = client.get(reverse("desk:file", args=[pair[0].pk])).content.decode()
    assert all(name in page for name in (pair[1].reference, "Canari", "Lea Leads"))
    assert pair[0].reference in client.get(reverse("desk:file", args=[pair[1].pk])).content.decode(), "from both sides"
    make.a_participant(name=NAME)
    match_new_names()
    assert "Possible matches" in client.get(reverse("desk:today")).content.decode()
    page = client.get(reverse("desk:matches")).content.decode()
    assert "The same name" in page
    client.post(reverse("desk:match_decide", args=[NameMatch.objects.get().pk]), {"same": "1"})
    assert KeepApart.objects.filter(other__isnull=False).count() == 3
    for apart in KeepApart.objects.all():
        end = reverse("desk:apart_end", args=[apart.pk])
        assert client.get(end).status_code == 200
        assert client.post(end, {}).status_code == 200
        assert client.post(end, {"reason": "mistake"}).status_code == 302
    assert not KeepApart.objects.in_force().exists()


@pytest.mark.django_db
def test_canary_of_a_pair_is_on_no_page_of_anybody_else(coordinator):
    """Every address that each role may open, in the region and outside: HTML, JSON, calendars and exports. That the
    others are refused is the access matrix's."""
    from tests import matrix
    from tests.integration.test_security_matrix import address, browser_with, cookies_of, ruled

    world = matrix.a_world()
    here = world.things["participant_here"]
    other = make.a_participant(name=NAME)
    note_apart(participant=here, other=other.user, by=coordinator)
    note_apart(participant=here, name="Ornithorynque Canari", by=coordinator)
    make.a_participant(name="Ornithorynque Canari")
    match_new_names()
    canaries = ("Zéphyrin", "Ornithorynque", other.reference)
    elsewhere = "coordinator elsewhere"
    world.accounts[elsewhere] = matrix.with_factor(make.a_coordinator("ON"))
    found, asked = [], 0
    for role, account in world.accounts.items():
        if account == world.accounts["coordinator"]:
            continue
        cookies, as_role = cookies_of(world, role), "coordinator" if role == elsewhere else role
        for name, rule in ruled():
            if rule.method != "get" or as_role not in rule.who or name == "account_logout":
                continue
            for foreign in (False, True) if rule.foreign else (False,):
                with transaction.atomic():
                    answer = browser_with(cookies).get(address(name, rule, world, foreign=foreign))
                    transaction.set_rollback(True)
                asked += 1
                body = b"".join(answer) if answer.streaming else answer.content
                own = role == elsewhere and foreign
                found += [(role, name, word) for word in canaries if word.encode() in body and not own]
    assert found == []
    assert asked > 500


# --- When two files become one ---


@pytest.mark.django_db
def test_what_is_noted_and_waited_for_follows_the_person_and_comes_back(coordinator):
    kept, third = make.a_participant(), make.an_accepted_participant(by=coordinator)
    merged = make.an_accepted_participant(by=coordinator)
    named = note_apart(participant=merged, name=NAME, by=coordinator)
    paired = note_apart(participant=third, other=merged.user, by=coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    named, paired = (KeepApart.objects.get(pk=apart.pk) for apart in (named, paired))
    assert (named.person, named.name, paired.other) == (kept.user, NAME, kept.user)
    place = WaitingPlace.objects.get(participant=kept)
    assert list(waiting.queue(coordinator, service="formal").values_list("participant", flat=True)) == [
        third.pk,
        kept.pk,
    ]
    undo_merge(merge=merge, by=coordinator)
    named, paired = (KeepApart.objects.get(pk=apart.pk) for apart in (named, paired))
    assert (named.person, named.name, paired.other) == (merged.user, NAME, merged.user)
    place.refresh_from_db()
    assert place.participant == merged


@pytest.mark.django_db
def test_two_who_must_not_meet_are_not_one_person(coordinator, pair):
    note_apart(participant=pair[0], other=pair[1].user, by=coordinator)
    assert any("not one person" in text for text in obstacles(kept=pair[0], merged=pair[1]))


@pytest.mark.django_db
def test_property_37_name_noted_twice_is_one(coordinator):
    person = make.a_participant("QC")
    note_apart(participant=person, by=coordinator, name="Zoé Anne")
    refused("apart_already", note_apart, participant=person, by=coordinator, name=" zoe  anne")
    assert KeepApart.objects.count() == 1
