"""Attacks on consent, rights and erasure: a stolen session, a curious insider, a careless operator, a late request.

Each was tried against what was built and went through, or would have.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from consent.models import Consent
from consent.services import sign, texts_in_force
from contact.models import OutboxMessage, ReminderChoice, SafeContact
from contact.services import set_safe_contact
from contact.services_reminders import set_reminders
from groups.models import Membership
from groups.services import add_member, establish
from intake.models import Participant
from intake.models_desk import Merge
from intake.services_merge import merge_files, undo_merge
from privacy import services, services_erasure
from privacy.models import Erasure, GlassGrant, RightsRequest
from privacy.services_breach import add_affected, approve_notices, decide_affected
from privacy.services_erasure import approve_erasure, carry_out, prepare_erasure
from privacy.services_glass import end_glass, review_glass
from privacy.services_paper import check_identity, record_request
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.choices import Role
from psp.context_vars import acting
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import User
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db
CANARY = "Canari-Attaque"


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.PSP_ERASURE_LEDGER = tmp_path / "ledgers" / "erasures.jsonl"


def browser_of(user: User) -> Browser:
    browser = Browser()
    make.sign_in(browser, user)
    return browser


def ask(participant: Participant) -> RightsRequest:
    me = participant.user
    return services.ask_erasure(person=me, disposal_text="I agree.", language="en", by=me)


def approved(participant: Participant) -> Erasure:
    erasure = prepare_erasure(request=ask(participant), by=make.a_privacy_officer())
    return approve_erasure(erasure=erasure, by=make.a_privacy_officer())


def erased(participant: Participant) -> Erasure:
    return services_erasure._carry_out(approved(participant).pk)


# --- The curious insider ---


def test_property_31_one_officer_alone_cannot_take_a_file_by_writing_down_a_request_that_nobody_made():
    person = make.a_participant(name=CANARY)
    officer, second = make.a_privacy_officer(), make.with_role(make.a_user(), Role.ADMINISTRATOR)
    values = {"kind": "access", "channel": "letter", "received_on": timezone.localdate()}
    asked = record_request(person=person.user, by=officer, **values)
    desk = browser_of(officer)
    assert desk.post(reverse("privacy:request_identity", args=[asked.pk])).status_code == 404
    with pytest.raises(Forbidden):
        check_identity(request=asked, by=officer)
    assert desk.post(reverse("privacy:request_copy", args=[asked.pk])).status_code == 409
    assert "You wrote this request down" in desk.get(reverse("privacy:request", args=[asked.pk])).content.decode()

    other = browser_of(second)
    assert person.reference in other.get(reverse("privacy:approvals")).content.decode()
    assert other.post(reverse("privacy:request_identity", args=[asked.pk])).status_code == 302
    asked.refresh_from_db()
    assert asked.identity_checked_by == second
    assert CANARY in desk.post(reverse("privacy:request_copy", args=[asked.pk])).content.decode()
    assert other.post(reverse("privacy:request_copy", args=[asked.pk])).status_code == 403


def test_rights_identity_checked_by_another():
    asked = make.an_access_request(make.a_participant())
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_rightsrequest SET identity_checked_by_id = recorded_by_id")
    assert constraint_name(refused.value) == "rights_identity_checked_by_another"
    assert asked.identity_checked_by_id


def test_property_31_file_that_the_officer_closed_is_not_opened_again_before_it_was_looked_at():
    coordinator, officer, person = make.a_coordinator("QC"), make.a_privacy_officer(), make.a_participant("ON")
    first = make.an_opening(coordinator, participant=person)
    end_glass(grant=first, by=officer)
    with pytest.raises(DomainError, match="looked_at_first"):
        make.an_opening(coordinator, participant=person)
    assert make.an_opening(make.a_coordinator("QC"), participant=person).by != coordinator
    review_glass(grant=first, review="talked", by=officer)
    second = make.an_opening(coordinator, participant=person)
    end_glass(grant=second, by=officer)
    review_glass(grant=second, review="breach", by=officer)
    with pytest.raises(DomainError, match="looked_at_first"):
        make.an_opening(coordinator, participant=person)


def test_property_31_one_hour_is_not_made_many_by_opening_again_and_again():
    coordinator, person = make.a_coordinator("QC"), make.a_participant("ON")
    for _hour in range(3):
        end_glass(grant=make.an_opening(coordinator, participant=person), by=coordinator)
    with pytest.raises(DomainError, match="looked_at_first"):
        make.an_opening(coordinator, participant=person)
    # Whoever goes around the service meets the trigger.
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        GlassGrant.objects.create(
            person=person.user, program_region=person.program_region, by=coordinator, reason="called", words="Again.",
            ends_at=timezone.now() + timedelta(minutes=1),
        )  # fmt: skip
    assert constraint_name(refused.value) == "glass_looked_at_first"


def test_glass_refusal_is_said_on_the_page():
    coordinator, person = make.a_coordinator("QC"), make.a_participant("ON")
    end_glass(grant=make.an_opening(coordinator, participant=person), by=make.a_privacy_officer())
    desk = browser_of(coordinator)
    found = desk.post(reverse("desk:elsewhere"), {"text": person.reference})
    values = {"token": found.context["form"].initial["token"], "reason": "called", "words": "Once more."}
    page = desk.post(reverse("desk:glass_open"), values).content.decode()
    assert "looks at your earlier openings" in page
    assert GlassGrant.objects.count() == 1


def test_property_31_people_added_after_the_page_was_read_are_not_told_with_it():
    officer, second = make.a_privacy_officer(), make.a_privacy_officer()
    breach = make.a_breach(by=officer, people=[make.a_participant()], ready=True)
    seen = breach.revision
    add_affected(breach=breach, person=make.a_participant().user_id, by=officer)
    decide_affected(breach=breach, people=None, confirmed=True, by=officer)
    with pytest.raises(Conflict, match="stale"):
        approve_notices(breach=breach, by=second, revision=seen)
    breach.refresh_from_db()
    assert approve_notices(breach=breach, by=second, revision=breach.revision) == 2


def test_property_31_whoever_agrees_to_an_export_reads_whose_part_of_the_log_it_is():
    officer, person, coordinator = make.a_privacy_officer(), make.a_participant(), make.a_coordinator()
    with acting(coordinator.pk):
        audit.record(Action.READ, person, person=person.user_id, purpose=Purpose.INTAKE)
    second = browser_of(make.a_privacy_officer())
    make.an_export(officer, person=person.user_id, actor=coordinator.pk)
    page = second.get(reverse("privacy:approvals")).content.decode()
    assert person.reference in page
    assert coordinator.username in page
    make.an_export(officer)
    assert "It is the whole log" in second.get(reverse("privacy:approvals")).content.decode()


# --- The wrong person's file ---


def test_property_31_file_that_may_be_somebody_elses_is_not_erased_with_the_one_that_asked():
    coordinator = make.a_coordinator("QC")
    asking, victim = make.a_participant(consents=()), make.a_participant(name=CANARY, consents=())
    request = ask(asking)
    merge = merge_files(kept=asking, merged=victim, by=coordinator)
    with pytest.raises(DomainError, match="uncertain"):
        prepare_erasure(request=request, by=make.a_privacy_officer())
    undo_merge(merge=merge, by=coordinator)
    erasure = prepare_erasure(request=request, by=make.a_privacy_officer())
    approve_erasure(erasure=erasure, by=make.a_privacy_officer())
    services_erasure._carry_out(erasure.pk)
    assert User.objects.get(pk=victim.user_id).name == CANARY
    assert Participant.objects.filter(pk=victim.pk).exists()


def test_erasure_of_files_joined_for_good():
    """The trigger, for whoever goes around the service."""
    coordinator = make.a_coordinator("QC")
    asking, victim = make.a_participant(consents=()), make.a_participant(consents=())
    erasure = prepare_erasure(request=ask(asking), by=make.a_privacy_officer())
    Merge.objects.create(kept=asking, merged=victim, by=coordinator)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(
            state="approved", approved_by=make.a_privacy_officer(), approved_at=timezone.now()
        )
    assert constraint_name(refused.value) == "erasure_of_files_joined_for_good"


def test_property_31_deletion_asked_under_one_identity_does_not_take_the_file_in_which_the_person_goes_on():
    coordinator = make.a_coordinator("QC")
    kept, merged = make.a_participant(consents=()), make.a_participant(consents=())
    request = ask(merged)
    merge_files(kept=kept, merged=merged, by=coordinator)
    Merge.objects.update(final_at=timezone.now())
    with pytest.raises(DomainError, match="uncertain"):
        prepare_erasure(request=request, by=make.a_privacy_officer())
    assert prepare_erasure(request=ask(kept), by=make.a_privacy_officer()).also == [merged.user_id]


# --- The stolen session ---


def test_person_hears_of_a_deletion_that_somebody_at_their_session_asked_for(smtp_sink):
    person = make.a_participant(consents=("taking_part", "contact_email"), language="en")
    set_safe_contact(person=person.user, by=person.user, email_safe=True)
    browser_of(person.user).post(reverse("rights:delete"), {"agrees": "on"})
    assert OutboxMessage.objects.get(template="notice_ready").person_id == person.user_id
    # Asking again and again does not flood the mailbox.
    services.take_back_request(request=RightsRequest.objects.get(), by=person.user)
    browser_of(person.user).post(reverse("rights:delete"), {"agrees": "on"})
    assert RightsRequest.objects.count() == 2
    assert OutboxMessage.objects.filter(template="notice_ready").count() == 1


def test_person_hears_of_a_request_that_somebody_wrote_down_in_their_name():
    person = make.a_participant(consents=("taking_part", "contact_email"))
    asked = make.an_access_request(person, checked=False)
    assert OutboxMessage.objects.filter(key=f"notice|{asked.pk}", person=person.user).exists()


def test_person_stops_a_deletion_that_somebody_wrote_down_in_their_name():
    person, officer = make.a_participant(), make.a_privacy_officer()
    values = {"kind": "erasure", "channel": "letter", "received_on": timezone.localdate(), "disposal_text": "Agreed."}
    asked = record_request(person=person.user, by=officer, **values)
    erasure = prepare_erasure(request=asked, by=officer)
    me = browser_of(person.user)
    page = me.get(reverse("rights:request", args=[asked.pk])).content.decode()
    assert reverse("rights:take_back", args=[asked.pk]) in page
    assert me.post(reverse("rights:take_back", args=[asked.pk])).status_code == 302
    assert Erasure.objects.get(pk=erasure.pk).state == "stopped"
    with pytest.raises(Conflict):
        approve_erasure(erasure=erasure, by=make.a_privacy_officer())


def test_file_is_not_merged_with_one_that_is_about_to_be_erased():
    """Its applications would change hands, and go with somebody else's file."""
    coordinator, victim = make.a_coordinator("QC"), make.a_participant(name=CANARY, consents=())
    make.an_application(victim, state="withdrawn")
    asking = make.a_participant(consents=())
    erasure = approved(asking)
    for one, other in ((asking, victim), (victim, asking)):
        with pytest.raises(DomainError, match="cannot_merge"):
            merge_files(kept=one, merged=other, by=coordinator)
    services_erasure._carry_out(erasure.pk)
    assert victim.applications.count() == 1


