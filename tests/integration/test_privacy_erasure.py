"""Erasing a person: two people decide, everything goes, and what must stay knows nobody."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from consent.models import Consent
from consent.services import countersign
from contact.choices import OutboxState
from contact.models import OutboxMessage, SafeContact
from contact.services import queue_message, set_safe_contact
from groups.choices import GroupState, MembershipState
from groups.models import Membership
from groups.services import add_member, establish
from groups.services_inviting import invite
from intake.choices import MeetingState
from intake.models import Application, IntakeMeeting, KeepApart, NameKey, Participant
from intake.models_desk import Merge
from intake.models_drafts import Draft
from intake.services_merge import merge_files
from intake.services_preferences import set_preferences
from privacy import ledger, services, services_erasure
from privacy.choices import ErasureState, HoldKind
from privacy.datamap import Erased, declared, topics
from privacy.erasing import covered
from privacy.models import Erasure, RightsRequest
from privacy.replaying import replay
from privacy.services_erasure import (
    approve_erasure,
    carry_out,
    finish_erasures,
    prepare_disposal,
    prepare_erasure,
    stop_erasure,
)
from privacy.services_holds import close_hold, open_hold
from psp.audit.models import Entry
from psp.choices import Role
from psp.crypto import keyring
from psp.crypto.fields import digest_for
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.keys.models import DataKey
from psp.models import User
from sessions.models import Attendance, GroupSession
from tests.factories import (
    a_coordinator,
    a_facilitator,
    a_formal_group,
    a_participant,
    a_privacy_officer,
    a_user,
    agree,
    an_accepted_participant,
    sign_in,
    with_role,
)

pytestmark = pytest.mark.django_db
MODELS = {model._meta.label_lower: model for model in apps.get_models(include_auto_created=True)}
# Declared as deleted, and not by an eraser: saved forms while the address can be read (`intake.erasing.forget_drafts`),
# the key by the keyring, a short call names no account and goes by itself.
ELSEWHERE = ("intake.draft", "intake.addresscode", "keys.datakey", "intake.shortcall")
NAME, EMAIL, PHONE, WORDS = "Canari-Nom", "canari.parti@exemple.ca", "+1 613 555 0177", "Canari-Mots"


@pytest.fixture(autouse=True)
def book(settings, tmp_path):
    settings.PSP_ERASURE_LEDGER = tmp_path / "ledgers" / "erasures.jsonl"
    return settings.PSP_ERASURE_LEDGER


@pytest.fixture
def coordinator():
    return a_coordinator("QC")


@pytest.fixture
def full(coordinator) -> Participant:
    """Somebody with something of every kind, in a group that is established."""
    made = an_accepted_participant("QC", by=coordinator, name=NAME, email=EMAIL, language="en")
    me = made.user
    countersign(consent=agree(me, "contact_email"), by=coordinator)
    set_safe_contact(person=me, by=me, email_safe=True, phone=PHONE, call_safe=True, name_to_use=NAME)
    begin = timezone.now() - timedelta(days=2)
    IntakeMeeting.objects.create(
        application=made.applications.get(), coordinator=coordinator, starts_at=begin,
        ends_at=begin + timedelta(hours=1), state=MeetingState.HELD,
    )  # fmt: skip
    set_preferences(
        participant=made, by=me, languages=["fr"], compositions=["women"], availability=[[1080, 1200]],
        accessibility=WORDS,
    )  # fmt: skip
    group = a_formal_group(coordinator, members=4)
    invite(group=group, participant=made, by=coordinator)
    add_member(group=group, participant=made, by=coordinator)
    establish(group=group, by=coordinator)
    # The promised dates stand since the group does; this one was held before them.
    session = GroupSession.objects.create(group=group, number=11, starts_at=begin, ends_at=begin + timedelta(hours=1))
    Attendance.objects.create(session=session, participant=made, status="present", recorded_by=a_facilitator())
    queue_message(person=me, template="decision_ready", key="x", context={})
    noted_with = an_accepted_participant("QC").user
    for person, other in ((me, noted_with), (noted_with, me)):
        KeepApart.objects.create(person=person, other=other, program_region_id="QC", noted_by=coordinator)
    KeepApart.objects.create(person=me, name=WORDS, program_region_id="QC", noted_by=coordinator)
    NameKey.objects.create(user=me, form="exact", digest="d" * 64)
    services.ask_correction(person=me, item="other", text=WORDS, by=me)
    made.group = group
    return made


def ask(participant) -> RightsRequest:
    me = participant.user
    return services.ask_erasure(person=me, disposal_text="I agree.", language="en", by=me)


def decided(participant) -> Erasure:
    erasure = prepare_erasure(request=ask(participant), by=a_privacy_officer())
    return approve_erasure(erasure=erasure, by=a_privacy_officer())


def erase(participant) -> Erasure:
    """Prepared, approved and carried out, as in a task after the commit."""
    return done_inside(decided(participant))


def done_inside(erasure) -> Erasure:
    """`carry_out` without its own transaction: a test's is around it already."""
    return services_erasure._carry_out(erasure.pk)


