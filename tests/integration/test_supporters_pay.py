"""The file for pay: two people, locked, the same again; corrections in the next one; hours and rates by role."""

from __future__ import annotations

import csv
import io
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from privacy.erasing import erase_everything
from psp.audit.models import Entry
from psp.choices import Role
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import User
from supporters.hours.choices import HoursState
from supporters.hours.pay_by_role import hours_by_role, quarter_of, rates_on
from supporters.hours.rules import Period
from supporters.hours.services import correct_line, seen_of
from supporters.hours.services_pay import (
    approve_pay_export,
    ask_pay_export,
    drop_pay_export,
    fetch_pay_file,
    is_over,
    lines_for,
    period_to_pay,
)
from supporters.models import CareSetting, HoursLine, PayExport, PayExportPerson, PayRate
from tests import factories as make
from tests.hours import a_day_ago, a_line, a_pair, a_supervisor, an_administrator, approved, paid

pytestmark = pytest.mark.django_db
LONG_AGO = 40


def agree(export: PayExport, by: User | None = None) -> PayExport:
    return approve_pay_export(export=export, by=by or an_administrator(), seen=seen_of(lines_for(export)))


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_file_holds_what_was_approved_and_nothing_else():
    lead, supervisor = a_pair()
    approved(a_line(lead, day=a_day_ago(LONG_AGO), minutes=90, kind="travel"), supervisor)
    a_line(lead, day=a_day_ago(LONG_AGO), minutes=30)
    export = ask_pay_export(by=an_administrator(), language="en")
    agree(export)
    export.refresh_from_db()
    content, same = fetch_pay_file(export=export, by=an_administrator())
    (row,) = read(content)
    assert same
    assert (row["Person"], row["Travel"], row["Meetings"], row["Total"]) == (lead.username, "1.50", "0.00", "1.50")
    assert HoursLine.objects.filter(state=HoursState.EXPORTED).count() == 1


def test_file_is_the_same_again_after_an_account_was_renamed_and_hours_were_added():
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(LONG_AGO))
    export = paid(line, supervisor)
    admin = an_administrator()
    before, _same = fetch_pay_file(export=export, by=admin)
    User.objects.filter(pk=lead.pk).update(username="another-name")
    approved(a_line(lead, day=a_day_ago(LONG_AGO), minutes=5), supervisor)
    assert fetch_pay_file(export=export, by=admin) == (before, True)


def test_late_hours_and_corrections_come_with_the_next_file():
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(LONG_AGO), minutes=60)
    first = paid(line, supervisor)
    approved(a_line(lead, day=line.day, kind="travel", minutes=30), supervisor)
    approved(correct_line(line=line, by=lead, key=uuid4(), minutes=45), supervisor)
    second = agree(ask_pay_export(by=an_administrator(), language="en"))
    assert second.first_day == first.last_day + timedelta(days=1)
    (row,) = read(fetch_pay_file(export=second, by=an_administrator())[0])
    assert (row["Meetings"], row["Travel"], row["Total"]) == ("-0.25", "0.50", "0.25")
    assert row["of which earlier days"] == "0.25"


def test_period_is_handed_over_when_it_is_over_and_one_after_the_other():
    lead, supervisor = a_pair()
    assert period_to_pay() is None
    with pytest.raises(DomainError) as refused:
        ask_pay_export(by=an_administrator(), language="en")
    assert refused.value.code == "nothing"
    line = a_line(lead, day=timezone.localdate())
    approved(line, supervisor)
    period = period_to_pay()
    assert line.day in period
    assert not is_over(period)
    with pytest.raises(DomainError) as refused:
        ask_pay_export(by=an_administrator(), language="en")
    assert refused.value.code == "not_over"


def test_change_of_the_rhythm_of_pay_leaves_no_day_out():
    lead, supervisor = a_pair()
    first = paid(a_line(lead, day=a_day_ago(90)), supervisor)
    care = CareSetting.objects.get()
    care.pay_period_days, care.pay_period_from = 7, date(2026, 1, 7)
    care.save()
    second = agree(ask_pay_export(by=an_administrator(), language="fr"))
    assert second.first_day == first.last_day + timedelta(days=1)
    assert (second.last_day - second.first_day).days < 7


# --- Two people ---


