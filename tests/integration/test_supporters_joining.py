"""From an interest to an account of its own, with nothing that leads back ([NH] rules 28 and 34)."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from contact.models import OutboxMessage
from groups.models import Membership, PeerGroup
from psp.audit.models import Entry
from psp.choices import Kind, Role
from psp.context_vars import actor_id, request_id
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import ProgramRegion, User
from supporters.choices import SupporterState
from supporters.joining.cooling import Past, earliest
from supporters.joining.former import PAD_TO, has_gone_on, key_of, ties_of
from supporters.joining.services_interest import (
    begins,
    interest_of,
    leave_it,
    note_interest,
    say_interest,
    take_back_interest,
    take_up,
)
from supporters.joining.services_opening import forget_noted, open_accounts, send_link_again
from supporters.joining.services_role import end_role
from supporters.models import CareSetting, FormerTie, Interest, Supporter
from tests import factories

pytestmark = pytest.mark.django_db

NAME, ADDRESS = "Camille of the hills", "new.role@example.org"


def a_supervisor(**fields) -> User:
    return factories.with_role(factories.a_user(**fields), Role.SUPERVISOR)


@pytest.fixture
def supervisor():
    return a_supervisor()


@pytest.fixture
def person():
    return factories.a_participant()


def said(person, name: str = NAME, address: str = ADDRESS) -> Interest:
    return say_interest(by=person.user, name=name, address=address)


def noted(supervisor, **fields) -> Interest:
    values = {"name": NAME, "address": ADDRESS, "language": "en"} | fields
    return note_interest(by=supervisor, program_region=ProgramRegion.objects.get(code="ON"), **values)


def gone_on(person, supervisor, **fields) -> Supporter:
    take_up(interest=said(person, **fields), by=supervisor)
    before = set(Supporter.objects.values_list("pk", flat=True))
    assert open_accounts(timezone.now()) == 1
    return Supporter.objects.exclude(pk__in=before).get()


def a_past_group(person, *, left: datetime) -> PeerGroup:
    group = factories.a_formal_group(factories.a_coordinator(), members=3)
    Membership.objects.create(group=group, participant=person)
    PeerGroup.objects.filter(pk=group.pk).update(state="established", established_at=left - timedelta(days=1))
    Membership.objects.filter(group=group, participant=person).update(state="left", left_at=left)
    return group


def refused(code: str, do) -> DomainError:
    with pytest.raises(DomainError) as error:
        do()
    assert error.value.code == code
    return error.value


class TestSaying:
    def test_interest_is_sealed_under_the_key_of_the_participant(self, person):
        interest = said(person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, address FROM supporters_interest")
            row = b"".join(bytes(value) for value in cursor.fetchone())
        assert NAME.encode() not in row
        assert ADDRESS.encode() not in row
        keyring.destroy(person.user_id)
        keyring.clear()
        assert Interest.objects.get(pk=interest.pk).name == ""

    def test_saying_it_again_changes_it_and_is_not_two(self, person):
        said(person)
        again = said(person, name="Another name", address="other@example.org")
        assert Interest.objects.get() == again
        assert (again.name, again.address) == ("Another name", "other@example.org")

    def test_taking_it_back_leaves_nothing_and_is_harmless_twice(self, person):
        interest = said(person)
        take_back_interest(interest=interest, by=person.user)
        take_back_interest(interest=interest, by=person.user)
        assert not Interest.objects.exists()

    def test_only_participants_say_it_for_themselves(self, supervisor):
        with pytest.raises(Forbidden):
            say_interest(by=supervisor, name=NAME, address=ADDRESS)

    def test_nobody_takes_back_what_another_said(self, person, supervisor):
        interest = said(person)
        for other in (supervisor, factories.a_participant().user):
            with pytest.raises(Forbidden):
                take_back_interest(interest=interest, by=other)

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("name", "  ", "name"), ("name", "x" * 81, "name"), ("address", "nothing", "address"),
            ("address", "x" * 260 + "@example.org", "address"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_used_is_said_at_its_field(self, person, field, value, code):
        error = refused(code, lambda: said(person, **{field: value}))
        assert error.field == field

    def test_new_role_needs_a_name_and_an_address_of_its_own(self):
        person = factories.a_participant(name="Élodie", email="me@example.org")
        refused("same_name", lambda: said(person, name="elodie"))
        refused("same_address", lambda: said(person, address=" ME@example.org"))

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_refusal_is_a_sentence_in_each_language(self, person, language):
        a_past_group(person, left=timezone.now())
        with override(language):
            error = refused("cooling_off", lambda: said(person))
            assert str((timezone.localdate() + timedelta(days=365)).year) in str(error.message)


class TestCoolingOff:
    def test_earliest_day_follows_the_last_group(self):
        past = [Past(None, False, date(2026, 1, 10)), Past(None, False, date(2026, 3, 1)), Past(None, False, None)]
        assert earliest(past, 10).on == date(2026, 3, 11)
        assert earliest([], 10).open(date(2026, 1, 1))
        assert not earliest([*past, Past(None, True, None)], 0).open(date(2030, 1, 1))

    def test_person_waits_until_the_day_and_can_say_so_on_it(self, person):
        left = datetime(2026, 3, 2, 17, tzinfo=UTC)
        a_past_group(person, left=left)
        with time_machine.travel(left + timedelta(days=364), tick=False):
            refused("cooling_off", lambda: said(person))
        with time_machine.travel(left + timedelta(days=365), tick=False):
            assert said(person).pk

    def test_days_are_a_setting_of_the_program(self, person):
        left = timezone.now() - timedelta(days=40)
        a_past_group(person, left=left)
        settings = CareSetting.objects.get()
        settings.cooling_off_days = 30
        settings.save()
        assert begins(person.user).open(timezone.localdate())

    def test_running_group_comes_first(self, person):
        group = factories.a_formal_group(factories.a_coordinator())
        Membership.objects.create(group=group, participant=person)
        refused("in_group", lambda: said(person))
        assert interest_of(person.user) is None

    def test_group_joined_after_it_was_said_holds_it_up(self, person, supervisor):
        interest = said(person)
        a_past_group(person, left=timezone.now())
        refused("too_early", lambda: take_up(interest=interest, by=supervisor))

    def test_group_joined_after_it_was_taken_up_gives_it_back(self, person, supervisor):
        interest = said(person)
        take_up(interest=interest, by=supervisor)
        a_past_group(person, left=timezone.now())
        assert open_accounts(timezone.now()) == 0
        assert Interest.objects.get(pk=interest.pk).taken_up_at is None
        assert not Supporter.objects.exists()

    def test_supervisor_does_not_learn_why_it_is_too_early(self, person, supervisor):
        interest = said(person)
        a_past_group(person, left=timezone.now())
        message = str(refused("too_early", lambda: take_up(interest=interest, by=supervisor)).message)
        assert "group" not in message
        assert str(timezone.localdate().year) not in message


class TestTakingUp:
    def test_account_is_of_a_supporter_without_any_role(self, person, supervisor):
        made = gone_on(person, supervisor)
        user = made.user
        assert made.state == SupporterState.JOINING
        assert (user.kind, user.name, user.sealed_email) == (Kind.SUPPORTER, NAME, ADDRESS)
        assert user.language == person.user.language
        assert not user.roles.exists()
        assert not user.has_usable_password()
        assert user.needs_second_factor

    def test_interest_is_gone_and_the_person_is_not_asked_again(self, person, supervisor):
        gone_on(person, supervisor)
        assert not Interest.objects.exists()
        assert has_gone_on(person.user_id)
        refused("gone_on", lambda: said(person))

    def test_neutral_link_goes_to_the_new_address_alone(self, person, supervisor):
        made = gone_on(person, supervisor)
        message = OutboxMessage.objects.get(template_id="password_link")
        assert message.person_id == made.user_id

    def test_taking_up_twice_is_one_account(self, person, supervisor):
        interest = said(person)
        take_up(interest=interest, by=supervisor)
        refused("on_its_way", lambda: take_up(interest=interest, by=a_supervisor()))
        refused("on_its_way", lambda: said(person))
        assert open_accounts(timezone.now()) == 1
        assert open_accounts(timezone.now()) == 0
        with pytest.raises(Conflict):
            take_up(interest=interest, by=supervisor)

    def test_taken_up_by_mistake_is_left_again(self, person, supervisor):
        interest = take_up(interest=said(person), by=supervisor)
        leave_it(interest=leave_it(interest=interest, by=supervisor), by=supervisor)
        assert open_accounts(timezone.now()) == 0
        assert Interest.objects.open().get() == interest

    def test_person_can_take_it_back_until_the_account_is_there(self, person, supervisor):
        interest = take_up(interest=said(person), by=supervisor)
        take_back_interest(interest=interest, by=person.user)
        assert open_accounts(timezone.now()) == 0

    @pytest.mark.parametrize(
        "who", [factories.a_coordinator, factories.an_analyst, factories.a_privacy_officer, factories.a_facilitator]
    )
    def test_only_supervisors_take_up(self, person, who):
        interest, other = said(person), who()
        with pytest.raises(Forbidden):
            take_up(interest=interest, by=other)
        assert not Interest.objects.visible_to(other).exists()

    def test_address_that_is_in_use_asks_for_another_and_tells_nobody_whose(self, person, supervisor):
        factories.a_user(email=ADDRESS)
        take_up(interest=said(person), by=supervisor)
        assert open_accounts(timezone.now()) == 0
        found = Interest.objects.get()
        assert found.address_taken
        assert found.taken_up_at is None
        said(person, address="one.more@example.org")
        assert not Interest.objects.get().address_taken

    def test_noted_address_tells_nobody_whether_somebody_here_has_it(self, supervisor):
        known = factories.a_participant(email="known@example.org")
        made = []
        for address in ("known@example.org", "nobody.here@example.org"):
            take_up(interest=noted(supervisor, address=address), by=supervisor)
            assert open_accounts(timezone.now()) == 1
            made.append(Supporter.objects.order_by("since").last())
            assert not Interest.objects.exists()
            send_link_again(supporter=made[-1], by=supervisor)
        assert not OutboxMessage.objects.filter(person=made[0].user).exists()
        assert OutboxMessage.objects.filter(person=made[1].user).exists()
        assert not OutboxMessage.objects.filter(person=known.user).exists()

    def test_link_is_sent_again_until_somebody_has_signed_in(self, person, supervisor):
        made = gone_on(person, supervisor)
        send_link_again(supporter=made, by=supervisor)
        assert OutboxMessage.objects.filter(person=made.user, template_id="password_link").count() == 2
        User.objects.filter(pk=made.pk).update(last_login=timezone.now())
        refused("signed_in_before", lambda: send_link_again(supporter=made, by=supervisor))


class TestNoted:
    """Somebody who takes part in nothing here."""

    def test_noted_interest_has_a_key_of_its_own_that_goes_with_it(
        self, supervisor, django_capture_on_commit_callbacks
    ):
        interest = noted(supervisor)
        assert Interest.objects.get().address == ADDRESS
        with django_capture_on_commit_callbacks(execute=True):
            take_back_interest(interest=interest, by=a_supervisor())
        assert keyring.key_of(interest.pk) is None

    def test_interest_noted_by_two_presses_is_one(self, supervisor):
        first = noted(supervisor)
        assert noted(supervisor).pk == first.pk
        assert noted(supervisor, address="other@example.org").pk != first.pk
        assert noted(a_supervisor()).pk != first.pk, "who noted what is not told to others by this"

    def test_noted_interest_goes_on_with_ties_of_nobody_as_many_as_anybody_has(self, supervisor, person):
        take_up(interest=noted(supervisor), by=supervisor)
        assert open_accounts(timezone.now()) == 1
        made = Supporter.objects.get()
        assert made.program_region_id == "ON"
        theirs = [own for _key, own in ties_of(person.user_id).items()]
        assert sorted(FormerTie.objects.filter(user=made.user).values_list("own", flat=True)) == sorted(theirs)
        assert not has_gone_on(person.user_id)

    def test_noted_interest_does_not_lie_for_ever(self, supervisor, person):
        noted(supervisor)
        said(person, address="mine@example.org")
        assert forget_noted(timezone.now() + timedelta(days=364)) == 0
        assert forget_noted(timezone.now() + timedelta(days=366)) == 1
        assert Interest.objects.get().user == person.user

    def test_language_is_one_of_the_two(self, supervisor):
        refused("language", lambda: noted(supervisor, language="de"))

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"noted_by": None}, "interest_of_one_kind"),
            ({"taken_up_at": datetime(2026, 1, 1, tzinfo=UTC)}, "interest_taken_up_by_somebody"),
        ],
    )
    def test_database_refuses_half_a_row(self, supervisor, fields, name):
        interest = noted(supervisor)
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Interest.objects.filter(pk=interest.pk).update(**fields)
        assert constraint_name(error.value) == name


def rows_about(account) -> dict[str, list[dict]]:
    """Every row of every table in which this account's id stands, as text."""
    found: dict[str, list[dict]] = {}
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed or model._meta.app_label == "keys":
            continue
        for row in model._base_manager.values():
            if any(str(account) in str(value) for value in row.values()):
                found.setdefault(model._meta.label_lower, []).append(row)
    return found