def rows_about(person_id, participant_id) -> Counter[str]:
    """Every row of every table, history included, that points at the account or its file."""
    found: Counter[str] = Counter()
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.fields:
            target = field.related_model._meta.label_lower if field.related_model else ""
            key = {"psp.user": person_id, "intake.participant": participant_id}.get(target)
            if key and (count := model._base_manager.filter(**{field.attname: key}).count()):
                found[f"{model._meta.label_lower}.{field.name}"] += count
    return found


# --- What goes ---


def test_erasure_leaves_no_row_about_the_person_but_an_empty_account_and_an_empty_place(full):
    person, application = full.user_id, full.applications.get().pk
    before = rows_about(person, full.pk)
    assert len(before) > 25
    erasure = erase(full)
    assert set(rows_about(person, full.pk)) == {"groups.membership.participant", "intake.participant.user"}
    assert not Application.objects.filter(pk=application).exists()
    assert not User.history.filter(id=person).exists()
    assert not Participant.history.filter(id=full.pk).exists()
    account = User.objects.get(pk=person)
    assert account.username.startswith("gone-")
    for field in ("name", "sealed_email", "email", "name_index", "email_index"):
        assert not getattr(account, field), field
    assert not account.is_active
    file = Participant.objects.get(pk=full.pk)
    assert (file.reference != full.reference, file.modalities) == (True, [])
    assert erasure.state == ErasureState.DONE
    assert erasure.counts["consent.consent"] >= 2
    assert erasure.counts["groups.membership"] == 1


def test_data_map_says_of_each_table_what_an_erasure_does_to_it(full):
    """Row by row: what is declared as deleted is gone, what is declared as staying is still there."""
    before = {row.model: rows_of(row, full.user_id) for row in declared()}
    erase(full)
    wrong, seen = {}, set()
    for row in declared():
        keys = before[row.model]
        left = MODELS[row.model]._base_manager.using(row.alias).filter(pk__in=keys).count()
        stays = row.erased in {Erased.ANONYMISED, Erased.KEPT}
        if keys and left != (len(keys) if stays else 0):
            wrong[row.model] = (str(row.erased), len(keys), left)
        seen |= {row.erased} if keys else set()
    assert wrong == {}
    assert seen >= {Erased.DELETED, Erased.ANONYMISED, Erased.KEPT}


def rows_of(holding, person_id) -> list:
    """Keys of the rows that this declared table holds about the person, where a relation or an id leads there."""
    rows = MODELS[holding.model]._base_manager.using(holding.alias)
    try:
        return list(rows.filter(**{holding.path or "pk": person_id}).values_list("pk", flat=True))
    except (FieldError, ValueError):  # a keyed digest or a sealed text
        return []


