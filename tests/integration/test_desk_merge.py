"""Two files of one person: what moves, what stays, undoing to the letter, races, and what other regions learn."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from consent.leaving import leave_program
from consent.models import Consent
from contact.services import set_safe_contact
from groups.models import Membership
from groups.services import add_member, leave_group
from intake import privacy_merges
from intake.models import Application, IntakeMeeting, Participant
from intake.models_desk import DifferentPeople, Merge
from intake.portal import _what
from intake.services_merge import make_final, merge_files, say_different, undo_merge
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden
from sessions.models import Attendance, GroupSession
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]
PHONE = "613 555 0123"


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def with_phone(participant: Participant, phone: str = PHONE) -> Participant:
    set_safe_contact(person=participant.user, by=participant.user, email_safe=True, call_safe=True, phone=phone)
    return participant


def two_files(coordinator, **fields) -> tuple[Participant, Participant]:
    """The file to keep with an open application; the other accepted, with a place and attendance."""
    kept = with_phone(make.a_participant(name="Kept One"))
    make.an_application(kept)
    merged = with_phone(make.an_accepted_participant(by=coordinator, name="Other One", **fields))
    group = make.a_group(coordinator)
    add_member(group=group, participant=merged, by=coordinator)
    session = a_session(group, 1)
    Attendance.objects.create(session=session, participant=merged, status="present", recorded_by=coordinator)
    return kept, merged


def a_session(group, number: int) -> GroupSession:
    at = timezone.now() - timedelta(days=10 - number)
    return GroupSession.objects.create(
        group=group, number=number, starts_at=at, ends_at=at + timedelta(minutes=90), state="held"
    )


def snapshot() -> dict[str, list[str]]:
    """Every row of every table, but for history, the log, the merges themselves and what ends sessions (`epoch`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall() if "historical" not in name and not name.startswith("audit_")]
        found = {}
        for table in sorted(set(tables) - {"intake_merge", "django_session", "psp_cache"}):
            drop = " - 'epoch'" if table == "psp_user" else ""
            cursor.execute(f'SELECT (to_jsonb(t){drop})::text FROM "{table}" t ORDER BY 1')
            found[table] = [text for (text,) in cursor.fetchall()]
        return found


def test_merge_moves_applications_places_and_attendance_and_leaves_consents(coordinator):
    kept, merged = two_files(coordinator)
    signed = list(Consent.objects.order_by("pk").values_list("pk", "person"))
    merge_files(kept=kept, merged=merged, by=coordinator)
    assert Application.objects.filter(participant=kept).count() == 2
    assert not Application.objects.filter(participant=merged).exists()
    assert Membership.objects.get().participant == kept
    assert Attendance.objects.get().participant == kept
    assert list(Consent.objects.order_by("pk").values_list("pk", "person")) == signed


def test_undo_restores_every_row(coordinator):
    kept, merged = two_files(coordinator)
    make.an_application(merged, state="withdrawn")
    before = snapshot()
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert snapshot() != before
    undo_merge(merge=merge, by=coordinator)
    after = snapshot()
    assert {table for table in before if before[table] != after[table]} == set()


def test_undo_with_two_open_applications_restores_every_row(coordinator):
    kept, merged = make.a_participant(), make.a_participant()
    make.an_application(kept)
    rests = make.an_application(merged)
    before = snapshot()
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert Application.objects.get(pk=rests.pk).participant == merged, "only one can be open: it rests"
    undo_merge(merge=merge, by=coordinator)
    assert snapshot() == before


def test_undo_takes_back_what_was_noted_since_in_the_groups_that_go_back(coordinator):
    kept, merged = two_files(coordinator)
    own = make.a_group(coordinator, kind="informal", name_en="Own", name_fr="Propre")
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    place = Membership.objects.get(participant=kept)
    later = Attendance.objects.create(
        session=a_session(place.group, 2), participant=kept, status="present", recorded_by=coordinator
    )
    elsewhere = Attendance.objects.create(
        session=a_session(own, 1), participant=kept, status="present", recorded_by=coordinator
    )
    undo_merge(merge=merge, by=coordinator)
    later.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (later.participant, elsewhere.participant) == (merged, kept)


