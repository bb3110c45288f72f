"""From a rule to a disposal: found by last use, proposed, approved by two, carried out once, never against a hold."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.utils import timezone

from contact.choices import OutboxState
from contact.models import OutboxMessage
from intake.models import Application
from privacy.choices import HoldKind
from privacy.choices_retention import BatchState, Clock, Disposal, ItemState, RecordType
from privacy.disposing import carry_out, digest_of
from privacy.models import DisposalBatch, DisposalItem, DueForecast, Erasure, Hold, RetentionRule
from privacy.retention import last_used
from privacy.services_holds import close_hold, open_hold
from privacy.services_retention import (
    approve_batch,
    drop_batch,
    files,
    forecast,
    give_standing,
    prepare_batch,
    propose,
    revoke_standing,
    run,
)
from psp.audit import services as audit
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import User
from tests import factories
from tests.retention import a_rule, an_old_participant, approved, as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_ledger_of_its_own(settings, tmp_path, monkeypatch):
    settings.PSP_ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    monkeypatch.setenv("PSP_ERASURE_LEDGER", str(settings.PSP_ERASURE_LEDGER))


def today() -> date:
    return timezone.localdate()


def run_until_done(batch: DisposalBatch) -> bool:
    run(as_of=today())
    return DisposalBatch.objects.get(pk=batch.pk).state == BatchState.DONE


def due_people(rule: RetentionRule | None = None) -> set:
    return {due.person for due in files(rule or a_rule(), today())}


class TestLastUse:
    """[PIA] rule 15: the clock starts at the last administrative use, not at creation."""

    def test_old_file_is_due_and_a_young_one_is_not(self):
        old, _young = an_old_participant(), factories.a_participant()
        assert due_people() == {old.user_id}

    def test_file_is_due_on_the_day_after_two_years_and_not_before(self):
        person = an_old_participant(days=500)
        (used,) = last_used([person.user_id]).values()
        last_use = timezone.localdate(used)
        rule = a_rule()
        due = last_use.replace(year=last_use.year + 2)
        assert not list(files(rule, due - timedelta(days=1)))
        assert [found.due_on for found in files(rule, due)] == [due]

    def test_open_application_keeps_an_old_file(self):
        person = an_old_participant()
        made = factories.an_application(person)
        Application.objects.filter(pk=made.pk).update(submitted_at=person.created_at, last_action_at=person.created_at)
        assert due_people() == set()

    def test_decision_counts_from_its_own_day(self):
        person = an_old_participant()
        made = factories.an_application(person, state="withdrawn")
        long_ago = timezone.now() - timedelta(days=1300)
        Application.objects.filter(pk=made.pk).update(submitted_at=long_ago, last_action_at=long_ago)
        assert due_people() == {person.user_id}
        Application.objects.filter(pk=made.pk).update(last_action_at=timezone.now() - timedelta(days=30))
        assert due_people() == set()

    def test_message_that_was_sent_counts(self):
        person = an_old_participant()
        factories.a_message(person.user, state=OutboxState.SENT, finished_at=timezone.now() - timedelta(days=100))
        assert due_people() == set()

    def test_call_that_waits_keeps_the_file(self):
        person = an_old_participant()
        call = factories.a_call(person.user)
        assert due_people() == set()
        assert last_used([person.user_id])[person.user_id] is None
        assert call.state == "open"

    def test_withdrawal_of_a_consent_counts(self):
        person = an_old_participant()
        factories.disagree(person.user)
        assert due_people() == set()

    def test_correction_that_is_open_keeps_the_file(self):
        person = an_old_participant()
        factories.a_correction(person)
        assert due_people() == set()

    def test_place_in_a_running_group_keeps_the_file(self):
        person = an_old_participant()
        coordinator = factories.a_coordinator()
        factories.accepted(person, by=coordinator)
        group = factories.a_formal_group(coordinator)
        from groups.services import add_member

        add_member(group=group, participant=person, by=coordinator)
        assert last_used([person.user_id])[person.user_id] is None

    def test_every_app_that_holds_events_has_registered(self):
        from privacy.retention import _last_uses

        assert set(_last_uses) == {
            "requests", "signatures", "messages", "calls", "decisions", "meetings", "places", "merges", "memberships",
            "sessions", "invitations", "lines", "coming", "drop_ins", "follow_ups",
            "incidents",
            "supervision", "agreements", "joining",
            "training", "hours", "network", "story", "work",
        }  # fmt: skip


class TestRules:
    def values(self, **changes: object) -> dict:
        return {
            "record_type": RecordType.FILE, "number": 2, "clock": Clock.FILE, "months": 36, "ceiling_months": 40,
            "action": Disposal.DESTROY_KEY, "valid_from": today(), "published_at": timezone.now(),
        } | changes  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "constraint"),
        [
            ({"months": 23}, "retention_floor"), ({"ceiling_months": 35}, "retention_ceiling"),
            ({"ceiling_months": 241}, "retention_ceiling"), ({"action": Disposal.DELETE}, "retention_action_fits"),
            ({"clock": Clock.RECORD}, "retention_action_fits"), ({"number": 1}, "retention_rule_once"),
        ],
    )  # fmt: skip
    def test_database_refuses(self, changes, constraint):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            RetentionRule.objects.create(**self.values(**changes))
        assert constraint_name(refusal.value) == constraint

    def test_published_rule_never_changes(self):
        rule = a_rule()
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            RetentionRule.objects.filter(pk=rule.pk).update(months=48)
        assert constraint_name(refusal.value) == "retention_rule_frozen"

    def test_newest_published_version_whose_day_has_come_is_in_force(self):
        old = an_old_participant(days=900)
        assert due_people() == {old.user_id}
        RetentionRule.objects.create(**self.values(number=3, published_at=None))
        RetentionRule.objects.create(**self.values(number=4, valid_from=today() + timedelta(days=1)))
        assert a_rule().number == 1
        newer = RetentionRule.objects.create(**self.values())
        assert a_rule() == newer
        assert due_people() == set()
        as_owner("DELETE FROM privacy_retentionrule WHERE number > 1")


class TestTwoPeople:
    def proposed(self) -> DisposalBatch:
        an_old_participant()
        batch = propose(a_rule(), today())
        assert batch is not None
        return batch

    def test_nothing_goes_that_is_only_proposed_or_prepared(self):
        batch = self.proposed()
        assert carry_out(batch.pk) == 0
        prepare_batch(batch=batch, by=factories.a_privacy_officer())
        assert carry_out(batch.pk) == 0
        assert not Erasure.objects.exists()

    def test_property_31_whoever_prepared_cannot_approve(self):
        batch, officer = self.proposed(), factories.a_privacy_officer()
        prepare_batch(batch=batch, by=officer)
        with pytest.raises(Forbidden):
            approve_batch(batch=batch, by=officer)

    def test_property_31_database_wants_two_people_who_may(self):
        batch, officer, other = self.proposed(), factories.a_privacy_officer(), factories.a_coordinator()
        now = timezone.now()
        values = {"state": "approved", "prepared_by": officer, "prepared_at": now, "approved_at": now}
        for second, constraint in ((officer, "batch_two_people"), (other, "disposal_by_two_who_may")):
            with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                DisposalBatch.objects.filter(pk=batch.pk).update(**values, approved_by=second)
            assert constraint_name(refusal.value) in {constraint, "disposal_by_two_who_may"}
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            DisposalBatch.objects.filter(pk=batch.pk).update(**values)
        assert constraint_name(refusal.value) in {"batch_approved_by_two", "disposal_by_two_who_may"}

    @pytest.mark.parametrize("maker", [factories.a_coordinator, factories.an_analyst, factories.a_facilitator])
    def test_nobody_else_may(self, maker):
        batch, somebody = self.proposed(), maker()
        for service in (prepare_batch, approve_batch, drop_batch):
            with pytest.raises(Forbidden):
                service(batch=batch, by=somebody)

    def test_property_31_two_officers_at_once_one_wins_and_the_other_is_told(self):
        batch = self.proposed()
        prepare_batch(batch=batch, by=factories.a_privacy_officer())
        officers = [factories.a_privacy_officer() for _number in range(2)]
        gate, told = threading.Barrier(2), []

        def approve(officer: User) -> None:
            gate.wait()
            try:
                told.append(approve_batch(batch=batch, by=officer).state)
            except Conflict as conflict:
                told.append(conflict.code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=approve, args=(officer,)) for officer in officers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == ["approved", "decided"]

    def test_second_click_is_one_click(self):
        batch, first, second = self.proposed(), factories.a_privacy_officer(), factories.a_privacy_officer()
        for _click in range(2):
            prepare_batch(batch=batch, by=first)
        for _click in range(2):
            approve_batch(batch=batch, by=second)
        assert DisposalBatch.objects.get().state == BatchState.APPROVED

    def test_nobody_approves_what_nobody_looked_at(self):
        with pytest.raises(DomainError) as refusal:
            approve_batch(batch=self.proposed(), by=factories.a_privacy_officer())
        assert refusal.value.code == "not_prepared"

    def test_dropped_disposal_is_over_and_the_next_run_proposes_anew(self):
        batch = self.proposed()
        drop_batch(batch=batch, by=factories.a_privacy_officer())
        assert carry_out(batch.pk) == 0
        with pytest.raises(Conflict):
            prepare_batch(batch=batch, by=factories.a_privacy_officer())
        assert propose(a_rule(), today()).found == 1


class TestStanding:
    def test_standing_approval_of_two_carries_out_by_itself_until_it_is_revoked(self):
        first = an_old_participant()
        rule, one, two = a_rule(), factories.a_privacy_officer(), factories.a_privacy_officer()
        give_standing(rule=rule, by=one)
        give_standing(rule=rule, by=one)
        run(as_of=today())
        assert DisposalBatch.objects.get(record_type="file").state == BatchState.PROPOSED
        drop_batch(batch=DisposalBatch.objects.get(record_type="file"), by=one)
        approval = give_standing(rule=rule, by=two)
        run(as_of=today())
        batch = DisposalBatch.objects.get(record_type="file", state="done")
        assert (batch.standing, batch.prepared_by, batch.approved_by) == (approval, one, two)
        assert keyring.key_of(first.user_id) is None
        an_old_participant()
        revoke_standing(approval=approval, by=one)
        run(as_of=today())
        assert DisposalBatch.objects.filter(record_type="file", state="proposed").count() == 1

    def test_standing_approval_ends_with_the_role_of_either(self):
        an_old_participant()
        rule, one, two = a_rule(), factories.a_privacy_officer(), factories.a_privacy_officer()
        give_standing(rule=rule, by=one)
        give_standing(rule=rule, by=two)
        one.roles.all().delete()
        run(as_of=today())
        assert DisposalBatch.objects.get(record_type="file").state == BatchState.PROPOSED

    def test_third_person_is_told(self):
        rule = a_rule()
        for _number in range(2):
            give_standing(rule=rule, by=factories.a_privacy_officer())
        with pytest.raises(Conflict):
            give_standing(rule=rule, by=factories.a_privacy_officer())


class TestCarryingOut:
    def test_property_32_file_goes_with_its_history_and_its_key(self):
        person = an_old_participant()
        factories.an_application(person, state="withdrawn")
        long_ago = timezone.now() - timedelta(days=1300)
        Application.objects.update(submitted_at=long_ago, last_action_at=long_ago)
        batch = approved(propose(a_rule(), today()))
        assert carry_out(batch.pk) == 1
        batch.refresh_from_db()
        assert (batch.state, batch.counts) == (BatchState.DONE, {"disposed": 1})
        assert Erasure.objects.get(person=person.user_id).state == "done"
        assert not Application.objects.exists()
        assert not Application.history.exists()
        from psp.keys.models import DataKey

        assert not DataKey.objects.filter(person=person.user_id).exists()
        assert audit.verify().broken is None

    def test_hold_opened_after_the_approval_keeps_the_file(self):
        person, other = an_old_participant(), an_old_participant()
        batch = approved(propose(a_rule(), today()))
        open_hold(person=person.user, kind=HoldKind.COMPLAINT, by=factories.a_privacy_officer())
        assert carry_out(batch.pk) == 1
        assert DisposalItem.objects.get(person=person.user_id).state == ItemState.HELD
        assert DisposalItem.objects.get(person=other.user_id).state == ItemState.DISPOSED
        assert person.applications.count() == 0
        assert User.objects.get(pk=person.user_id).name

    def test_held_file_is_not_even_proposed_and_comes_back_when_the_hold_closes(self):
        person, officer = an_old_participant(), factories.a_privacy_officer()
        hold = open_hold(person=person.user, kind=HoldKind.ACCESS, by=officer)
        assert propose(a_rule(), today()) is None
        close_hold(hold=hold, by=officer)
        assert propose(a_rule(), today()).found == 1

    def test_database_lets_nothing_go_that_a_hold_keeps(self):
        person = an_old_participant()
        batch = approved(propose(a_rule(), today()))
        Hold.objects.create(person=person.user, kind=HoldKind.BREACH, opened_by=factories.a_privacy_officer())
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            DisposalItem.objects.filter(batch=batch).update(state="disposed", at=timezone.now())
        assert constraint_name(refusal.value) == "disposal_held"

    def test_file_that_was_used_again_stays(self):
        person = an_old_participant()
        batch = approved(propose(a_rule(), today()))
        factories.a_message(person.user, state=OutboxState.SENT, finished_at=timezone.now())
        assert carry_out(batch.pk) == 0
        assert DisposalItem.objects.get().state == ItemState.USED
        assert DisposalBatch.objects.get().state == BatchState.DONE

    def test_database_takes_no_disposal_whose_time_has_not_come(self):
        rule = a_rule(RecordType.HISTORY)
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            DisposalBatch.objects.create(
                rule=rule, record_type=rule.record_type, as_of=today(), cutoff=timezone.now() - timedelta(days=720)
            )
        assert constraint_name(refusal.value) == "disposal_too_early"

    def test_database_keeps_what_was_decided(self):
        an_old_participant()
        batch = approved(propose(a_rule(), today()))
        carry_out(batch.pk)
        for statement in (
            "UPDATE privacy_disposalbatch SET counts = '{}'", "DELETE FROM privacy_disposalbatch",
            "UPDATE privacy_disposalitem SET person = gen_random_uuid()", "DELETE FROM privacy_disposalitem",
            "INSERT INTO privacy_disposalitem (batch_id, person, last_use, due_on, late_on, state)"
            f" VALUES ('{batch.pk}', gen_random_uuid(), '2020-01-01', '2022-01-01', '2023-01-01', 'waiting')",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_certificate_covers_the_list_and_is_sealed_in_the_access_log(self):
        an_old_participant()
        batch = approved(propose(a_rule(), today()))
        carry_out(batch.pk)
        batch = DisposalBatch.objects.get()
        assert batch.digest == digest_of(batch)
        from psp.audit.models import Entry

        entry = Entry.objects.get(model="privacy.disposalbatch", action="delete")
        assert batch.digest in entry.fields
        as_owner("UPDATE privacy_disposalitem SET state = 'held'")
        assert batch.digest != digest_of(batch)

    def test_two_runs_at_once_do_everything_once(self):
        for _number in range(6):
            an_old_participant()
        batch = approved(propose(a_rule(), today()))
        gone: list[int] = []

        def work() -> None:
            try:
                gone.append(carry_out(batch.pk))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        carry_out(batch.pk)
        assert sum(gone) == 6
        assert Erasure.objects.filter(state="done").count() == 6
        assert DisposalBatch.objects.get().state == BatchState.DONE

    def test_run_that_is_killed_is_taken_up_again(self):
        people = [an_old_participant() for _number in range(8)]
        batch = approved(propose(a_rule(), today()))
        running = subprocess.Popen(
            [sys.executable, "manage.py", "run_retention"], stdout=subprocess.DEVNULL, env={**os.environ}
        )
        deadline = time.monotonic() + 240
        while not DisposalItem.objects.filter(state="disposed").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert DisposalItem.objects.filter(state="disposed").exists()
        # The killed run's session holds its row until the server notices; then the next run takes it.
        while not run_until_done(batch) and time.monotonic() < deadline + 60:
            time.sleep(0.2)
        assert DisposalBatch.objects.get(record_type="file").counts == {"disposed": 8}
        assert Erasure.objects.filter(state="done", person__in=[one.user_id for one in people]).count() == 8
        assert DisposalBatch.objects.get(pk=batch.pk).state == BatchState.DONE


class TestRows:
    def test_property_32_earlier_states_go_and_what_held_since_stays_whole(self):
        person = an_old_participant()
        user = person.user
        for name in ("First", "Second", "Third"):
            user.name = name
            user.save()
        rows = list(User.history.filter(id=user.pk).order_by("history_id"))
        long_ago = timezone.now() - timedelta(days=900)
        for number, row in enumerate(rows[:-1]):
            User.history.filter(pk=row.pk).update(history_date=long_ago + timedelta(days=number))
        rule = a_rule(RecordType.HISTORY)
        carry_out(approved(propose(rule, today())).pk)
        left = list(User.history.filter(id=user.pk).order_by("history_id").values_list("history_id", flat=True))
        # What held at the cutoff and what came after it.
        assert left == [row.history_id for row in rows[-2:]]

    def test_property_32_hold_keeps_earlier_states(self):
        person = factories.a_participant()
        for name in ("First", "Second", "Third"):
            person.user.name = name
            person.user.save()
        before = User.history.filter(id=person.user_id).count()
        User.history.update(history_date=timezone.now() - timedelta(days=900))
        open_hold(person=person.user, kind=HoldKind.COMPLAINT, by=factories.a_privacy_officer())
        batch = approved(propose(a_rule(RecordType.HISTORY), today()))
        carry_out(batch.pk)
        assert User.history.filter(id=person.user_id).count() == before
        assert DisposalBatch.objects.get(pk=batch.pk).state == BatchState.DONE

    def test_property_32_portions_go_on_past_what_a_hold_keeps(self):
        held, free, gone = (factories.a_participant() for _number in range(3))
        for person in (held, free, gone):
            for name in ("First", "Second", "Third"):
                person.user.name = name
                person.user.save()
        gone_id = gone.user_id
        User.history.create(**{**User.history.filter(id=gone_id).values().first(), "history_id": None,
                               "history_type": "-"})  # fmt: skip
        User.history.update(history_date=timezone.now() - timedelta(days=900))
        open_hold(person=held.user, kind=HoldKind.COMPLAINT, by=factories.a_privacy_officer())
        before = User.history.filter(id=held.user_id).count()
        batch = approved(propose(a_rule(RecordType.HISTORY), today()))
        carry_out(batch.pk, most=2)
        assert User.history.filter(id=held.user_id).count() == before
        assert [row.name for row in User.history.filter(id=free.user_id)] == ["Third"]
        assert not User.history.filter(id=gone_id).exists()
        assert DisposalBatch.objects.get(pk=batch.pk).state == BatchState.DONE

    def test_property_32_every_table_of_earlier_states_about_people_is_thinned(self):
        from privacy.retention import rows_of

        codes = {rows.code for rows in rows_of(RecordType.HISTORY)}
        assert {"psp.historicaluser", "intake.historicalapplication", "groups.historicalmembership",
                "peer_sessions.historicalattendance", "contact.historicalsafecontact"} <= codes  # fmt: skip

    def test_texts_of_old_messages_go_and_the_rest_stays(self):
        person = factories.a_participant()
        long_ago = timezone.now() - timedelta(days=900)
        old = factories.a_message(person.user, state=OutboxState.SENT, finished_at=long_ago)
        new = factories.a_message(person.user, state=OutboxState.SENT, finished_at=timezone.now())
        for message in (old, new):
            message.body = "Words"
            message.save()
        carry_out(approved(propose(a_rule(RecordType.MESSAGE), today())).pk)
        assert OutboxMessage.objects.get(pk=old.pk).body == ""
        assert OutboxMessage.objects.get(pk=old.pk).finished_at == long_ago
        assert OutboxMessage.objects.get(pk=new.pk).body == "Words"


class TestCommand:
    def test_dry_run_writes_nothing(self, capsys):
        an_old_participant()
        call_command("run_retention", dry_run=True)
        assert "file: 1 due" in capsys.readouterr().out
        assert not DisposalBatch.objects.exists()

    def test_day_that_has_not_come_is_only_looked_at(self, capsys):
        an_old_participant(days=300)
        call_command("run_retention", as_of=(today() + timedelta(days=500)).isoformat())
        out = capsys.readouterr().out
        assert "file: 1 due" in out
        assert "That day has not come yet" in out
        assert not DisposalBatch.objects.exists()

    def test_run_proposes_once_and_counts_the_calendar(self, capsys):
        an_old_participant()
        an_old_participant(days=600)
        for _time in range(2):
            call_command("run_retention")
        assert DisposalBatch.objects.filter(record_type="file").count() == 1
        assert "file: 1 due, proposed as" in capsys.readouterr().out
        counts = DueForecast.objects.filter(record_type="file").order_by("month").values_list("count", flat=True)
        assert (len(counts), sum(counts), counts[0]) == (12, 2, 1)

    def test_bad_day_is_refused(self):
        with pytest.raises(CommandError) as refusal:
            call_command("run_retention", as_of="tomorrow")
        assert refusal.value.returncode == 2

    def test_forecast_is_made_anew(self):
        for _time in range(2):
            forecast(a_rule(RecordType.ACCESS_LOG), today())
        assert DueForecast.objects.filter(record_type="access_log").count() == 12