def test_every_eraser_and_the_data_map_speak_of_the_same_tables():
    """A table that goes has an eraser, and what an eraser takes care of is not declared as kept."""
    team = {topic.code for topic in topics() if topic.team}
    about = {row.model: row.erased for row in declared()}
    goes = {row.model for row in declared() if row.erased == Erased.DELETED}
    goes |= {row.model for row in declared() if row.erased == Erased.ANONYMISED and row.topic not in team}
    assert sorted(goes - covered() - set(ELSEWHERE)) == []
    assert sorted(model for model in covered() if about.get(model) == Erased.KEPT) == []
    assert sorted(covered() - {row.model for row in declared()}) == []


def test_property_33_erasure_destroys_the_key_and_nothing_opens_any_more(full):
    token = bytes(SafeContact.objects.filter(person=full.user).values_list("phone", flat=True)[0])
    assert token
    kept = User.objects.get(pk=full.user_id)
    erase(full)
    assert not DataKey.objects.filter(person=full.user_id).exists()
    keyring.clear()
    kept.__dict__.pop("_name_opened", None)
    assert kept.name == ""  # the sealed value of before is still in this instance
    assert not User.objects.by_email(EMAIL).exists()
    # The address is free: whoever comes back is somebody new.
    assert a_user(kind="participant", email=EMAIL).pk != full.user_id


def test_erasure_says_in_the_access_log_who_did_what_by_opaque_ids(full):
    erasure = erase(full)
    entries = Entry.objects.filter(model="privacy.erasure", object_id=str(erasure.pk), person=full.user_id)
    assert [entry.action for entry in entries.order_by("id")] == ["create", "change", "change"]
    told = json.dumps([list(map(str, row)) for row in Entry.objects.values_list()])
    assert not [canary for canary in (NAME, EMAIL, PHONE, WORDS) if canary in told]


def test_every_model_about_a_person_has_an_eraser():
    """A new one fails here until its app says in its `erasing.py` what becomes of it."""
    not_about_participants = {
        "intake.shortcall", "groups.grouplead",
        "groups.peergroup", "audit.entry", "privacy.erasure", "privacy.disposalbatch", "privacy.standingapproval",
        "groups.forming", "groups.formingrun", "supporters.networkevent", "supporters.programtext", "reporting.given",
        "reporting.platformfigure", "reporting.release", "privacy.breach",
    }  # fmt: skip
    about = set()
    for model in apps.get_models():
        names = {field.related_model._meta.label_lower for field in model._meta.fields if field.related_model}
        owners = {"psp.user", "intake.participant", "intake.application", "consent.consent", "contact.outboxmessage"}
        if names & owners and not model._meta.model_name.startswith("historical"):
            about.add(model._meta.label_lower)
    assert sorted(about - covered() - not_about_participants) == []


def test_session_of_the_person_ends_and_others_stay(full, client):
    from tests.browser import Browser
    from tests.factories import sign_in

    mine, others = Browser(), Browser()
    sign_in(mine, full.user)
    sign_in(others, a_participant().user)
    assert Session.objects.count() == 2
    erase(full)
    assert Session.objects.count() == 1
    assert others.get("/en/my/").status_code == 200
    assert mine.get("/en/my/").status_code == 302
    assert not EmailAddress.objects.filter(user=full.user_id).exists()


def test_saved_form_under_the_same_address_goes_with_its_key():
    made = a_participant(email=EMAIL)
    draft = Draft(index=digest_for(Draft, "index", EMAIL), expires_at=timezone.now() + timedelta(days=1))
    keyring.create(draft.pk)
    draft.content = WORDS
    draft.save()
    erase(made)
    assert not Draft.objects.exists()
    assert not DataKey.objects.filter(person=draft.pk).exists()


# --- Groups ---


