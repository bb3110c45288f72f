"""Whom a supporter met as a participant: found by the check, readable by nobody ([NH] rule 34)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from groups.choices import GroupState
from groups.models import Membership, PeerGroup
from intake.models import Participant
from intake.services_apart import note_apart
from psp.choices import Kind
from psp.errors import constraint_name
from supporters.joining.former import PAD_TO, key_of, met_before, ties_of
from supporters.models import FormerAgreement, FormerTie
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return factories.a_coordinator()


def a_cohort(by, count: int = 3) -> list[Participant]:
    """People who were in one group that is over."""
    group = factories.a_formal_group(by, leads=0)
    people = [factories.a_participant() for _one in range(count)]
    join(group, *people)
    return people


def join(group: PeerGroup, *people: Participant) -> None:
    for one in people:
        Membership.objects.create(group=group, participant=one)


def a_supporter(earlier: Participant | None = None):
    user = factories.a_user(kind=Kind.SUPPORTER)
    if earlier is not None:
        rows = [FormerTie(user=user, key=key, own=own) for key, own in ties_of(earlier.user_id).items()]
        FormerTie.objects.bulk_create(rows)
    return user


def accounts(people: list[Participant]) -> list:
    return [one.user_id for one in people]


def both_agree(user, participant, by, **fields) -> FormerAgreement:
    said = {"supporter_said_at": timezone.now(), "participant_said_at": timezone.now()} | fields
    return FormerAgreement.objects.create(user=user, participant=participant, noted_by=by, **said)


class TestMetBefore:
    def test_everybody_of_the_former_group_is_found(self, by):
        earlier, one, other = a_cohort(by)
        user, stranger = a_supporter(earlier), factories.a_participant()
        assert met_before([user.pk], accounts([one, other, stranger])) == {user.pk: {one.user_id, other.user_id}}

    def test_who_left_the_group_was_met_too(self, by):
        earlier, one = a_cohort(by, 2)
        Membership.objects.filter(participant=one).update(state="left", left_at=timezone.now())
        user = a_supporter(earlier)
        assert met_before([user.pk], [one.user_id]) == {user.pk: {one.user_id}}

    def test_somebody_without_an_earlier_life_here_meets_nobody_again(self, by):
        _earlier, one = a_cohort(by, 2)
        user = a_supporter()
        assert met_before([user.pk], [one.user_id]) == {}

    def test_group_joined_after_the_ties_were_noted_counts_as_well(self, by):
        earlier = factories.a_participant()
        user, later = a_supporter(earlier), factories.a_participant()
        assert met_before([user.pk], [later.user_id]) == {}
        join(factories.a_formal_group(by, leads=0), earlier, later)
        assert met_before([user.pk], [later.user_id]) == {user.pk: {later.user_id}}

    def test_only_an_agreement_of_both_lets_them_meet(self, by):
        earlier, one = a_cohort(by, 2)
        user = a_supporter(earlier)
        row = both_agree(user, one, by, participant_said_at=None)
        assert met_before([user.pk], [one.user_id]) == {user.pk: {one.user_id}}
        FormerAgreement.objects.filter(pk=row.pk).update(participant_said_at=timezone.now())
        assert met_before([user.pk], [one.user_id]) == {}
        FormerAgreement.objects.filter(pk=row.pk).update(supporter_said_at=None)
        assert met_before([user.pk], [one.user_id]) == {user.pk: {one.user_id}}

    def test_agreement_of_one_member_opens_nothing_for_another(self, by):
        earlier, one, other = a_cohort(by)
        user = a_supporter(earlier)
        both_agree(user, one, by)
        assert met_before([user.pk], accounts([one, other])) == {user.pk: {other.user_id}}

    def test_nobody_leads_their_own_earlier_identity_whatever_was_agreed(self, by):
        earlier, _one = a_cohort(by, 2)
        user = a_supporter(earlier)
        both_agree(user, earlier, by)
        assert met_before([user.pk], [earlier.user_id]) == {user.pk: {earlier.user_id}}

    def test_whom_the_earlier_identity_must_not_meet_is_not_led_either(self, by):
        earlier, _one = a_cohort(by, 2)
        user, feared, stranger = a_supporter(earlier), factories.a_participant(), factories.a_participant()
        assert met_before([user.pk], accounts([feared, stranger])) == {}
        # Noted long after the ties, from either side; no agreement weighs against it.
        note_apart(participant=feared, by=by, other=earlier.user)
        both_agree(user, feared, by)
        assert met_before([user.pk], accounts([feared, stranger])) == {user.pk: {feared.user_id}}
        assert met_before(None, accounts([feared, stranger])) == {user.pk: {feared.user_id}}

    def test_pair_of_the_earlier_identity_counts_through_files_made_one(self, by):
        earlier, into, feared = (factories.a_participant() for _one in range(3))
        user = a_supporter(earlier)
        Participant.objects.filter(pk=earlier.pk).update(merged_into=into)
        note_apart(participant=into, by=by, other=feared.user)
        assert met_before([user.pk], [feared.user_id]) == {user.pk: {feared.user_id}}

    @pytest.mark.parametrize("steps", [1, 2])
    def test_member_whose_file_counts_with_another_now_is_still_found(self, by, steps):
        earlier, one = a_cohort(by, 2)
        user, kept = a_supporter(earlier), one
        for _step in range(steps):
            into = factories.a_participant()
            Participant.objects.filter(pk=kept.pk).update(merged_into=into)
            kept = into
        assert met_before([user.pk], [kept.user_id]) == {user.pk: {kept.user_id}}

    def test_own_file_that_counts_with_another_now_is_still_the_own_one(self, by):
        earlier, kept, later = (factories.a_participant() for _one in range(3))
        user = a_supporter(earlier)
        Participant.objects.filter(pk=earlier.pk).update(merged_into=kept)
        join(factories.a_formal_group(by, leads=0), kept, later)
        assert met_before([user.pk], accounts([later, kept])) == {user.pk: {later.user_id, kept.user_id}}
        # Given back, it is somebody else's again.
        Participant.objects.filter(pk=earlier.pk).update(merged_into=None)
        assert met_before([user.pk], accounts([later, kept])) == {}

    def test_each_supporter_has_an_answer_of_their_own(self, by):
        first, second = a_cohort(by, 2), a_cohort(by, 2)
        one, other = a_supporter(first[0]), a_supporter(second[0])
        found = met_before([one.pk, other.pk], accounts([first[1], second[1]]))
        assert found == {one.pk: {first[1].user_id}, other.pk: {second[1].user_id}}

    def test_number_of_queries_does_not_grow(self, by):
        first, second = a_cohort(by, 4), a_cohort(by, 4)
        few = [a_supporter(first[0]).pk]
        with CaptureQueriesContext(
            connection,
        ) as small:
            met_before(few, accounts(first[1:2]))
        many = few + [a_supporter(one).pk for one in (*first[1:2], *second)]
        with CaptureQueriesContext(connection) as large:
            met_before(many, accounts(first + second))
        assert len(large) == len(small) == 6

    def test_nobody_asked_about_costs_nothing(self, by, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert met_before([], [by.pk]) == met_before([by.pk], []) == {}


class TestDigests:
    def test_number_of_ties_tells_no_group_by_its_size(self, by):
        counts = {len(ties_of(a_cohort(by, size)[0].user_id)) for size in (1, 4, 9)}
        assert counts == {PAD_TO}

    def test_digest_needs_the_key(self, by, settings):
        account = by.pk
        first = key_of(account)
        settings.PSP_INDEX_KEY = "A" * 43 + "="
        assert len(first) == 32
        assert key_of(account) != first

    def test_digest_is_written_once_for_a_supporter(self, by):
        user = a_supporter()
        FormerTie.objects.create(user=user, key=key_of(by.pk))
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            FormerTie.objects.create(user=user, key=key_of(by.pk))
        assert constraint_name(refused.value) == "former_tie_once"

    def test_agreement_of_a_pair_is_one_row(self, by):
        user, person = a_supporter(), factories.a_participant()
        both_agree(user, person, by)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            both_agree(user, person, by)
        assert constraint_name(refused.value) == "former_agreement_once"


class TestPastGroups:
    """What groups say about somebody's time as a participant."""

    def past(self, person):
        from groups.former_cohort import past_of

        return [(row.running, row.until) for row in past_of([person.user_id])]

    def test_running_group_has_no_last_day(self, by):
        group, person = factories.a_formal_group(by, members=3), factories.a_participant()
        join(group, person)
        PeerGroup.objects.filter(pk=group.pk).update(state=GroupState.ESTABLISHED, established_at=timezone.now())
        assert [running for running, _until in self.past(person)] == [True]

    def test_completed_group_ends_with_its_last_session(self, by):
        group, person = factories.a_formal_group(by, leads=0), factories.a_participant()
        join(group, person)
        PeerGroup.objects.filter(pk=group.pk).update(state=GroupState.COMPLETED, established_at=timezone.now())
        last = group.starts_on + timedelta(weeks=group.session_count - 1)
        ((running, until),) = self.past(person)
        assert not running
        assert until >= last

    def test_who_left_early_counts_from_that_day(self, by):
        group, person = factories.a_formal_group(by, members=3), factories.a_participant()
        join(group, person)
        PeerGroup.objects.filter(pk=group.pk).update(state=GroupState.ESTABLISHED, established_at=timezone.now())
        left = timezone.now() - timedelta(days=40)
        Membership.objects.filter(participant=person).update(state="left", left_at=left)
        assert self.past(person) == [(False, timezone.localdate(left))]

    def test_group_that_never_began_leaves_nothing_behind(self, by):
        group, person = factories.a_formal_group(by, leads=0), factories.a_participant()
        join(group, person)
        PeerGroup.objects.filter(pk=group.pk).update(state=GroupState.CANCELLED)
        assert self.past(person) == [(False, None)]
