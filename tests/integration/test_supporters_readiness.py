"""Ready, or not now: conversations, and the role that begins and ends ([NH] rules 28 and 35)."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from groups.models import GroupLead, Membership
from intake.models import Participant
from privacy.erasing import erase_everything
from privacy.holdings import as_data, held_about
from psp.choices import Kind, Role
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import ProgramRegion, User
from supporters import hooks
from supporters.choices import SUPPORTER_TRANSITIONS, Outcome, ReadyFor, SupporterState
from supporters.joining.former import key_of, met_before
from supporters.joining.merging import agreements_back, interest_back, move_agreements, move_interest
from supporters.joining.services_former import participant_says, supporter_says
from supporters.joining.services_interest import say_interest
from supporters.joining.services_readiness import (
    comment_readiness,
    correct_readiness,
    is_ready,
    note_readiness,
    talked_about,
    withdraw_readiness,
)
from supporters.joining.services_role import begin_leading, come_back, end_role
from supporters.models import (
    FormerAgreement,
    FormerTie,
    Interest,
    Pairing,
    Readiness,
    ReadinessCriterion,
    Supporter,
)
from tests import factories

pytestmark = pytest.mark.django_db

CANARY = "the canary sings at night"


def a_supervisor(**fields) -> User:
    return factories.with_role(factories.a_user(**fields), Role.SUPERVISOR)


def joining(**fields) -> Supporter:
    user = factories.a_user(kind=Kind.SUPPORTER, **fields)
    return Supporter.objects.create(user=user, program_region=ProgramRegion.objects.get(code="QC"))


@pytest.fixture
def supervisor():
    return a_supervisor()


@pytest.fixture
def supporter():
    return joining()


def today():
    return timezone.localdate()


def ready(supporter, by, step: str = ReadyFor.TRAINING, **fields) -> Readiness:
    values = {"held_on": today(), "outcome": Outcome.READY} | fields
    return note_readiness(supporter=supporter, by=by, ready_for=step, **values)


def not_now(supporter, by, step: str = ReadyFor.TRAINING, **fields) -> Readiness:
    values = {"look_again_on": today() + timedelta(days=30), "would_help": "A quieter month"} | fields
    return ready(supporter, by, step, outcome=Outcome.NOT_NOW, **values)


def active(supporter, by) -> Supporter:
    ready(supporter, by)
    ready(supporter, by, ReadyFor.LEADING)
    Pairing.objects.create(user=supporter.user, supervisor=by)
    return begin_leading(supporter=supporter, by=by)


def refused(code: str, do) -> DomainError:
    with pytest.raises(DomainError) as error:
        do()
    assert error.value.code == code
    return error.value


class TestConversation:
    def test_every_database_begins_with_criteria_in_both_languages(self):
        rows = ReadinessCriterion.objects.filter(offered=True)
        assert [row.code for row in rows] == ["support", "time", "therapy", "boundaries", "motivation", "hard"]
        for row in rows:
            assert row.title_en != row.title_fr
            assert row.hint_en != row.hint_fr

    def test_what_was_said_is_sealed_under_the_key_of_the_person(self, supporter, supervisor):
        made = ready(supporter, supervisor, talked_about={"support": CANARY}, would_help=CANARY)
        with connection.cursor() as cursor:
            cursor.execute("SELECT talked_about, would_help FROM supporters_readiness")
            assert CANARY.encode() not in b"".join(bytes(value) for value in cursor.fetchone())
        keyring.destroy(supporter.pk)
        keyring.clear()
        assert Readiness.objects.get(pk=made.pk).would_help == ""

    def test_form_sent_twice_is_one_conversation(self, supporter, supervisor):
        key = uuid4()
        first, again = ready(supporter, supervisor, key=key), ready(supporter, supervisor, key=key)
        assert first == again
        assert Readiness.objects.count() == 1

    def test_not_now_has_a_day_and_what_would_help(self, supporter, supervisor):
        refused("look_again_on", lambda: not_now(supporter, supervisor, look_again_on=None))
        refused("look_again_on", lambda: not_now(supporter, supervisor, look_again_on=today()))
        refused("look_again_on", lambda: not_now(supporter, supervisor, look_again_on=today() + timedelta(days=800)))
        refused("would_help", lambda: not_now(supporter, supervisor, would_help=" "))
        assert not_now(supporter, supervisor).look_again_on

    def test_ready_has_no_day_to_look_again(self, supporter, supervisor):
        made = ready(supporter, supervisor, look_again_on=today() + timedelta(days=3))
        assert made.look_again_on is None

    @pytest.mark.parametrize("days", [1, -93])
    def test_day_of_the_conversation_is_a_day_that_was(self, supporter, supervisor, days):
        refused("held_on", lambda: ready(supporter, supervisor, held_on=today() + timedelta(days=days)))

    def test_outcome_is_one_of_the_two(self, supporter, supervisor):
        refused("outcome", lambda: ready(supporter, supervisor, outcome="great"))

    def test_leading_comes_after_the_training_conversation(self, supporter, supervisor):
        refused("order", lambda: ready(supporter, supervisor, ReadyFor.LEADING))
        not_now(supporter, supervisor)
        refused("order", lambda: ready(supporter, supervisor, ReadyFor.LEADING))
        ready(supporter, supervisor)
        assert ready(supporter, supervisor, ReadyFor.LEADING).pk

    def test_notes_belong_to_criteria_that_exist(self, supporter, supervisor):
        refused("unknown_criterion", lambda: ready(supporter, supervisor, talked_about={"weight": "x"}))
        made = ready(supporter, supervisor, talked_about={"support": " a friend ", "hard": ""})
        assert talked_about(made) == {"support": "a friend"}

    def test_too_much_text_is_said_at_its_field(self, supporter, supervisor):
        error = refused("too_long", lambda: ready(supporter, supervisor, talked_about={"hard": "x" * 1001}))
        assert error.field == "about_hard"

    def test_nobody_reviews_themselves(self):
        user = a_supervisor(kind=Kind.SUPPORTER)
        own = Supporter.objects.create(user=user, program_region=ProgramRegion.objects.get(code="QC"))
        with pytest.raises(Forbidden):
            ready(own, user)

    @pytest.mark.parametrize(
        "who", [factories.a_coordinator, factories.an_analyst, factories.a_privacy_officer, factories.a_facilitator]
    )
    def test_only_supervisors_hold_it(self, supporter, who):
        other = who()
        with pytest.raises(Forbidden):
            ready(supporter, other)

    def test_supervisor_of_somebody_else_does_not_hold_it(self, supporter, supervisor):
        Pairing.objects.create(user=supporter.user, supervisor=a_supervisor())
        with pytest.raises(Forbidden):
            ready(supporter, supervisor)

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"outcome": "no", "look_again_on": None}, "readiness_outcome_known"),
            ({"ready_for": "life"}, "readiness_for_known"),
            ({"outcome": "not_now"}, "readiness_not_now_has_a_date"),
        ],
    )
    def test_database_is_the_last_judge(self, supporter, supervisor, fields, name):
        made = ready(supporter, supervisor)
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Readiness.objects.filter(pk=made.pk).update(**fields)
        # What nobody knows is neither of the two: each of the judges may be the first to say so.
        assert constraint_name(error.value) in {name, "readiness_not_now_has_a_date"}

    def test_database_refuses_a_review_of_oneself(self, supporter, supervisor):
        made = ready(supporter, supervisor)
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Readiness.objects.filter(pk=made.pk).update(reviewer=supporter.user)
        assert constraint_name(error.value) == "readiness_by_another"

    def test_database_refuses_a_state_that_nobody_knows(self, supporter):
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Supporter.objects.filter(pk=supporter.pk).update(state="odd")
        assert constraint_name(error.value) == "supporter_state_known"


class TestMending:
    def test_within_a_day_it_is_corrected_or_taken_back(self, supporter, supervisor):
        made = ready(supporter, supervisor)
        day = today() + timedelta(days=9)
        mended = correct_readiness(
            readiness=made, by=supervisor, held_on=today(), outcome="not_now", look_again_on=day, would_help="Rest"
        )
        assert (mended.outcome, mended.look_again_on) == ("not_now", day)
        withdraw_readiness(readiness=made, by=supervisor)
        assert not Readiness.objects.exists()
        with pytest.raises(Conflict):
            withdraw_readiness(readiness=made, by=supervisor)

    def test_after_a_day_it_stays(self, supporter, supervisor):
        made = ready(supporter, supervisor)
        with time_machine.travel(timezone.now() + timedelta(hours=25)):
            refused("too_late", lambda: withdraw_readiness(readiness=made, by=supervisor))
            refused(
                "too_late",
                lambda: correct_readiness(readiness=made, by=supervisor, held_on=today(), outcome=Outcome.READY),
            )

    def test_another_supervisor_mends_nothing(self, supporter, supervisor):
        made, other = ready(supporter, supervisor), a_supervisor()
        with pytest.raises(Forbidden):
            withdraw_readiness(readiness=made, by=other)

    def test_word_of_the_person_is_not_taken_away_with_it(self, supporter, supervisor):
        made = ready(supporter, supervisor)
        comment_readiness(readiness=made, by=supporter.user, comment="I see it so too")
        refused("commented", lambda: withdraw_readiness(readiness=made, by=supervisor))

    def test_conversation_that_opened_the_role_stays(self, supporter, supervisor):
        active(supporter, supervisor)
        made = Readiness.objects.get(ready_for=ReadyFor.LEADING)
        refused("role_began", lambda: withdraw_readiness(readiness=made, by=supervisor))


class TestWhoReads:
    def test_the_two_read_it_and_nobody_else(self, supporter, supervisor):
        made = ready(supporter, supervisor)
        assert list(Readiness.objects.visible_to(supporter.user)) == [made]
        assert list(Readiness.objects.visible_to(supervisor)) == [made]
        others = (
            a_supervisor(), factories.a_coordinator(), factories.an_analyst(), factories.a_privacy_officer(),
            factories.with_role(factories.a_user(), Role.ADMINISTRATOR), joining().user,
        )  # fmt: skip
        for other in others:
            assert not Readiness.objects.visible_to(other).exists()

    def test_reviewer_without_the_role_reads_nothing_any_more(self, supporter, supervisor):
        ready(supporter, supervisor)
        supervisor.roles.all()[0].delete()
        assert not Readiness.objects.visible_to(User.objects.get(pk=supervisor.pk)).exists()

    def test_comment_is_of_the_person_alone_and_can_be_emptied(self, supporter, supervisor):
        made = ready(supporter, supervisor)
        with pytest.raises(Forbidden):
            comment_readiness(readiness=made, by=supervisor, comment="mine")
        comment_readiness(readiness=made, by=supporter.user, comment=CANARY)
        assert Readiness.objects.get(pk=made.pk).commented_at
        assert comment_readiness(readiness=made, by=supporter.user, comment="").commented_at is None

    def test_own_copy_tells_everything_that_was_said(self, supporter, supervisor):
        ready(supporter, supervisor, talked_about={"support": CANARY})
        assert CANARY in json.dumps(as_data(held_about(supporter.user)))
        assert CANARY not in json.dumps(as_data(held_about(supervisor)))

    def test_look_again_rises_when_its_day_comes_and_no_longer_after_a_newer_one(self, supporter, supervisor):
        made = not_now(supporter, supervisor)
        assert not Readiness.objects.to_look_again(today()).exists()
        assert list(Readiness.objects.to_look_again(made.look_again_on)) == [made]
        ready(supporter, supervisor)
        assert not Readiness.objects.to_look_again(made.look_again_on).exists()


class TestRole:
    def test_role_begins_with_ready_before_leading(self, supporter, supervisor):
        ready(supporter, supervisor)
        refused("not_ready", lambda: begin_leading(supporter=supporter, by=supervisor))
        not_now(supporter, supervisor, ReadyFor.LEADING)
        refused("not_ready", lambda: begin_leading(supporter=supporter, by=supervisor))
        ready(supporter, supervisor, ReadyFor.LEADING)
        made = begin_leading(supporter=supporter, by=supervisor)
        assert made.state == SupporterState.ACTIVE
        assert [(row.role, row.region_id) for row in made.user.roles.all()] == [(Role.SUPPORTER, None)]

    def test_newest_conversation_counts(self, supporter, supervisor):
        ready(supporter, supervisor, held_on=today() - timedelta(days=3))
        assert is_ready(supporter.pk, ReadyFor.TRAINING)
        not_now(supporter, supervisor)
        assert not is_ready(supporter.pk, ReadyFor.TRAINING)

    def test_role_is_given_once(self, supporter, supervisor):
        active(supporter, supervisor)
        refused("state", lambda: begin_leading(supporter=supporter, by=supervisor))
        assert supporter.user.roles.count() == 1

    def test_nobody_gives_themselves_the_role(self, supporter, supervisor):
        ready(supporter, supervisor)
        ready(supporter, supervisor, ReadyFor.LEADING)
        with pytest.raises(Forbidden):
            begin_leading(supporter=supporter, by=supporter.user)

    def test_ending_takes_the_role_and_the_sessions_and_leaves_the_groups(self, supporter, supervisor):
        active(supporter, supervisor)
        group = factories.a_formal_group(factories.a_coordinator(), leads=0)
        GroupLead.objects.create(group=group, user=supporter.user, role="facilitator")
        epoch = User.objects.get(pk=supporter.pk).epoch
        end_role(supporter=supporter, by=supporter.user)
        end_role(supporter=supporter, by=supporter.user)
        account = User.objects.get(pk=supporter.pk)
        assert not account.roles.exists()
        assert account.epoch > epoch
        assert GroupLead.objects.filter(user=account).exists()

    def test_those_above_hear_of_the_end_once(self, supporter, supervisor, monkeypatch):
        heard = []
        monkeypatch.setattr(hooks, "_on_ended", [lambda user, by: heard.append((user, by))])
        active(supporter, supervisor)
        end_role(supporter=supporter, by=supporter.user)
        end_role(supporter=supporter, by=supporter.user)
        assert heard == [(supporter.user, supporter.user)]

    def test_coming_back_begins_the_way_again(self, supporter, supervisor):
        active(supporter, supervisor)
        end_role(supporter=supporter, by=supervisor)
        assert come_back(supporter=supporter, by=supporter.user).state == SupporterState.JOINING
        assert not supporter.user.roles.exists()
        # What both came to before they stopped opens nothing: they talk about it again.
        refused("not_ready", lambda: begin_leading(supporter=supporter, by=supervisor))
        ready(supporter, supervisor, ReadyFor.LEADING)
        assert begin_leading(supporter=supporter, by=supervisor).state == SupporterState.ACTIVE

    def test_ended_role_cannot_begin_without_coming_back(self, supporter, supervisor):
        active(supporter, supervisor)
        end_role(supporter=supporter, by=supporter.user)
        with pytest.raises(Forbidden):
            begin_leading(supporter=supporter, by=supervisor)

    @pytest.mark.parametrize("who", [factories.a_coordinator, factories.an_analyst, a_supervisor])
    def test_stranger_ends_nobodys_role(self, supporter, supervisor, who):
        Pairing.objects.create(user=supporter.user, supervisor=supervisor)
        other = who()
        with pytest.raises(Forbidden):
            end_role(supporter=supporter, by=other)

    def test_every_state_has_its_next_ones(self):
        assert set(SUPPORTER_TRANSITIONS) == set(SupporterState)


class TestMeetingAgain:
    @pytest.fixture
    def pair(self, supporter):
        earlier, member = factories.a_participant(), factories.a_participant()
        group = factories.a_formal_group(factories.a_coordinator(), leads=0)
        for one in (earlier, member):
            Membership.objects.create(group=group, participant=one)
        FormerTie.objects.create(user=supporter.user, key=key_of(earlier.user_id), own=True)
        FormerTie.objects.create(user=supporter.user, key=key_of(member.user_id))
        return supporter, member

    def test_each_says_so_separately_and_both_are_needed(self, pair):
        supporter, member = pair
        by = factories.a_coordinator()
        supporter_says(supporter=supporter, participant=member, by=by, yes=True)
        assert met_before([supporter.pk], [member.user_id])
        participant_says(supporter=supporter, participant=member, by=by, yes=True)
        assert not met_before([supporter.pk], [member.user_id])
        participant_says(supporter=supporter, participant=member, by=by, yes=False)
        assert met_before([supporter.pk], [member.user_id])

    def test_nothing_is_kept_of_two_noes(self, pair):
        supporter, member = pair
        by = factories.a_coordinator()
        supporter_says(supporter=supporter, participant=member, by=by, yes=True)
        supporter_says(supporter=supporter, participant=member, by=by, yes=True)
        supporter_says(supporter=supporter, participant=member, by=by, yes=False)
        assert not FormerAgreement.objects.exists()

    def test_only_coordinators_of_the_region_note_it(self, pair):
        supporter, member = pair
        others = (factories.a_coordinator("ON"), a_supervisor(), supporter.user, member.user)
        for other in others:
            with pytest.raises(Forbidden):
                supporter_says(supporter=supporter, participant=member, by=other, yes=True)

    def test_agreement_follows_the_file_that_is_kept_and_comes_back(self, pair):
        supporter, member = pair
        by, kept = factories.a_coordinator(), factories.a_participant()
        participant_says(supporter=supporter, participant=member, by=by, yes=True)
        moved = move_agreements(kept, member)
        assert FormerAgreement.objects.get().participant == kept
        agreements_back(kept, member, moved)
        assert FormerAgreement.objects.get().participant == member

    def test_interest_follows_the_file_that_is_kept_and_comes_back(self):
        kept, merged = factories.a_participant(), factories.a_participant()
        say_interest(by=merged.user, name=CANARY, address="new@example.org")
        moved = move_interest(kept, merged)
        assert (Interest.objects.get().user, Interest.objects.get().name) == (kept.user, CANARY)
        interest_back(kept, merged, moved)
        assert (Interest.objects.get().user, Interest.objects.get().name) == (merged.user, CANARY)


class TestErasure:
    def test_supporter_goes_and_their_groups_stay(self, supporter, supervisor):
        active(supporter, supervisor)
        group = factories.a_formal_group(factories.a_coordinator(), leads=0)
        GroupLead.objects.create(group=group, user=supporter.user, role="facilitator")
        FormerTie.objects.create(user=supporter.user, key=key_of(supervisor.pk))
        erase_everything(supporter.user)
        assert not Supporter.objects.filter(pk=supporter.pk).exists()
        assert not Supporter.history.filter(user_id=supporter.pk).exists()
        assert not Readiness.objects.exists()
        assert not FormerTie.objects.exists()
        group.refresh_from_db()
        assert User.objects.get(pk=supporter.pk).username.startswith("gone-")

    def test_participant_who_is_erased_is_nobody_in_the_ties_of_others(self, supporter):
        person = factories.a_participant(consents=())
        say_interest(by=person.user, name=CANARY, address="new@example.org")
        FormerTie.objects.create(user=supporter.user, key=key_of(person.user_id), own=True)
        erase_everything(person.user)
        tie = FormerTie.objects.get()
        assert bytes(tie.key) != key_of(person.user_id)
        assert tie.own, "as those have one who never took part"
        assert not Interest.objects.exists()
        assert not Participant.objects.filter(user=person.user, emptied_at__isnull=True).exists()