def test_established_group_keeps_its_count_not_the_person_and_stays_closed(full, coordinator):
    places = Membership.objects.filter(group=full.group)
    before = places.count()
    erase(full)
    assert places.count() == before
    gone = places.get(participant__user=full.user_id)
    assert (gone.state, gone.joined_at) == (MembershipState.LEFT, full.group.__class__.objects.get().established_at)
    assert not Membership.history.filter(id=gone.pk).exists()
    with pytest.raises(DomainError):
        add_member(group=full.group, participant=an_accepted_participant(by=coordinator), by=coordinator)
    assert not Attendance.objects.exists()


def test_group_that_is_still_forming_keeps_nothing(coordinator):
    made = an_accepted_participant("QC", by=coordinator)
    group = a_formal_group(coordinator, members=4)
    add_member(group=group, participant=made, by=coordinator)
    erase(made)
    assert Membership.objects.filter(group=group).count() == 4
    assert not Participant.objects.filter(user=made.user_id).exists()
    assert group.state == GroupState.FORMING


def test_group_page_of_coordinators_and_facilitators_shows_the_empty_place_as_nobodys(full, coordinator):
    from tests.browser import Browser
    from tests.factories import sign_in

    erase(full)
    desk = Browser()
    sign_in(desk, coordinator)
    for path in (f"/en/desk/groups/{full.group.pk}/", "/en/desk/"):
        answer = desk.get(path)
        assert answer.status_code == 200
        assert NAME not in answer.content.decode()


# --- Merged files, supporters ---


def test_merged_files_go_together_each_with_its_key(coordinator):
    kept, merged = a_participant(name="One", consents=()), a_participant(name="Other", consents=())
    merge_files(kept=kept, merged=merged, by=coordinator)
    Merge.objects.update(final_at=timezone.now())
    erasure = erase(kept)
    assert erasure.also == [merged.user_id]
    assert not DataKey.objects.filter(person__in=[kept.user_id, merged.user_id]).exists()
    assert not Participant.objects.filter(pk__in=[kept.pk, merged.pk]).exists()
    assert not Merge.objects.exists()
    assert len(ledger.lines()[0].who) == 2


def test_merge_between_preparing_and_approving_stops_the_approval(coordinator):
    kept, merged = a_participant(consents=()), a_participant(consents=())
    erasure = prepare_erasure(request=ask(kept), by=a_privacy_officer())
    merge_files(kept=kept, merged=merged, by=coordinator)
    Merge.objects.update(final_at=timezone.now())
    with pytest.raises(DomainError, match="changed"):
        approve_erasure(erasure=erasure, by=a_privacy_officer())


def test_supporter_who_was_a_participant_stays_a_supporter(coordinator):
    """Two identities: the file of the participant goes, the supporter's account has nothing to do with it."""
    supporter = a_facilitator(name="Same Person", email="supporter@exemple.ca")
    made = an_accepted_participant("QC", by=coordinator, name="Same Person", email=EMAIL)
    group = a_formal_group(coordinator)
    KeepApart.objects.create(person=made.user, other=supporter, program_region_id="QC", noted_by=coordinator)
    erase(made)
    assert User.objects.get(pk=supporter.pk).name == "Same Person"
    assert group.leads.count() == 1
    assert not KeepApart.objects.exists()
    with pytest.raises(DomainError, match="not_a_participant"):
        prepare_disposal(person=supporter, kept_until=timezone.now(), by=a_privacy_officer())


# --- Two people, and what stands against it ---


