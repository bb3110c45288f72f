"""Finding somebody by the name they chose: the blind index follows every way in which a name is written."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.urls import reverse

from psp.audit.models import Entry
from psp.crypto import keyring
from psp.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    make.sign_in(client, make.a_coordinator("QC"))
    return client


def found_by(desk, text: str) -> str:
    """Where the search leads, or "" if to nobody."""
    answer = desk.post(reverse("desk:search"), {"text": text})
    return answer["Location"] if answer.status_code == 302 else ""


def file_of(person) -> str:
    return reverse("desk:file", args=[person.pk])


@pytest.mark.parametrize("typed", ["Zoé-Canari", "zoe canari", "  ZOE   CANARI ", "Zoe\u0301 Canari", "zoé’canari"])
def test_search_by_name_folds_accents_case_and_marks(desk, typed):
    person = make.a_participant(name="Zoé-Canari")
    make.a_participant(name="Zoé")
    assert found_by(desk, typed) == file_of(person)


def test_search_by_name_needs_the_whole_name(desk):
    make.a_participant(name="Zoé-Canari")
    assert found_by(desk, "Zoé-Can") == found_by(desk, "canari") == ""


def test_a_name_of_eight_letters_that_could_be_a_reference_is_found(desk):
    person = make.a_participant(name="Jacqueta")
    other = make.a_participant(name="Kathryne")
    assert found_by(desk, "jacqueta") == file_of(person)
    assert found_by(desk, other.reference) == file_of(other)


def test_search_by_name_stays_in_the_own_region(desk):
    person = make.a_participant("ON", name="Zoé-Canari")
    assert found_by(desk, "Zoé-Canari") == ""
    assert not Entry.objects.filter(person=person.user_id, action="read").exists()


def test_people_with_one_name_are_listed_with_one_access_row_each_and_at_most_25(desk):
    people = [make.a_participant(name="Camille") for _number in range(27)]
    page = desk.post(reverse("desk:search"), {"text": "camille"}).content.decode()
    shown = [person for person in people if person.reference in page]
    assert len(shown) == 25
    rows = Entry.objects.filter(action="read", person__in=[person.user_id for person in people])
    assert list(rows.values_list("person", flat=True).order_by("person")) == sorted(person.user_id for person in shown)
    assert "first 25" in page


def test_a_changed_name_is_found_and_the_old_one_is_not(desk):
    person = make.a_participant(name="Before")
    user = User.objects.get(pk=person.user_id)
    user.name = "After"
    user.save()
    assert found_by(desk, "after") == file_of(person)
    assert found_by(desk, "before") == ""


def test_saving_something_else_keeps_the_index():
    user = User.objects.get(pk=make.a_user(name="Kept Name").pk)
    index = user.name_index
    keyring.clear()
    user.language = "fr"
    user.save()
    assert User.objects.get(pk=user.pk).name_index == index != ""
    assert set(user.history.values_list("name_index", flat=True)) == {index}


def test_property_24_one_name_has_different_digests_in_different_columns():
    user = make.a_user(name="Zoé")
    assert user.name_index not in (
        "", keyring.index_of("Zoé", column="psp.other.name_index", kind="name"),
        keyring.index_of("Zoé", column="psp.user.email_index", kind="email"),
    )  # fmt: skip


def test_backfill_indexes_the_names_that_were_there():
    users = [make.a_user(name=f"Person Number {number}") for number in range(3)]
    expected = {user.pk: user.name_index for user in users}
    User.objects.filter(pk__in=expected).update(name_index="")
    importlib.import_module("psp.migrations.0004_fill_name_index").fill(apps, None)
    assert dict(User.objects.filter(pk__in=expected).values_list("pk", "name_index")) == expected