def test_property_31_pay_file_takes_two_people_and_only_those_who_may():
    lead, supervisor = a_pair()
    approved(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
    admin = an_administrator()
    for other in (supervisor, make.a_coordinator("QC"), lead, make.an_analyst(), make.a_privacy_officer()):
        with pytest.raises(Forbidden):
            ask_pay_export(by=other, language="en")
    export = ask_pay_export(by=admin, language="en")
    with pytest.raises(DomainError) as refused:
        agree(export, by=admin)
    assert refused.value.code == "own_export"
    for other in (supervisor, make.a_coordinator("QC"), lead, make.an_analyst()):
        with pytest.raises(Forbidden):
            agree(export, by=other)
    with pytest.raises(DomainError) as refused:
        fetch_pay_file(export=export, by=admin)
    assert refused.value.code == "not_agreed"
    officer = make.a_privacy_officer()
    agreed = agree(export, by=officer)
    assert agree(export, by=an_administrator()).approved_by_id == officer.pk
    with pytest.raises(Forbidden):
        fetch_pay_file(export=agreed, by=officer)


def test_agreement_to_other_hours_than_those_seen_is_a_conflict():
    lead, supervisor = a_pair()
    approved(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
    export = ask_pay_export(by=an_administrator(), language="en")
    seen = seen_of(lines_for(export))
    approved(a_line(lead, day=a_day_ago(LONG_AGO), minutes=7), supervisor)
    with pytest.raises(Conflict):
        approve_pay_export(export=export, by=an_administrator(), seen=seen)
    assert not HoursLine.objects.filter(state=HoursState.EXPORTED).exists()


def test_second_file_waits_for_the_first_and_a_file_not_agreed_to_can_be_dropped():
    lead, supervisor = a_pair()
    approved(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
    admin = an_administrator()
    export = ask_pay_export(by=admin, language="en")
    with pytest.raises(Conflict):
        ask_pay_export(by=admin, language="en")
    drop_pay_export(export=export, by=admin)
    drop_pay_export(export=export, by=admin)
    with pytest.raises(Conflict):
        agree(export)
    export = agree(ask_pay_export(by=admin, language="en"))
    with pytest.raises(Conflict):
        drop_pay_export(export=export, by=admin)


def test_taking_the_file_leaves_one_row_for_each_person_in_it():
    lead, supervisor = a_pair()
    export = paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
    fetch_pay_file(export=export, by=an_administrator())
    found = Entry.objects.filter(action="export", person=lead.pk, model="supporters.payexportperson")
    assert found.count() == 1


def test_pay_export_two_people():
    """`pay_export_two_people`, `pay_export_one_at_a_time`, `pay_export_days_once`: the database is the last judge."""
    admin = an_administrator()
    days = {"first_day": date(2026, 1, 5), "last_day": date(2026, 1, 18)}
    export = PayExport.objects.create(**days, language="en", asked_by=admin)
    agreed = {"approved_at": timezone.now(), "digest": "0" * 64}
    for changes in ({**agreed, "approved_by": admin}, {"approved_by": an_administrator()}):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            PayExport.objects.filter(pk=export.pk).update(**changes)
        assert constraint_name(refused.value) == "pay_export_two_people"
    later = {"first_day": date(2026, 2, 5), "last_day": date(2026, 2, 18)}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        PayExport.objects.create(**later, language="en", asked_by=admin)
    assert constraint_name(refused.value) == "pay_export_one_at_a_time"
    PayExport.objects.filter(pk=export.pk).update(**agreed, approved_by=an_administrator())
    overlapping = {"first_day": date(2026, 1, 18), "last_day": date(2026, 1, 20)}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        PayExport.objects.create(**overlapping, language="en", asked_by=admin)
    assert constraint_name(refused.value) == "pay_export_days_once"


def test_pay_export_settled():
    """`pay_export_settled`, `pay_export_person_settled`: what two agreed to stays as it is."""
    lead, supervisor = a_pair()
    export = paid(a_line(lead, day=a_day_ago(LONG_AGO)), supervisor)
    for rows, changes, name in (
        (PayExport.objects.filter(pk=export.pk), {"digest": "1" * 64}, "pay_export_settled"),
        (PayExportPerson.objects.filter(export=export), {"key": "x"}, "pay_export_person_settled"),
    ):
        for act in (
            lambda rows=rows, changes=changes: rows.update(**changes),
            lambda rows=rows: rows._raw_delete("default"),
        ):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                act()
            assert constraint_name(refused.value) == name


def test_erased_person_leaves_paid_hours_as_nobodys_and_nothing_else():
    lead, supervisor = a_pair()
    line = a_line(lead, day=a_day_ago(LONG_AGO), begin=time(9), end=time(10))
    export = paid(line, supervisor)
    a_line(lead)
    correct_line(line=line, by=lead, key=uuid4(), minutes=30)
    with time_machine.travel(timezone.now() + timedelta(days=14), tick=False), transaction.atomic():
        erase_everything(lead)
    left = HoursLine.objects.get()
    assert (left.pk, left.minutes, left.starts_at, left.about) == (line.pk, 60, None, None)
    assert PayExportPerson.objects.get().key == ""
    _content, same = fetch_pay_file(export=export, by=an_administrator())
    assert not same


# --- By role ---


def test_rate_of_a_day_is_the_newest_that_had_begun():
    for day, cents in ((date(2026, 1, 1), 3000), (date(2026, 6, 1), 3200), (date(2030, 1, 1), 9900)):
        PayRate.objects.create(role=Role.SUPPORTER, cents=cents, from_day=day)
    assert rates_on(date(2026, 5, 31))[Role.SUPPORTER].cents == 3000
    assert rates_on(date(2026, 6, 1))[Role.SUPPORTER].cents == 3200
    assert Role.CLINICIAN not in rates_on(date(2026, 6, 1))


def test_hours_by_role_are_of_paid_hours_and_of_five_people_at_least():
    supervisor, day = a_supervisor(), a_day_ago(LONG_AGO)
    people = [make.a_newcomer() for _number in range(5)]
    for number, lead in enumerate(people):
        approved(a_line(lead, day=day, minutes=60), supervisor)
        if number == 0:
            approved(a_line(lead, day=day, kind="travel", minutes=77), supervisor)
    clinician = make.a_clinician()
    approved(a_line(clinician, day=day, minutes=99), supervisor)
    quarter = quarter_of(day)
    assert all(row.people is None for row in hours_by_role(quarter))
    agree(ask_pay_export(by=an_administrator(), language="en"))
    found = {row.role: row for row in hours_by_role(quarter)}
    assert found[Role.SUPPORTER].people == 5
    # The one journey is among others, so that it is nobody's.
    assert found[Role.SUPPORTER].minutes == {"other": 5 * 60 + 77}
    assert (found[Role.CLINICIAN].people, found[Role.CLINICIAN].minutes) == (None, {})
    assert isinstance(quarter, Period)