def test_property_31_the_one_who_prepared_never_approves_nor_does_anybody_without_the_office(coordinator):
    officer = a_privacy_officer()
    made = a_participant()
    request = ask(made)
    for by in (coordinator, made.user, a_participant().user):
        with pytest.raises(Forbidden):
            prepare_erasure(request=request, by=by)
    erasure = prepare_erasure(request=request, by=officer)
    assert prepare_erasure(request=request, by=a_privacy_officer()) == erasure
    for by in (officer, coordinator, made.user):
        with pytest.raises(Forbidden):
            approve_erasure(erasure=erasure, by=by)
    administrator = with_role(a_user(), Role.ADMINISTRATOR)
    assert approve_erasure(erasure=erasure, by=administrator).state == ErasureState.APPROVED
    assert approve_erasure(erasure=erasure, by=administrator).approved_by == administrator
    with pytest.raises(Conflict, match="decided"):
        approve_erasure(erasure=erasure, by=a_privacy_officer())


def test_property_31_without_agreement_nothing_goes_before_the_two_years():
    person, officer = a_participant().user, a_privacy_officer()
    early = prepare_disposal(person=person, kept_until=timezone.now() + timedelta(days=1), by=officer)
    with pytest.raises(DomainError, match="too_early"):
        approve_erasure(erasure=early, by=a_privacy_officer())
    due = prepare_disposal(person=a_participant().user, kept_until=timezone.now(), by=officer)
    approve_erasure(erasure=due, by=a_privacy_officer())
    assert done_inside(due).state == ErasureState.DONE


def test_hold_stops_preparing_and_approving_until_it_is_closed(full):
    officer, request = a_privacy_officer(), ask(full)
    hold = open_hold(person=full.user, kind=HoldKind.ACCESS, by=officer)
    with pytest.raises(DomainError, match="held"):
        prepare_erasure(request=request, by=officer)
    close_hold(hold=hold, by=officer)
    erasure = prepare_erasure(request=request, by=officer)
    hold = open_hold(person=full.user, kind=HoldKind.COMPLAINT, by=officer)
    with pytest.raises(DomainError, match="held"):
        approve_erasure(erasure=erasure, by=a_privacy_officer())
    assert User.objects.get(pk=full.user_id).is_active
    close_hold(hold=hold, by=officer)
    approve_erasure(erasure=erasure, by=a_privacy_officer())
    with pytest.raises(Conflict, match="erasure_begun"):
        open_hold(person=full.user, kind=HoldKind.ACCESS, by=officer)


def test_request_that_is_taken_back_stops_what_was_prepared_and_comes_too_late_after_the_approval(full):
    request = ask(full)
    erasure = prepare_erasure(request=request, by=a_privacy_officer())
    services.take_back_request(request=request, by=full.user)
    assert Erasure.objects.get(pk=erasure.pk).state == ErasureState.STOPPED
    with pytest.raises(Conflict):
        approve_erasure(erasure=erasure, by=a_privacy_officer())
    again = ask(full)
    erasure = prepare_erasure(request=again, by=a_privacy_officer())
    approve_erasure(erasure=erasure, by=a_privacy_officer())
    with pytest.raises(Conflict, match="erasure_begun"):
        services.take_back_request(request=again, by=full.user)


def test_deletion_that_was_stopped_is_prepared_again_under_the_number_that_the_person_knows(full):
    request, officer = ask(full), a_privacy_officer()
    first = prepare_erasure(request=request, by=officer)
    stop_erasure(erasure=first, by=officer)
    again = prepare_erasure(request=request, by=officer)
    assert again.pk != first.pk
    assert again.reference == first.reference
    done_inside(approve_erasure(erasure=again, by=a_privacy_officer()))
    assert list(Erasure.objects.filter(reference=first.reference, state=ErasureState.DONE)) == [again]


def test_two_deletions_that_stand_have_two_numbers():
    one = decided(a_participant())
    other = Erasure(person=uuid4(), reference=one.reference, cause=one.cause, disposal_text="I agree.",
                    prepared_by=a_privacy_officer())  # fmt: skip
    with pytest.raises(IntegrityError, match="erasure_number_once"), transaction.atomic():
        other.save(force_insert=True)


