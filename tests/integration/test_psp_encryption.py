"""Sealed fields on the real database (`security.md` 23 and 24)."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldError
from django.db import connection, connections

from psp.choices import Kind
from psp.crypto import keyring
from psp.crypto.cipher import SealBroken
from psp.models import User

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "Réjeanne Canari", "canari.1@exemple.ca"


def person(name: str = NAME, email: str = ADDRESS) -> User:
    return User.objects.create_user(kind=Kind.PARTICIPANT, name=name, email=email)


def put_token(column: str, row: User, token: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE psp_user SET {column} = %s WHERE id = %s", [token, row.pk])


def test_sealed_text_reads_back():
    made = person()
    again = User.objects.get(pk=made.pk)
    assert (again.name, again.sealed_email) == (NAME, ADDRESS)


def test_history_holds_ciphertext_that_opens_at_its_own_row():
    made = person()
    made.name = "Another"
    made.save()
    assert [row.name for row in made.history.all()] == ["Another", NAME]


@pytest.mark.parametrize("column", ["name", "sealed_email"])
def test_property_23_token_moved_to_another_person_does_not_open(column):
    one, other = person(), person("Somebody", "somebody@exemple.ca")
    token = bytes(User.objects.filter(pk=one.pk).values_list(column, flat=True)[0])
    put_token(column, other, token)
    with pytest.raises(SealBroken):
        getattr(User.objects.get(pk=other.pk), column)


def test_property_23_token_moved_to_another_column_does_not_open():
    one = person()
    put_token("sealed_email", one, bytes(User.objects.filter(pk=one.pk).values_list("name", flat=True)[0]))
    with pytest.raises(SealBroken):
        _ = User.objects.get(pk=one.pk).sealed_email


def test_property_23_token_with_one_bit_changed_does_not_open():
    one = person()
    token = bytearray(User.objects.filter(pk=one.pk).values_list("name", flat=True)[0])
    token[-1] ^= 1
    put_token("name", one, bytes(token))
    with pytest.raises(SealBroken):
        _ = User.objects.get(pk=one.pk).name


def test_destroyed_key_leaves_nothing_to_read():
    one = person()
    keyring.destroy(one.pk)
    keyring.clear()
    again = User.objects.get(pk=one.pk)
    assert (again.name, again.history.first().name) == ("", "")


def test_list_fetches_all_keys_in_one_query(django_assert_num_queries):
    for number in range(25):
        person(f"Person {number}", f"person{number}@exemple.ca")
    keyring.clear()
    with django_assert_num_queries(1), django_assert_num_queries(1, connection=connections["keys"]):
        assert len({user.name for user in User.objects.all()}) == 25


def test_sealed_column_cannot_be_searched_or_updated_in_bulk():
    person()
    with pytest.raises(FieldError):
        User.objects.filter(name=NAME)
    with pytest.raises(FieldError):
        User.objects.update(name="x")


def test_blind_index_finds_every_spelling_of_an_address():
    made = person()
    assert User.objects.by_email("  CANARI.1@Exemple.ca ").get() == made


def test_property_24_blind_indexes_of_two_columns_cannot_be_linked():
    made = person()
    assert made.email_index[:48] not in made.email
    assert keyring.index_of(ADDRESS, column="a", kind="email") != keyring.index_of(ADDRESS, column="b", kind="email")


def test_property_24_blind_index_depends_on_the_secret(settings):
    first = keyring.index_of(ADDRESS, column="a", kind="email")
    settings.PSP_INDEX_KEY = "A" * 43 + "="
    assert keyring.index_of(ADDRESS, column="a", kind="email") != first
