"""Reports that leave: two people, one digest, and nothing that moves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from reporting import record
from reporting.choices import Method, ReleaseState, ReturnReason
from reporting.models import FrozenTable, Release, ReleaseTable
from reporting.periods import parse
from reporting.releases.reproducing import reproduce
from reporting.releases.services import Words, approve, prepare, prepare_again, send_back
from tests.factories import a_coordinator, a_privacy_officer, an_analyst, disagree
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
WORDS = Words("Figures of May", "Chiffres de mai")
MAY = parse("2026-05")


def in_may(people: int = 12, **more):
    return a_region_with(people, sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC), **more)


def prepared(period: str = "2026-05", *, by=None, method=Method.SUPPRESSION) -> Release:
    return prepare(by=by or an_analyst(), period=parse(period), method=method, words=WORDS)


def published(period: str = "2026-05") -> Release:
    release = prepared(period)
    return approve(release=release, by=a_privacy_officer(), seen=release.digest)


def test_report_holds_every_series_of_its_length_as_it_was_frozen():
    in_may()
    release = prepared()
    assert {row.frozen.code for row in release.tables.all()} == {
        one.code for one in record.in_force() if "month" in one.spans and record.entered(one, MAY)
    }
    assert all(row.body == row.frozen.body for row in release.tables.select_related("frozen"))
    assert release.state == ReleaseState.PREPARED
    assert release.threshold == 10
    assert release.cutoff_at == max(row.counted_at for row in FrozenTable.objects.all())


def test_nobody_approves_what_they_prepared():
    analyst = an_analyst()
    release = prepared(by=analyst)
    with pytest.raises(DomainError) as refused:
        approve(release=release, by=analyst, seen=release.digest)
    assert refused.value.code == "own_release"
    release.state, release.decided_by, release.decided_at = "approved", analyst, release.prepared_at
    with pytest.raises(IntegrityError) as judged, transaction.atomic():
        release.save()
    assert constraint_name(judged.value) == "release_second_person"


@pytest.mark.parametrize("second", [an_analyst, a_privacy_officer])
def test_another_analyst_or_the_privacy_officer_approves(second):
    release, by = prepared(), second()
    assert approve(release=release, by=by, seen=release.digest).decided_by == by
    # Once more: a second click.
    assert approve(release=release, by=by, seen=release.digest).state == ReleaseState.APPROVED


def test_coordinator_can_neither_prepare_nor_approve():
    with pytest.raises(Forbidden):
        prepared(by=a_coordinator())
    release = prepared()
    for act in (approve, lambda **of: send_back(reason=ReturnReason.WORDS, **of)):
        with pytest.raises(Forbidden):
            act(release=release, by=a_coordinator(), seen=release.digest)


def test_what_comes_back_is_prepared_again_and_what_was_seen_before_is_not_approved():
    analyst, second = an_analyst(), a_privacy_officer()
    release = prepared(by=analyst)
    seen = release.digest
    send_back(release=release, by=second, seen=seen, reason=ReturnReason.OTHER, note="Say which month it is.")
    with pytest.raises(Conflict) as waits:
        approve(release=release, by=second, seen=seen)
    assert waits.value.code == "not_waiting"
    again = prepare_again(
        release=release, by=analyst, seen=seen, method=Method.SUPPRESSION, words=Words("May 2026", "Mai 2026")
    )
    assert (again.state, again.returned_note, again.decided_by) == (ReleaseState.PREPARED, "", None)
    with pytest.raises(Conflict) as changed:
        approve(release=again, by=second, seen=seen)
    assert changed.value.code == "changed"
    assert approve(release=again, by=second, seen=again.digest).state == ReleaseState.APPROVED


def test_somebody_else_who_prepares_it_again_leaves_the_first_one_to_approve():
    first, second = an_analyst(), an_analyst()
    release = prepared(by=first)
    send_back(release=release, by=second, seen=release.digest, reason=ReturnReason.WORDS)
    again = prepare_again(release=release, by=second, seen=release.digest, method=Method.SUPPRESSION, words=WORDS)
    with pytest.raises(DomainError, match="own_release"):
        approve(release=again, by=second, seen=again.digest)
    assert approve(release=again, by=first, seen=again.digest).decided_by == first


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [("2026-05", "2026-05", "already_reported"), ("2026-05", "2026-Q1", "period_overlaps"),
     ("2026-Q1", "2026-05", "period_overlaps")],
)  # fmt: skip
def test_period_that_shares_days_with_a_report_that_waits_is_refused(first, second, code):
    prepared(first)
    with pytest.raises(DomainError) as refused:
        prepared(second)
    assert (refused.value.code, refused.value.field) == (code, "period")
    assert Release.objects.count() == 1


def test_running_period_is_refused():
    with pytest.raises(DomainError) as refused:
        prepared("2126-05")
    assert refused.value.code == "period_not_closed"


def test_published_period_is_never_published_again_but_the_longer_one_is():
    published()
    with pytest.raises(Conflict) as refused:
        prepared()
    assert refused.value.code == "already_reported"
    assert prepared("2026-Q1").state == ReleaseState.PREPARED


def test_published_report_and_its_tables_never_change():
    release = published()
    changes = {
        "release_frozen": [
            lambda: Release.objects.update(title_en="Other"), lambda: Release.objects.update(state="returned"),
            lambda: Release.objects.update(decided_by=release.prepared_by_id, prepared_by=None),
        ],
        "release_table_frozen": [
            lambda: release.tables.update(digest="0" * 64), lambda: release.tables.first().delete(),
            lambda: Release.objects.get().delete(),
        ],
    }  # fmt: skip
    for name, tried in changes.items():
        for change in tried:
            with pytest.raises(IntegrityError) as judged, transaction.atomic():
                change()
            assert constraint_name(judged.value) == name
    with pytest.raises(IntegrityError) as judged, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting_release WHERE id = %s", [release.pk])
    assert constraint_name(judged.value) == "release_frozen"


def test_names_of_the_two_go_with_their_accounts_and_nothing_else():
    release = published()
    before = Release.objects.values().get()
    Release.objects.update(prepared_by=None)
    Release.objects.update(decided_by=None)
    assert Release.objects.values().get() == before | {"prepared_by_id": None, "decided_by_id": None}
    assert reproduce(release).alike


@pytest.mark.parametrize("state", ["prepared", "returned"])
def test_report_is_published_by_a_second_person_only(state):
    release = prepared()
    if state == "returned":
        send_back(release=release, by=an_analyst(), seen=release.digest, reason=ReturnReason.EARLY)
    with pytest.raises(IntegrityError) as judged, transaction.atomic():
        Release.objects.update(state="approved", decided_at=release.prepared_at,
                               decided_by=None if state == "prepared" else an_analyst())  # fmt: skip
    assert constraint_name(judged.value) == "release_by_two"


# Reproducing -----------------------------------------------------------------------------------------------


def test_report_is_made_again_to_the_letter_whatever_happened_since(capsys):
    _group, persons, _coordinator = in_may()
    release = published()
    disagree(persons[0].user, "results")
    call_command("reproduce_release", str(release.pk))
    told = capsys.readouterr().out
    assert release.digest in told
    assert "counting again would be possible: yes" in told


def test_report_that_was_tampered_with_is_told_with_its_place(capsys):
    # Once it is published the database lets nobody do this; so before.
    release = prepared()
    table = release.tables.order_by("frozen__code", "frozen__breakdown").first()
    ReleaseTable.objects.filter(pk=table.pk).update(body=table.body + " ")
    with pytest.raises(CommandError) as failed:
        call_command("reproduce_release", str(release.pk))
    assert failed.value.returncode == 1
    told = capsys.readouterr().out
    assert f"tables: {table.frozen.code} total" in told


@pytest.mark.parametrize("wanted", ["0", "-1", "x", "9" * 30, "²"])
def test_report_that_is_not_there_is_bad_input(wanted):
    with pytest.raises(CommandError) as failed:
        call_command("reproduce_release", "--", wanted)
    assert failed.value.returncode == 2