def test_merge_after_approval():
    """The trigger, for whoever goes around the service."""
    victim, asking = make.a_participant(), make.a_participant()
    approved(asking)
    for kept, merged in ((asking, victim), (victim, asking)):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Merge.objects.create(kept=kept, merged=merged, by=make.a_coordinator("QC"))
        assert constraint_name(refused.value) == "merge_after_approval"


# --- After the erasure ---


@pytest.fixture
def emptied():
    """A place in an established group whose person is erased, and the group's coordinator."""
    coordinator = make.a_coordinator("QC")
    made = make.an_accepted_participant("QC", by=coordinator, name=CANARY)
    group = make.a_formal_group(coordinator, members=4)
    add_member(group=group, participant=made, by=coordinator)
    establish(group=group, by=coordinator)
    erased(made)
    return coordinator, Participant.objects.get(pk=made.pk), group


def test_emptied_file_is_found_and_opened_by_nobody(emptied):
    coordinator, file, group = emptied
    desk = browser_of(coordinator)
    for path in (
        reverse("desk:file", args=[file.pk]), reverse("desk:consent_enter", args=[file.pk, "results"]),
    ):  # fmt: skip
        assert desk.get(path).status_code == 404
    page = desk.get(reverse("desk:group", args=[group.pk])).content.decode()
    assert "A place that is nobody’s any more" in page
    assert str(file.pk) not in page
    assert Membership.objects.filter(participant=file).count() == 1
    assert not Participant.objects.in_regions_of(coordinator).filter(pk=file.pk).exists()
    assert not Participant.objects.outside_regions_of(make.a_coordinator("ON")).filter(pk=file.pk).exists()
    with pytest.raises(Participant.DoesNotExist):
        Participant.objects.visible_to(coordinator).get(pk=file.pk)


