"""Files of those who worked here go two years after they stopped: all of it, and nothing of others.

Needs real transactions: disposals go in steps of their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from intake.models import Application, WeeklyHours
from privacy.choices import HoldKind
from privacy.choices_retention import BatchState, ItemState, RecordType
from privacy.datamap import EARLIER, Erased, holdings
from privacy.disposing import carry_out
from privacy.models import DisposalBatch, DisposalItem, Erasure, Finding
from privacy.retention import rows_of as rows_of_type
from privacy.services_erasure import prepare_disposal
from privacy.services_holds import open_hold
from privacy.services_retention import files, propose
from psp.crypto import keyring
from psp.errors import constraint_name
from psp.models import RoleAssignment, User
from supporters.hours.services import approve_hours, seen_of, submit_hours
from supporters.models import HoursLine, PayExportPerson, SupervisionMeeting
from supporters.supervision.services_talks import ask_talk
from tests import factories as make
from tests.hours import a_day_ago, a_line, a_pair, of, paid
from tests.integration.test_privacy_erasure import MODELS, rows_of
from tests.joining import a_conversation, somebody_joining
from tests.retention import a_rule, an_old_participant
from tests.retention import approved as by_two
from tests.training import a_completion, as_learner
from tests.wellbeing import a_check_in

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timedelta(days=3 * 366)


@pytest.fixture(autouse=True)
def a_ledger_of_its_own(settings, tmp_path):
    settings.PSP_ERASURE_LEDGER = tmp_path / "erasures.jsonl"


def then(ago: timedelta = LONG_AGO) -> datetime:
    return timezone.now() - ago


def closed(user: User) -> User:
    """As an administrator closes an account; whatever the person was in the middle of stays as it was."""
    user.is_active = False
    user.save()
    return user


def without_roles(user: User) -> User:
    for role in user.roles.all():
        role.delete()
    return User.objects.get(pk=user.pk)


def due() -> set:
    return {one.person for one in files(a_rule(RecordType.TEAM), timezone.localdate())}


def dispose() -> DisposalBatch:
    batch = propose(a_rule(RecordType.TEAM), timezone.localdate())
    assert batch is not None
    carry_out(by_two(batch).pk)
    return DisposalBatch.objects.get(pk=batch.pk)


def a_lead_with_everything() -> User:
    """Long ago got ready, learned, was supervised, worked and was paid. The account was closed, and nothing else."""
    with time_machine.travel(then(), tick=True):
        lead, supervisor = a_pair()
        as_learner(lead, supervisor=supervisor)
        a_completion(lead, supervisor)
        a_conversation(lead, supervisor)
        make.acknowledge(lead, "supporter")
        make.a_concern(user=lead)
        a_check_in(lead)
        ask_talk(by=lead, asked=None, when="now")
        SupervisionMeeting.objects.create(
            user=lead, supervisor=supervisor, kind="one", held_on=timezone.localdate(), minutes=30
        )
        paid(a_line(lead, day=a_day_ago(60)), supervisor)
        a_line(lead)
        make.a_group(make.a_coordinator()).leads.create(user=lead, role="facilitator")
        return closed(lead)


def a_coordinator_with_everything() -> User:
    """Long ago; what they decided about others was used since."""
    with time_machine.travel(then(), tick=True):
        gone = make.a_bookable_coordinator("QC")
        make.a_finding(gone)
        LogEntry.objects.create(user=gone, action_flag=2, object_repr="x")
        closed(gone)
    made = make.an_application(make.a_participant("QC"), assigned_to=gone, decided_by=gone)
    made.assigned_to = None
    made.save()
    return gone


def test_everything_of_somebody_who_stopped_long_ago_goes_and_what_they_did_for_others_stays():
    lead, gone = a_lead_with_everything(), a_coordinator_with_everything()
    people = (lead, gone)
    assert due() >= {lead.pk, gone.pk}
    before = [(row, rows_of(row, one.pk)) for row in holdings() for one in people if row.model in MODELS]
    batch = dispose()
    assert (batch.state, batch.counts) == (BatchState.DONE, {"disposed": batch.found})
    left = {
        row.model
        for row, keys in before
        if row.erased == Erased.DELETED
        and MODELS[row.model]._base_manager.using(row.alias).filter(pk__in=keys).exists()
    }
    assert left == set()
    went = {row.model for row, keys in before if keys and row.erased == Erased.DELETED}
    assert went >= {
        "supporters.supporter", "supporters.historicalsupporter", "supporters.readiness", "supporters.acknowledgement",
        "supporters.qualification", "supporters.enrolment", "supporters.pairing", "supporters.supervisionmeeting",
        "supporters.talk", "supporters.checkin", "supporters.leadconcern", "psp.historicalroleassignment",
        "intake.weeklyhours", "intake.bookingterms", "admin.logentry", "keys.datakey",
    }  # fmt: skip
    for one in people:
        account = User.objects.get(pk=one.pk)
        assert (account.username[:5], bytes(account.sealed_email or b""), account.is_active) == ("gone-", b"", False)
        assert keyring.key_of(one.pk) is None
        assert not User.history.filter(id=one.pk).exists()
    assert not WeeklyHours.objects.filter(coordinator=gone).exists()
    assert not Finding.objects.exists()
    # Of others: the decision, and what stood there before it was changed.
    assert Application.objects.get().decided_by == gone
    assert list(Application.history.order_by("history_id").values_list("assigned_to", flat=True)) == [gone.pk, None]
    # What was paid is nobody's for the rest of its six years; what was never handed in is gone.
    line = HoursLine.objects.get()
    assert (line.user_id, line.state, line.about, line.starts_at) == (lead.pk, "exported", None, None)
    assert PayExportPerson.objects.get().key == ""
    assert due().isdisjoint({lead.pk, gone.pk})
    # Nothing is left for an administrator to open again.
    listed = admin.site.get_model_admin(User).get_queryset(RequestFactory().get("/"))
    assert not listed.filter(pk__in=[lead.pk, gone.pk]).exists()


def test_nobody_who_works_here_is_due_whatever_their_age_and_no_participant_goes_by_this_rule():
    with time_machine.travel(then(), tick=True):
        works = make.a_coordinator()
    an_old_participant()
    assert due() == set()
    as_it_was = RoleAssignment.objects.get(user=works)
    as_it_was.delete()
    assert due() == set()
    assert works.pk in {one.person for one in files(a_rule(RecordType.TEAM), timezone.localdate() + timedelta(732))}


def test_two_years_begin_with_the_last_role_or_with_the_closed_account():
    rule, today = a_rule(RecordType.TEAM), timezone.localdate()
    left = today.replace(month=1, day=15)
    for change in (without_roles, closed):
        with time_machine.travel(then(), tick=True):
            one = make.a_coordinator()
        with time_machine.travel(datetime.combine(left, datetime.min.time(), then().tzinfo) + timedelta(hours=20)):
            change(one)
        due_on = left.replace(year=left.year + 2)
        assert one.pk not in {found.person for found in files(rule, due_on - timedelta(days=1))}
        assert {found.due_on for found in files(rule, due_on) if found.person == one.pk} == {due_on}


def test_end_of_work_outlives_the_disposal_of_earlier_states():
    """Otherwise a rule that is longer than the one on earlier states would count from an earlier day."""
    codes = {rows.code for rows in rows_of_type(RecordType.HISTORY)}
    assert "psp.historicalroleassignment" not in codes
    assert codes == {row.model for row in holdings() if row.retention == EARLIER}
    assert {row.model for row in holdings() if ".historical" in row.model} - codes == {"psp.historicalroleassignment"}


def test_account_that_is_closed_in_the_middle_of_things_is_kept_by_hours_that_wait_and_by_nothing_else():
    with time_machine.travel(then(), tick=True):
        lead, supervisor = a_pair()
        as_learner(lead, supervisor=supervisor)
        line = a_line(lead)
        submit_hours(user=lead, by=lead, period=of(line.day))
        closed(lead)
    assert lead.pk not in due()
    with time_machine.travel(then(), tick=True):
        waiting = HoursLine.objects.filter(user=lead)
        approve_hours(user=lead, by=supervisor, period=of(line.day), seen=seen_of(waiting))
    assert lead.pk in due()


def test_somebody_who_got_ready_and_was_heard_of_no_more_is_due_two_years_later():
    with time_machine.travel(then(), tick=True):
        silent, back = somebody_joining(), somebody_joining()
    User.objects.filter(pk=back.pk).update(last_login=timezone.now())
    assert due() == {silent.pk}


def test_hold_keeps_it_and_comes_in_time_until_the_last_moment():
    with time_machine.travel(then(), tick=True):
        one, other = closed(make.a_coordinator()), closed(make.a_coordinator())
    batch = by_two(propose(a_rule(RecordType.TEAM), timezone.localdate()))
    open_hold(person=one, kind=HoldKind.COMPLAINT, by=make.a_privacy_officer())
    carry_out(batch.pk)
    found = dict(DisposalItem.objects.filter(batch=batch).values_list("person", "state"))
    assert (found[one.pk], found[other.pk]) == (ItemState.HELD, ItemState.DISPOSED)
    assert User.objects.get(pk=one.pk).name
    assert due() == set()


def test_disposal_by_its_rule():
    """`disposal_by_its_rule`: no list of files holds somebody whose file goes by another rule."""
    works, person = make.a_coordinator(), make.a_participant()
    for record_type, who in ((RecordType.TEAM, person.user_id), (RecordType.FILE, works.pk)):
        rule, today = a_rule(record_type), timezone.localdate()
        cutoff = timezone.now() - timedelta(days=31 * rule.months)
        batch = DisposalBatch.objects.create(rule=rule, record_type=record_type, as_of=today, cutoff=cutoff)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            DisposalItem.objects.create(batch=batch, person=who, last_use=today, due_on=today, late_on=today)
        assert constraint_name(refused.value) == "disposal_by_its_rule"


def test_erasure_after_the_work():
    """`erasure_after_the_work`: nobody who works here is erased, nor anybody of the team but by time."""
    works, officer = make.a_coordinator(), make.a_privacy_officer()
    gone = closed(make.a_coordinator())
    values = {"prepared_by": officer, "kept_until": timezone.now(), "disposal_text": "Yes"}
    for person, cause in ((works, "retention"), (gone, "request")):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Erasure.objects.create(person=person.pk, cause=cause, **values)
        assert constraint_name(refused.value) == "erasure_after_the_work"
    assert prepare_disposal(person=gone, kept_until=timezone.now(), by=officer).state == "prepared"


def test_nightly_run_proposes_it_and_the_public_page_says_the_rule(client, capsys):
    with time_machine.travel(then(), tick=True):
        closed(make.a_coordinator())
    call_command("run_retention")
    assert "team: 1 due, proposed as" in capsys.readouterr().out
    for language, words in (
        ("en", "The whole file of somebody who worked here"),
        ("fr", "Le dossier entier d’une personne qui a travaillé ici"),
    ):
        with override(language):
            page = client.get(reverse("transparency")).content.decode()
        assert words in unescape(page)