def test_approval_ends_taking_part_messages_and_the_account_at_once(full):
    decided(full)
    assert not Consent.objects.standing().filter(person=full.user).exists()
    assert not OutboxMessage.objects.waiting().filter(person=full.user).exists()
    assert not User.objects.get(pk=full.user_id).is_active
    assert full.applications.get().state == "withdrawn"
    assert full.user.history.latest("history_date").is_active is False


def test_signature_goes_only_with_an_approved_erasure(full):
    consent = Consent.objects.filter(person=full.user).first()
    erasure = prepare_erasure(request=ask(full), by=a_privacy_officer())
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Consent.objects.filter(pk=consent.pk)._raw_delete("default")
    assert constraint_name(caught.value) == "consent_signature_frozen"
    other = agree(a_participant().user)
    approve_erasure(erasure=erasure, by=a_privacy_officer())
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=other.pk)._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(text="Other")


# --- Faults ---


def test_erasure_waits_while_a_message_is_leaving_and_goes_on_afterwards(full):
    message = queue_message(person=full.user, template="decision_ready", key="leaving", context={})
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.SENDING, claimed_at=timezone.now())
    erasure = decided(full)
    with pytest.raises(Conflict, match="sending"), transaction.atomic():
        done_inside(erasure)
    assert DataKey.objects.filter(person=full.user_id).exists()
    assert ledger.lines() == []
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.SENT, finished_at=timezone.now())
    assert done_inside(erasure).state == ErasureState.DONE


@pytest.mark.django_db(transaction=True)
def test_erasure_that_was_killed_before_its_commit_is_unreadable_and_is_finished_by_beat(monkeypatch):
    made = a_participant(name=NAME, email=EMAIL)
    erasure = decided(made)

    class Killed(BaseException):
        """As a kill: nothing catches it, nothing is committed."""

    real = services_erasure.write_and_destroy

    def and_die(*arguments):
        real(*arguments)
        raise Killed

    monkeypatch.setattr(services_erasure, "write_and_destroy", and_die)
    with pytest.raises(Killed):
        carry_out(erasure.pk)
    monkeypatch.undo()
    keyring.clear()
    torn = User.objects.get(pk=made.user_id)
    assert bytes(User.objects.filter(pk=made.user_id).values_list("name", flat=True)[0])
    assert (torn.name, torn.is_active) == ("", False)
    assert finish_erasures() == 1
    assert User.objects.get(pk=made.user_id).username.startswith("gone-")
    assert len(ledger.lines()) == 1
    assert finish_erasures() == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_destroyed_when_the_ledger_cannot_be_written(settings, tmp_path):
    made = a_participant(name=NAME)
    erasure = decided(made)
    blocked = tmp_path / "a file, no folder"
    blocked.touch()
    settings.PSP_ERASURE_LEDGER = blocked / "erasures.jsonl"
    assert finish_erasures() == 0
    assert User.objects.get(pk=made.user_id).name == NAME
    assert Erasure.objects.get(pk=erasure.pk).state == ErasureState.APPROVED
    settings.PSP_ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    assert finish_erasures() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_one_approval():
    made = a_participant()
    erasure = prepare_erasure(request=ask(made), by=a_privacy_officer())
    officers = [a_privacy_officer() for _number in range(6)]
    outcome = at_once([lambda by=by: approve_erasure(erasure=erasure, by=by) for by in officers])
    assert outcome == {"done": 1, "decided": 5}


@pytest.mark.django_db(transaction=True)
def test_hold_and_approval_at_once_one_of_them_stands():
    officer = a_privacy_officer()
    for _round in range(5):
        person = a_participant()
        erasure = prepare_erasure(request=ask(person), by=officer)
        outcome = at_once(
            [
                lambda person=person: open_hold(person=person.user, kind=HoldKind.ACCESS, by=officer),
                lambda erasure=erasure: approve_erasure(erasure=erasure, by=a_privacy_officer()),
            ]
        )
        assert outcome in ({"done": 1, "held": 1}, {"done": 1, "erasure_begun": 1}), outcome