@pytest.mark.parametrize("what", ["delete", "contact", "remind", "sign"])
def test_property_33_request_that_was_on_its_way_leaves_nothing_about_an_erased_person(what):
    made = make.a_participant()
    me, text = User.objects.get(pk=made.user_id), texts_in_force()["results"]
    ticked = [one["code"] for one in text.statements]
    acts = {
        "delete": lambda: services.ask_erasure(person=me, disposal_text="Late.", language="en", by=me),
        "contact": lambda: set_safe_contact(person=me, by=me, email_safe=True),
        "remind": lambda: set_reminders(person=me, by=me, wanted=(), none=True),
        "sign": lambda: sign(person=me, version=text, language="en", ticked=ticked, typed_name="Late"),
    }
    erased(made)
    with pytest.raises((IntegrityError, FieldError, Conflict)), transaction.atomic():
        acts[what]()
    assert not RightsRequest.objects.filter(person=me).exists()


@pytest.mark.parametrize("model", [RightsRequest, SafeContact, ReminderChoice, Consent])
def test_person_is_here(model):
    """The trigger itself: another person's row written once more, as one about somebody who is erased."""
    gone, other = make.a_participant(), make.a_participant()
    set_safe_contact(person=other.user, by=other.user, email_safe=True)
    set_reminders(person=other.user, by=other.user, wanted=(), none=True)
    make.a_correction(other)
    erased(gone)
    columns = [field.column for field in model._meta.concrete_fields]
    values = ["%s" if column == "person_id" else column for column in columns]
    table = model._meta.db_table
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE person_id = %s",
            [gone.user_id, other.user_id],
        )
    assert constraint_name(refused.value) == "person_is_here"


# --- At once ---


@pytest.mark.django_db(transaction=True)
def test_correction_that_is_answered_while_the_person_is_erased_ends_as_a_conflict():
    """Both lock the account first, so neither kills the other; who comes second finds nothing to answer."""
    made = make.a_participant("QC")
    request, erasure = make.a_correction(made), approved(made)
    coordinator, ended = make.a_coordinator("QC"), []

    def answers() -> None:
        try:
            services.answer_correction(request=request, accepted=True, answer="", by=coordinator, corrected="QC")
        except Exception as error:
            ended.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=made.user_id)
        answering = Thread(target=answers)
        answering.start()
        answering.join(0.5)
        assert answering.is_alive(), "the answer waits for whoever erases"
        services_erasure._carry_out(erasure.pk)
    answering.join(120)
    assert [getattr(error, "code", error) for error in ended] == ["gone"]
    assert carry_out(erasure.pk).state == "done"
    assert not Entry.objects.filter(model="privacy.rightsrequest", actor=coordinator.pk).exists()
