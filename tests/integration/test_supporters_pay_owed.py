"""Whoever is erased is still paid for what was approved, by the name that pay knows and for no longer (ADR 15)."""

from __future__ import annotations

import csv
import io
import threading
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from privacy.erasing import erase_everything, objection_to
from privacy.models import Erasure
from privacy.services_erasure import carry_out
from psp.errors import constraint_name
from psp.models import User
from supporters import tasks
from supporters.hours.choices import HoursState
from supporters.hours.services import approve_hours, correct_line, seen_of, submit_hours, undo_approval
from supporters.hours.services_pay import approve_pay_export, ask_pay_export, fetch_pay_file, lines_for
from supporters.models import CareSetting, HoursLine, PayExport, PayExportPerson
from tests.hours import a_day_ago, a_line, a_pair, an_administrator, approved, of, paid
from tests.integration.test_supporters_texts import approve_erasure_of

LONG_AGO = 40


def erase(lead: User) -> None:
    with transaction.atomic():
        erase_everything(lead)


def next_file() -> PayExport:
    export = ask_pay_export(by=an_administrator(), language="en")
    return approve_pay_export(export=export, by=an_administrator(), seen=seen_of(lines_for(export)))


def totals(export: PayExport) -> dict[str, str]:
    content, _same = fetch_pay_file(export=export, by=an_administrator())
    return {row["Person"]: row["Total"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}


@pytest.mark.django_db
class TestOwed:
    def test_approved_hours_of_somebody_who_was_erased_are_paid_with_the_next_file_under_their_name(self):
        lead, supervisor = a_pair()
        name, day = lead.username, a_day_ago(LONG_AGO)
        approved(a_line(lead, day=day, begin=time(9), end=time(10)), supervisor)
        a_line(lead, day=day, minutes=30)
        erase(lead)
        line = HoursLine.objects.get()
        assert (line.state, line.starts_at, line.about) == (HoursState.APPROVED, None, None)
        assert not User.objects.filter(username=name).exists()
        assert totals(next_file()) == {name: "1.00"}

    def test_name_stays_for_one_pay_period_after_the_file_and_then_goes_by_night(self):
        lead, supervisor = a_pair()
        approved(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
        erase(lead)
        name, export = PayExportPerson.objects.get().key, next_file()
        days = CareSetting.objects.get().pay_period_days
        for more, key in ((days - 1, name), (days, ""), (days + 1, "")):
            with time_machine.travel(timezone.now() + timedelta(days=more), tick=False):
                tasks.forget_pay_names()
            row = PayExportPerson.objects.get()
            assert (row.export, row.key) == (export, key)
        assert list(totals(export)) == [""]

    def test_file_that_was_agreed_to_just_before_can_still_be_handed_over(self):
        lead, supervisor = a_pair()
        name, export = lead.username, paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
        erase(lead)
        assert totals(export) == {name: "1.00"}
        with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
            tasks.forget_pay_names()
        assert list(totals(export)) == [""]

    def test_hours_that_only_a_later_file_holds_keep_the_name_until_then(self):
        lead, supervisor = a_pair()
        name = lead.username
        for day in (a_day_ago(LONG_AGO), a_day_ago(1)):
            approved(a_line(lead, day=day), supervisor)
        erase(lead)
        assert totals(next_file()) == {name: "1.00"}
        assert PayExportPerson.objects.filter(export=None).get().key == name
        tasks.forget_pay_names()
        with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
            found: dict[str, str] = {}
            while PayExportPerson.objects.filter(export=None).exists():
                found |= totals(next_file())
        assert found == {name: "1.00"}

    def test_correction_that_was_approved_is_paid_too(self):
        lead, supervisor = a_pair()
        name, line = lead.username, a_line(lead, day=a_day_ago(LONG_AGO))
        paid(line, supervisor)
        approved(correct_line(line=line, by=lead, key=uuid4(), minutes=90), supervisor)
        erase(lead)
        assert totals(next_file()) == {name: "0.50"}

    def test_erasing_twice_is_erasing_once(self):
        lead, supervisor = a_pair()
        name = lead.username
        approved(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
        for _time in range(2):
            erase(User.objects.get(pk=lead.pk))
        assert totals(next_file()) == {name: "1.00"}
        erase(User.objects.get(pk=lead.pk))
        assert PayExportPerson.objects.get().key == name

    def test_what_is_owed_to_nobody_is_not_taken_back_by_whoever_approved_it(self):
        lead, supervisor = a_pair()
        line = approved(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
        erase(lead)
        assert undo_approval(user=lead, by=supervisor, period=of(line.day)) == 0
        assert HoursLine.objects.get().state == HoursState.APPROVED

    def test_hours_that_wait_for_an_answer_stand_against_it_and_drafts_do_not(self):
        lead, supervisor = a_pair()
        line = a_line(lead)
        assert objection_to([lead.pk]) == ""
        submit_hours(user=lead, by=lead, period=of(line.day))
        assert "wait for an answer" in objection_to([lead.pk])
        waiting = HoursLine.objects.filter(user=lead).submitted()
        approve_hours(user=lead, by=supervisor, period=of(line.day), seen=seen_of(waiting))
        assert objection_to([lead.pk]) == ""

    def test_whoever_is_owed_nothing_leaves_no_name(self):
        lead, _supervisor = a_pair()
        a_line(lead)
        erase(lead)
        assert not PayExportPerson.objects.exists()

    def test_constraints_of_names_for_pay(self):
        """`pay_export_person_owed_once`, `pay_export_person_name_while_needed`, `pay_export_person_owed_has_no_end`."""
        lead, supervisor = a_pair()
        export = paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
        day, other = date(2026, 1, 1), an_administrator()
        PayExportPerson.objects.create(user=lead, key="x")
        for values, name in (
            ({"user": lead, "key": "y"}, "pay_export_person_owed_once"),
            ({"user": other, "key": ""}, "pay_export_person_name_while_needed"),
            ({"user": other, "key": "", "export": export, "key_until": day}, "pay_export_person_name_while_needed"),
            ({"user": other, "key": "x", "key_until": day}, "pay_export_person_owed_has_no_end"),
        ):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                PayExportPerson.objects.create(**values)
            assert constraint_name(refused.value) == name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_approval_at_the_moment_of_the_erasure_is_paid_or_finds_nothing(_round, settings, tmp_path):
    settings.PSP_ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    lead, supervisor = a_pair()
    name, line = lead.username, a_line(lead, day=a_day_ago(LONG_AGO))
    submit_hours(user=lead, by=lead, period=of(line.day))
    seen = seen_of(HoursLine.objects.filter(user=lead).submitted())
    approve_erasure_of(lead)
    erasure, gate, counted = Erasure.objects.get(), threading.Barrier(2), []

    def approve() -> None:
        gate.wait()
        try:
            counted.append(approve_hours(user=lead, by=supervisor, period=of(line.day), seen=seen))
        finally:
            connections.close_all()

    def destroy() -> None:
        gate.wait()
        try:
            carry_out(erasure.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for act in (approve, destroy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Erasure.objects.get().state == "done"
    if counted == [1]:
        assert totals(next_file()) == {name: "1.00"}
    else:
        assert (counted, HoursLine.objects.count(), PayExportPerson.objects.count()) == ([0], 0, 0)