def at_once(calls) -> Counter[str]:
    start = Barrier(len(calls))
    outcome: Counter[str] = Counter()

    def run(call) -> None:
        start.wait(150)
        try:
            call()
            outcome["done"] += 1
        except DomainError as error:
            outcome[error.code] += 1
        except Exception as error:
            outcome[repr(error)] += 1
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


# --- The ledger ---


def test_ledger_names_nobody_and_shows_what_was_changed(full, book):
    erase(full)
    erase(a_participant())
    text = book.read_text()
    assert not [canary for canary in (NAME, EMAIL, str(full.user_id), full.reference) if canary in text]
    assert book.stat().st_mode & 0o777 == 0o600
    assert [line.number for line in ledger.lines()] == [1, 2]
    first, second = text.splitlines()
    for broken in (f"{second}\n", f"{second}\n{first}\n", text.replace('"number": 1', '"number": 3'), "nonsense\n"):
        book.write_text(broken)
        with pytest.raises(ledger.LedgerBroken):
            ledger.lines()
    book.write_text(text + second[:40])  # the machine stopped while a line was being written
    assert len(ledger.lines()) == 2
    erase(a_participant())
    assert [line.number for line in ledger.lines()] == [1, 2, 3]


def test_ledger_of_another_key_is_refused(full, book, settings):
    from tests.environment import key

    erase(full)
    settings.PSP_AUDIT_KEY = key()
    with pytest.raises(ledger.LedgerBroken):
        ledger.lines()


def test_only_the_owner_of_the_tables_carries_out_again_what_the_ledger_says(full):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Erasure.objects.create(person=full.user_id, cause="request", state="approved", replayed_at=timezone.now())
    assert constraint_name(caught.value) == "erasure_replayed_by_owner"


def test_ledger_that_lost_its_end_destroys_nothing_more_and_replays_nothing(full, book):
    """Lines cut off the end follow from each other all the same; the database knows better."""
    erase(a_participant())
    second = erase(a_participant())
    book.write_bytes(book.read_bytes().splitlines(keepends=True)[0])
    erasure = decided(full)
    with pytest.raises(ledger.LedgerBroken, match="lacks 1 erasures"), transaction.atomic():
        done_inside(erasure)
    assert DataKey.objects.filter(person=full.user_id).exists()
    with pytest.raises(ledger.LedgerBroken, match="lacks 1 erasures"):
        replay()
    assert str(second.pk) not in book.read_text()


def test_sessions_of_before_a_restore_end_with_the_replay(client):
    """Whoever signed out, lost a role or left quickly since then is not signed in again by the backup."""
    sign_in(client, a_participant().user)
    replay()
    assert client.get("/en/my/").status_code == 302


# --- The command ---


@pytest.mark.django_db(transaction=True)
def test_command_prepares_for_the_first_and_carries_out_for_the_second(capsys):
    made = a_participant()
    first, second = a_privacy_officer(), a_privacy_officer()
    with pytest.raises(CommandError) as nobody_asked:
        call_command("erase_person", made.reference, by=first.username)
    assert nobody_asked.value.returncode == 2
    ask(made)
    call_command("erase_person", made.reference, by=first.username)
    assert "prepared" in capsys.readouterr().out
    with pytest.raises(CommandError) as same_person:
        call_command("erase_person", str(made.user_id), by=first.username)
    assert same_person.value.returncode == 2
    call_command("erase_person", str(made.user_id), by=second.username)
    assert "done" in capsys.readouterr().out
    assert not DataKey.objects.filter(person=made.user_id).exists()


@pytest.mark.parametrize("by", ["nobody.here", "closed"])
def test_command_refuses_an_account_that_cannot_act(by):
    a_user(username="closed", is_active=False)
    with pytest.raises(CommandError) as caught:
        call_command("erase_person", a_participant().reference, by=by)
    assert caught.value.returncode == 2