def test_merged_account_cannot_sign_in_and_can_again_after_undo(client, coordinator):
    kept, merged = two_files(coordinator)
    make.sign_in(client, merged.user)
    assert client.get(reverse("my:home")).status_code == 200
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert client.get(reverse("my:home")).status_code == 302, "its session has ended"
    merged.user.refresh_from_db()
    assert not merged.user.is_active
    undo_merge(merge=merge, by=coordinator)
    merged.user.refresh_from_db()
    assert merged.user.is_active


def test_account_that_was_closed_before_stays_closed_after_undo(coordinator):
    kept, merged = two_files(coordinator)
    merged.user.is_active = False
    merged.user.save()
    undo_merge(merge=merge_files(kept=kept, merged=merged, by=coordinator), by=coordinator)
    merged.user.refresh_from_db()
    assert not merged.user.is_active


def test_the_open_application_counts_though_an_older_one_came_with_the_other_file(coordinator):
    from intake.portal import last_application

    kept, merged = make.a_participant(), make.a_participant()
    standing = make.an_application(kept, submitted_at=timezone.now() - timedelta(days=9))
    make.an_application(merged, state="withdrawn")
    merge_files(kept=kept, merged=merged, by=coordinator)
    assert last_application(kept) == standing


def cannot(kept, merged, coordinator, words: str) -> None:
    before = snapshot()
    with pytest.raises(DomainError) as error, transaction.atomic():
        merge_files(kept=kept, merged=merged, by=coordinator)
    assert words in str(error.value.message)
    assert snapshot() == before


def test_nobody_is_in_two_groups_of_one_kind_after_a_merge(coordinator):
    kept, merged = make.an_accepted_participant(by=coordinator), make.an_accepted_participant(by=coordinator)
    first = make.a_group(coordinator)
    second = make.a_group(coordinator, name_en="Wednesday evenings", name_fr="Les mercredis soir")
    place = add_member(group=first, participant=kept, by=coordinator)
    add_member(group=second, participant=merged, by=coordinator)
    cannot(kept, merged, coordinator, "group of one kind")
    leave_group(membership=place, by=coordinator)
    merge_files(kept=kept, merged=merged, by=coordinator)
    assert Membership.objects.active().get(participant=kept).group == second


def test_both_in_the_same_group_keep_their_own_past_place(coordinator):
    kept, merged = make.an_accepted_participant(by=coordinator), make.an_accepted_participant(by=coordinator)
    group = make.a_group(coordinator)
    for person in (kept, merged):
        leave_group(membership=add_member(group=group, participant=person, by=coordinator), by=coordinator)
    before = snapshot()
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert sorted(Membership.objects.values_list("participant", flat=True)) == sorted([kept.pk, merged.pk])
    undo_merge(merge=merge, by=coordinator)
    assert snapshot() == before


def test_a_withdrawn_consent_never_becomes_a_yes(coordinator):
    kept, merged = make.a_participant(), make.a_participant()
    make.agree(kept.user, "results")
    make.agree(merged.user, "results")
    make.disagree(merged.user, "results")
    cannot(kept, merged, coordinator, "withdrew a consent")


def test_what_stands_needs_a_consent_in_the_file_that_is_kept(coordinator):
    kept = make.a_participant(consents=())
    cannot(kept, make.an_accepted_participant(by=coordinator), coordinator, "no consent to taking part")


def test_the_wish_not_to_be_contacted_is_not_lost(coordinator):
    kept, merged = make.a_participant(), make.a_participant()
    set_safe_contact(person=merged.user, by=merged.user, email_safe=False, do_not_contact=True)
    cannot(kept, merged, coordinator, "not to be contacted")


def test_undo_turns_no_withdrawal_into_a_yes(coordinator):
    """Who left the program in the meantime has left with both files; nothing is sent to either."""
    kept, merged = two_files(coordinator)
    make.an_application(merged)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    leave_program(person=kept.user, by=kept.user)
    undo_merge(merge=merge, by=coordinator)
    assert not Consent.objects.purposes_of(merged.user_id)
    assert not Application.objects.standing().filter(participant=merged).exists()
    assert not Membership.objects.active().filter(participant=merged).exists()


