"""Pairs, merges and requests end; their rows stay. Tried with the application's own role, in plain SQL."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from intake.models_desk import DifferentPeople, Merge
from intake.services_apart import note_apart
from intake.services_merge import merge_files, say_different
from privacy.erasing import delete_rows
from psp.errors import constraint_name
from psp.letting_go import letting_go
from tests import factories as make

pytestmark = pytest.mark.django_db


def a_pair():
    return note_apart(participant=make.a_participant(), by=make.a_coordinator("QC"), name="Canari Apart")


def a_merge():
    return merge_files(kept=make.a_participant(), merged=make.a_participant(), by=make.a_coordinator("QC"))


def two_people():
    one, other = make.a_participant(), make.a_participant()
    say_different(one=one, other=other, by=make.a_coordinator("QC"))
    return DifferentPeople.objects.get()


def a_request():
    return make.a_correction(make.a_participant())


ROWS = [a_pair, a_merge, two_people, a_request]


def delete_by_sql(row) -> None:
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])


@pytest.mark.parametrize("made", ROWS)
def test_row_stays_whoever_deletes_it(made):
    """The trigger row_stays: by SQL, and by the ORM with what hangs on it."""
    row = made()
    for act in (delete_by_sql, lambda one: type(one).objects.filter(pk=one.pk)._raw_delete("default")):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            act(row)
        assert constraint_name(refused.value) == "row_stays"
    assert type(row).objects.filter(pk=row.pk).exists()


def test_forgetting_somebody_lets_rows_go_and_ends_with_its_own_statement():
    gone, stays = a_merge(), a_merge()
    delete_rows(Merge.objects.filter(pk=gone.pk))
    assert not Merge.objects.filter(pk=gone.pk).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_by_sql(stays)


@pytest.mark.django_db(transaction=True)
def test_letting_go_does_not_outlive_its_transaction():
    row = a_request()
    with pytest.raises(RuntimeError), transaction.atomic(), letting_go():
        raise RuntimeError
    with pytest.raises(IntegrityError):
        delete_by_sql(row)