class TestNothingLeadsBack:
    """Whoever reads the whole database cannot tell that two accounts are one person."""

    # What says nothing about a person: states, yes and no, numbers of settings, the region and the language.
    SHARED = frozenset({"region_id", "program_region_id", "language", "time_zone", "kind", "password"})

    def dump(self, person, supervisor):
        a_past_group(person, left=timezone.now() - timedelta(days=400))
        actor_id.set(person.user_id)
        request_id.set("one")
        interest = said(person)
        actor_id.set(supervisor.pk)
        request_id.set("two")
        take_up(interest=interest, by=supervisor)
        actor_id.set(None)
        request_id.set("three")
        assert open_accounts(timezone.now()) == 1
        made = Supporter.objects.get()
        return rows_about(person.user_id), rows_about(made.pk), made, interest

    def test_no_row_names_both(self, person, supervisor):
        earlier, later, made, interest = self.dump(person, supervisor)
        assert earlier
        assert later
        assert str(made.pk) not in str(earlier)
        assert str(person.user_id) not in str(later)
        assert str(person.pk) not in str(later)
        assert str(interest.pk) not in str(later)

    def test_no_value_of_one_account_stands_in_a_row_of_the_other(self, person, supervisor):
        earlier, later, _made, _interest = self.dump(person, supervisor)
        names = {str(value) for value in self.values(earlier)}
        assert names & {str(value) for value in self.values(later)} == set()

    def values(self, rows):
        """What could tie two rows together: ids, digests, sealed texts, addresses, moments, requests."""
        for label, some in rows.items():
            for row in some:
                for name, value in row.items():
                    is_number = isinstance(value, (bool, int)) or value in (None, "", b"", "{}", "[]")
                    told = f"{label}.{name}"
                    if not is_number and name not in self.SHARED and told not in KNOWN_TO_BE_ALIKE:
                        yield bytes(value).hex() if isinstance(value, memoryview) else value

    def test_log_of_the_participant_says_only_that_it_went_on(self, person, supervisor):
        _earlier, _later, made, _interest = self.dump(person, supervisor)
        mine = Entry.objects.filter(person=person.user_id, model="supporters.interest")
        assert sorted(mine.values_list("action", "fields")) == [("change", "taken_up_at"), ("create", "")]
        new = Entry.objects.filter(person=made.pk)
        assert set(new.values_list("actor", flat=True)) == {None}
        assert not set(mine.values_list("request_id", flat=True)) & (
            set(new.values_list("request_id", flat=True)) - {""}
        )

    def test_ties_do_not_show_which_of_them_is_whom(self, person, supervisor):
        _earlier, _later, made, _interest = self.dump(person, supervisor)
        keys = {bytes(key) for key in FormerTie.objects.filter(user=made.user).values_list("key", flat=True)}
        assert key_of(person.user_id) in keys
        assert person.user_id.bytes not in b"".join(keys)
        assert len(keys) == PAD_TO


# Alike for everybody, or for everybody who does the same: they tell nobody apart.
KNOWN_TO_BE_ALIKE = frozenset(
    {
        "audit.entry.action", "audit.entry.purpose", "audit.entry.model", "audit.entry.fields",
        "supporters.supporter.state", "supporters.historicalsupporter.state",
        "supporters.historicalsupporter.history_type", "psp.historicaluser.history_type",
        "groups.historicalmembership.history_type", "intake.historicalparticipant.history_type",
        "contact.outboxmessage.state", "contact.outboxmessage.reason", "account.emailaddress.verified",
    }
)  # fmt: skip


def test_account_that_ended_says_no_role_and_no_reason(person, supervisor):
    made = gone_on(person, supervisor)
    ended = end_role(supporter=made, by=made.user)
    assert ended.state == SupporterState.ENDED
    assert not hasattr(ended, "reason")


def test_opening_many_takes_a_fraction_of_a_second_each(supervisor):
    for number in range(5):
        take_up(interest=noted(supervisor, address=f"n{number}@example.org"), by=supervisor)
    begun = time.monotonic()
    assert open_accounts(timezone.now()) == 5
    assert time.monotonic() - begun < 5