def test_undo_leaves_consents_that_ended_before_the_merge_or_came_again(coordinator):
    kept, merged = two_files(coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    make.disagree(kept.user)
    make.agree(kept.user)
    undo_merge(merge=merge, by=coordinator)
    assert "taking_part" in Consent.objects.purposes_of(merged.user_id)


def test_undo_keeps_the_wish_not_to_be_contacted_that_was_said_since(coordinator):
    kept, merged = two_files(coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    set_safe_contact(person=kept.user, by=kept.user, email_safe=True, do_not_contact=True)
    undo_merge(merge=merge, by=coordinator)
    assert merged.user.safe_contact.do_not_contact


def test_copy_of_a_person_names_no_file_that_was_taken_apart_again(coordinator):
    """They may be two people after all, who must not learn of each other."""
    kept, merged = two_files(coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert kept.reference in told_about_merges(merged)
    assert merged.reference in told_about_merges(kept)
    undo_merge(merge=merge, by=coordinator)
    assert kept.reference not in told_about_merges(merged)
    assert merged.reference not in told_about_merges(kept)


def told_about_merges(participant) -> str:
    return str([[str(line.value) for line in record] for record in privacy_merges.merges(participant.user)])


def test_property_04_file_that_names_the_other_identity_is_read_in_its_log_too(desk, coordinator):
    kept, merged = two_files(coordinator)
    merge_files(kept=kept, merged=merged, by=coordinator)
    before = Entry.objects.filter(person=merged.user_id, action="read").count()
    assert "Other One" in desk.get(reverse("desk:file", args=[kept.pk])).content.decode()
    assert Entry.objects.filter(person=merged.user_id, action="read").count() == before + 1


def test_a_set_meeting_is_not_forgotten(coordinator):
    kept, merged = make.a_participant(), make.a_participant()
    make.an_application(kept)
    application = make.an_application(merged, state="meeting_set")
    begin = timezone.now() + timedelta(days=1)
    IntakeMeeting.objects.create(
        application=application, coordinator=coordinator, starts_at=begin, ends_at=begin + timedelta(minutes=45)
    )
    cannot(kept, merged, coordinator, "meeting")
    merge_files(kept=merged, merged=kept, by=coordinator)


def test_no_chains_while_a_merge_can_be_undone(coordinator):
    first, second, third = (make.a_participant() for _number in range(3))
    merge_files(kept=second, merged=first, by=coordinator)
    cannot(third, second, coordinator, "took up another file")
    cannot(third, first, coordinator, "counts with another one")
    cannot(first, third, coordinator, "counts with another one")
    cannot(third, third, coordinator, "same file")
    merge_files(kept=second, merged=third, by=coordinator)


def test_undo_ends_after_thirty_days_and_beat_makes_it_final(coordinator):
    kept, merged = two_files(coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert make_final() == 0
    Merge.objects.update(at=timezone.now() - timedelta(days=30))
    with pytest.raises(DomainError, match="final"):
        undo_merge(merge=merge, by=coordinator)
    assert make_final() == 1
    assert make_final() == 0
    assert Merge.objects.get().final_at is not None


def test_merge_and_undo_are_for_coordinators_of_both_regions(coordinator):
    here, there = make.a_participant("QC"), make.a_participant("ON")
    for kept, merged in ((here, there), (there, here)):
        with pytest.raises(Forbidden):
            merge_files(kept=kept, merged=merged, by=coordinator)
    merge = merge_files(kept=here, merged=make.a_participant("QC"), by=coordinator)
    with pytest.raises(Forbidden):
        undo_merge(merge=merge, by=make.a_coordinator("ON"))


def test_database_lets_a_place_change_hands_for_a_merge_only(coordinator):
    kept, merged = two_files(coordinator)
    place = Membership.objects.get()
    with pytest.raises(IntegrityError, match="belongs to one person"), transaction.atomic():
        Membership.objects.filter(pk=place.pk).update(participant=kept)
    merge_files(kept=kept, merged=merged, by=coordinator)
    with pytest.raises(IntegrityError, match="belongs to one person"), transaction.atomic():
        Membership.objects.filter(pk=place.pk).update(participant=make.a_participant())


@pytest.mark.parametrize(
    ("name", "model", "values"),
    [
        ("merge_two_files", Merge, {"kept": 0, "merged": 0}),
        ("merge_once", Merge, {"kept": 2, "merged": 1}),
        ("merge_undone_whole", Merge, {"kept": 0, "merged": 2, "undone_at": timezone.now()}),
        ("different_in_order", DifferentPeople, {"one": 1, "other": 0}),
    ],
)
def test_constraint(coordinator, name, model, values):
    people = sorted((make.a_participant() for _number in range(3)), key=lambda person: person.pk)
    Merge.objects.create(kept=people[0], merged=people[1], by=coordinator)
    made = {key: people[value] if isinstance(value, int) else value for key, value in values.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.create(**made, by=coordinator)


def changes_about(participant) -> int:
    return Entry.objects.filter(person=participant.user_id, action="change", model="intake.merge").count()


def test_merge_and_undo_stand_in_the_log_of_both(coordinator):
    kept, merged = two_files(coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert (changes_about(kept), changes_about(merged)) == (1, 1)
    undo_merge(merge=merge, by=coordinator)
    assert (changes_about(kept), changes_about(merged)) == (2, 2)
    assert merge.history.count() >= 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["same", "crossed"])
def test_race_of_two_merges_one_wins_and_nothing_is_lost(way):
    coordinator = make.a_coordinator("QC")
    one, other = make.a_participant(), make.a_participant()
    make.an_application(one)
    make.an_application(other, state="withdrawn")
    outcomes: list[str] = []

    def merge(kept, merged) -> None:
        try:
            merge_files(kept=kept, merged=merged, by=coordinator)
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    pairs = [(one, other), (one, other) if way == "same" else (other, one)]
    threads = [Thread(target=merge, args=pair) for pair in pairs * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["cannot_merge"] * 5 + ["done"]
    assert Merge.objects.count() == 1
    kept = Merge.objects.get().kept
    assert Application.objects.filter(participant=kept).count() == 2


@pytest.mark.django_db(transaction=True)
def test_race_of_undoing_twice_one_wins():
    coordinator = make.a_coordinator("QC")
    one, other = make.a_participant(), make.a_participant()
    merge = merge_files(kept=one, merged=other, by=coordinator)
    outcomes: list[str] = []

    def undo() -> None:
        try:
            undo_merge(merge=Merge.objects.get(pk=merge.pk), by=coordinator)
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [Thread(target=undo) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "undone", "undone", "undone"]


def test_say_different_twice_changes_nothing(coordinator):
    one, other = make.a_participant(), make.a_participant()
    for pair in ((one, other), (other, one)):
        say_different(one=pair[0], other=pair[1], by=coordinator)
    assert DifferentPeople.objects.count() == 1


# --- The pages ---


def test_file_offers_whoever_has_the_same_number_and_the_pages_merge_and_undo(desk, coordinator):
    kept, merged = two_files(coordinator)
    page = desk.get(reverse("desk:file", args=[kept.pk])).content.decode()
    compare = reverse("desk:merge", args=[kept.pk, merged.pk])
    assert compare in page
    assert "Other One" not in page, "the other name only once the two are compared"
    page = desk.get(compare).content.decode()
    assert "Kept One" in page
    assert "Other One" in page
    assert "1 place in a group" in page
    assert not Merge.objects.exists()
    assert desk.post(compare)["Location"] == reverse("desk:file", args=[kept.pk])
    merge = Merge.objects.get()
    page = desk.get(reverse("desk:file", args=[kept.pk])).content.decode()
    undo = reverse("desk:unmerge", args=[merge.pk])
    assert undo in page
    assert "in 30 days" in page
    assert desk.get(reverse("desk:file", args=[merged.pk]))["Location"] == reverse("desk:file", args=[kept.pk])
    assert merged.reference not in desk.get(f"{reverse('desk:applications')}?state=all").content.decode()
    desk.post(undo)
    assert undo not in desk.get(reverse("desk:file", args=[kept.pk])).content.decode()
    assert desk.get(reverse("desk:file", args=[merged.pk])).status_code == 200


def test_application_that_rests_is_in_no_list_and_opens_no_page(desk, coordinator):
    kept, merged = make.a_participant(), make.a_participant()
    make.an_application(kept)
    rests = make.an_application(merged)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    for name in ("today", "applications", "board"):
        page = desk.get(reverse(f"desk:{name}")).content.decode()
        assert kept.reference in page, name
        assert merged.reference not in page, name
    assert desk.get(reverse("desk:set_meeting", args=[rests.pk])).status_code == 404
    undo_merge(merge=merge, by=coordinator)
    assert merged.reference in desk.get(reverse("desk:applications")).content.decode()


def test_property_04_comparing_leaves_one_access_row_for_each_of_the_two(desk, coordinator):
    kept, merged = two_files(coordinator)
    desk.get(reverse("desk:merge", args=[kept.pk, merged.pk]))
    for person in (kept, merged):
        assert Entry.objects.filter(person=person.user_id, action="read").count() == 1


def test_merged_file_is_found_by_what_only_it_has(desk, coordinator):
    kept, merged = two_files(coordinator)
    merge_files(kept=kept, merged=merged, by=coordinator)
    answer = desk.post(reverse("desk:search"), {"text": merged.reference}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk:file", args=[kept.pk])


def test_another_region_is_told_of_and_not_revealed(desk):
    here, there = with_phone(make.a_participant("QC")), with_phone(make.a_participant("ON", name="Far Away"))
    page = desk.get(reverse("desk:file", args=[here.pk])).content.decode()
    assert "Another region may have a file of this person" in page
    assert there.reference not in page
    assert str(there.pk) not in page
    # It leaves a trace where it belongs, which says how little was seen.
    entry = Entry.objects.get(person=there.user_id, action="read")
    assert (entry.fields, entry.object_id) == ("number_known", str(there.pk))
    assert _what(entry) == "Saw that a file somewhere has the same phone number, and nothing else"
    assert desk.get(reverse("desk:merge", args=[here.pk, there.pk])).status_code == 404
    answer = desk.post(reverse("desk:merge_with", args=[here.pk]), {"reference": there.reference}, follow=True)
    unknown = desk.post(reverse("desk:merge_with", args=[here.pk]), {"reference": "AAAA-AAAA"}, follow=True)
    for one in (answer, unknown):
        assert "No file of your regions has this reference" in one.content.decode()


def test_other_file_by_reference_leads_to_the_comparison(desk):
    one, other = make.a_participant(), make.a_participant()
    answer = desk.post(
        reverse("desk:merge_with", args=[one.pk]), {"reference": other.reference.lower().replace("-", "")}
    )
    assert answer["Location"] == reverse("desk:merge", args=[one.pk, other.pk])


def test_two_people_of_one_home_are_asked_about_once(desk):
    one, other = with_phone(make.a_participant()), with_phone(make.a_participant())
    assert one.reference in desk.get(reverse("desk:duplicates")).content.decode()
    desk.post(reverse("desk:different", args=[one.pk, other.pk]))
    assert one.reference not in desk.get(reverse("desk:duplicates")).content.decode()
    compare = reverse("desk:merge", args=[one.pk, other.pk])
    assert compare not in desk.get(reverse("desk:file", args=[one.pk])).content.decode()


def test_page_says_what_stands_in_the_way_and_offers_no_button(desk, coordinator):
    kept, merged = make.a_participant(consents=()), make.an_accepted_participant(by=coordinator)
    compare = reverse("desk:merge", args=[kept.pk, merged.pk])
    page = desk.get(compare).content.decode()
    assert "no consent to taking part" in page
    assert "make them one" not in page
    assert desk.post(compare).status_code == 409
    assert not Merge.objects.exists()


def test_list_of_duplicates_costs_the_same_for_2_and_20_pairs(desk):
    from django.test.utils import CaptureQueriesContext

    def pairs(first: int, last: int) -> None:
        for number in range(first, last):
            for _file in range(2):
                with_phone(make.a_participant(), f"613 555 {number:04d}")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.get(reverse("desk:duplicates"))
        return len(found)

    pairs(0, 2)
    desk.get(reverse("desk:duplicates"))
    few = queries()
    pairs(2, 20)
    assert queries() == few
