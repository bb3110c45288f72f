"""Records of pay stay six years after the end of their year, and go then: two people, holds, and a database that minds.

Needs real transactions: disposals go in steps of their own.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from privacy.choices import HoldKind
from privacy.choices_retention import BatchState, RecordType
from privacy.disposing import carry_out
from privacy.models import DisposalBatch, DueForecast, Hold, RetentionRule
from privacy.services_holds import open_hold
from privacy.services_retention import count_due, forecast, propose, run
from psp.errors import constraint_name
from psp.letting_go import letting_go
from supporters.hours.services import correct_line
from supporters.models import HoursLine, PayExport, PayExportPerson
from tests import factories as make
from tests.hours import a_day_ago, a_line, a_pair, approved, paid
from tests.retention import a_rule, as_owner
from tests.retention import approved as by_two

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = 60


def today() -> date:
    return timezone.localdate()


def handed(export: PayExport, years_ago: int) -> PayExport:
    """As if two people had agreed to it so many calendar years ago."""
    moment = datetime(today().year - years_ago, 6, 15, 12, tzinfo=UTC)
    as_owner("UPDATE supporters_payexport SET approved_at = %s WHERE id = %s", moment, export.pk)
    return PayExport.objects.get(pk=export.pk)


def left() -> tuple[int, int, int]:
    return HoursLine.objects.count(), PayExportPerson.objects.count(), PayExport.objects.count()


def dispose() -> DisposalBatch:
    batch = propose(a_rule(RecordType.PAY), today())
    assert batch is not None
    carry_out(by_two(batch).pk, most=1)
    return DisposalBatch.objects.get(pk=batch.pk)


def test_hours_their_file_and_its_people_go_after_six_years_and_younger_ones_stay():
    (one, supervisor), (other, second) = a_pair(), a_pair()
    approved(a_line(other, day=a_day_ago(LONG_AGO)), second)
    old = handed(paid(a_line(one, day=a_day_ago(LONG_AGO)), supervisor), years_ago=7)
    young = handed(paid(a_line(one, day=old.last_day + timedelta(days=1)), supervisor), years_ago=6)
    assert count_due(a_rule(RecordType.PAY), today()) == 2 + 2 + 1
    batch = dispose()
    assert batch.state == BatchState.DONE
    assert batch.counts == {"supporters.hoursline": 2, "supporters.payexportperson": 2, "supporters.payexport": 1}
    assert left() == (1, 1, 1)
    assert HoursLine.objects.get().export == young
    assert propose(a_rule(RecordType.PAY), today()) is None


def test_six_years_begin_with_the_end_of_the_year_by_the_programs_clock():
    lead, supervisor = a_pair()
    export = paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
    last_minute = datetime(2020, 12, 31, 23, 59, tzinfo=ZoneInfo("America/Toronto"))
    as_owner("UPDATE supporters_payexport SET approved_at = %s WHERE id = %s", last_minute, export.pk)
    rule = a_rule(RecordType.PAY)
    assert count_due(rule, date(2026, 12, 31)) == 0
    assert count_due(rule, date(2027, 1, 1)) == 3
    as_owner("UPDATE supporters_payexport SET approved_at = %s", last_minute + timedelta(minutes=1))
    assert (count_due(rule, date(2027, 12, 31)), count_due(rule, date(2028, 1, 1))) == (0, 3)


def test_line_stays_with_its_youngest_correction_and_goes_with_it():
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(LONG_AGO))
    first = handed(paid(line, supervisor), years_ago=8)
    correction = correct_line(line=line, by=lead, key=uuid4(), minutes=30)
    assert propose(a_rule(RecordType.PAY), today()) is None
    second = paid(correction, supervisor)
    assert propose(a_rule(RecordType.PAY), today()) is None
    handed(second, years_ago=7)
    assert first.pk != second.pk
    assert dispose().counts["supporters.hoursline"] == 2
    assert left() == (0, 0, 0)


def test_draft_that_was_never_sent_goes_when_it_is_as_old_and_what_waits_for_pay_stays():
    lead, supervisor = a_pair()
    a_line(lead)
    waits = approved(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
    as_owner("UPDATE supporters_hoursline SET changed_at = %s", timezone.now() - timedelta(days=9 * 366))
    assert dispose().counts == {"supporters.hoursline": 1}
    assert HoursLine.objects.get() == waits


def test_hold_keeps_what_was_paid_to_one_and_the_file_it_is_in():
    (held, supervisor), (free, second) = a_pair(), a_pair()
    approved(a_line(free, day=a_day_ago(LONG_AGO)), second)
    handed(paid(a_line(held, day=a_day_ago(LONG_AGO)), supervisor), years_ago=7)
    hold = open_hold(person=held, kind=HoldKind.COMPLAINT, by=make.a_privacy_officer())
    assert dispose().counts == {"supporters.hoursline": 1, "supporters.payexportperson": 1}
    assert left() == (1, 1, 1)
    Hold.objects.filter(pk=hold.pk).update(closed_at=timezone.now(), closed_by=make.a_privacy_officer())
    dispose()
    assert left() == (0, 0, 0)


def test_run_that_dies_between_two_steps_leaves_whole_steps_and_the_next_one_goes_on(monkeypatch):
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(LONG_AGO))
    paid(line, supervisor)
    handed(paid(correct_line(line=line, by=lead, key=uuid4(), minutes=30), supervisor), years_ago=7)
    as_owner("UPDATE supporters_payexport SET approved_at = %s", timezone.now() - timedelta(days=8 * 366))
    batch = by_two(propose(a_rule(RecordType.PAY), today()))
    from privacy import disposing

    step = disposing._step
    done: list[int] = []

    def dies(*args: Any) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(step(*args))
        return done[0]

    monkeypatch.setattr(disposing, "_step", dies)
    with pytest.raises(KeyboardInterrupt):
        carry_out(batch.pk, most=1)
    assert HoursLine.objects.get() == line
    monkeypatch.undo()
    run(as_of=today())
    batch.refresh_from_db()
    assert (batch.state, left()) == (BatchState.DONE, (0, 0, 0))
    assert batch.counts == {"supporters.hoursline": 2, "supporters.payexportperson": 2, "supporters.payexport": 2}


def test_dry_run_counts_and_forecast_names_january(capsys):
    lead, supervisor = a_pair()
    handed(paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor), years_ago=6)
    january, rule = date(today().year + 1, 1, 1), a_rule(RecordType.PAY)
    call_command("run_retention", as_of=january.isoformat(), dry_run=True)
    assert "pay: 3 due" in capsys.readouterr().out
    call_command("run_retention")
    assert "pay: 0 due" in capsys.readouterr().out
    assert left() == (1, 1, 1)
    forecast(rule, date(today().year, 6, 1))
    assert DueForecast.objects.get(record_type=RecordType.PAY, month=january).count == 3


def test_somebody_who_is_at_work_on_their_hours_is_left_for_a_later_run():
    lead, supervisor = a_pair()
    handed(paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor), years_ago=7)
    batch = by_two(propose(a_rule(RecordType.PAY), today()))
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as other:
        other.execute("SELECT FROM psp_user WHERE id = %s FOR NO KEY UPDATE", [lead.pk])
        carry_out(batch.pk)
    assert left() == (1, 1, 1)
    dispose()
    assert left() == (0, 0, 0)


def test_pay_kept_its_time():
    """`pay_kept_its_time`: not even what forgets people takes a record of pay before its six years are over."""
    lead, supervisor = a_pair()
    handed(paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor), years_ago=6)
    for rows in (HoursLine.objects.all(), PayExportPerson.objects.all(), PayExport.objects.all()):
        with pytest.raises(IntegrityError) as refused, transaction.atomic(), letting_go():
            rows._raw_delete("default")
        assert constraint_name(refused.value) == "pay_kept_its_time"
    handed(PayExport.objects.get(), years_ago=7)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoursLine.objects.all()._raw_delete("default")
    assert constraint_name(refused.value) == "hours_locked_once_exported"


def test_retention_pay_floor():
    """`retention_pay_floor`: no rule is shorter than the law, or counts pay by another clock."""
    rule = a_rule(RecordType.PAY)
    values = {"record_type": RecordType.PAY, "number": 2, "action": rule.action, "valid_from": today()}
    for changes, name in (
        ({"months": 71, "ceiling_months": 80, "clock": "year"}, "retention_pay_floor"),
        ({"months": 72, "ceiling_months": 80, "clock": "record"}, "retention_action_fits"),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            RetentionRule.objects.create(**values, **changes)
        assert constraint_name(refused.value) == name
