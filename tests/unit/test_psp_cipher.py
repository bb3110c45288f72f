"""The pure part of the encryption, against random text and random tampering."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp.crypto import cipher
from psp.crypto.cipher import Place, SealBroken
from psp.crypto.normalise import normal_email, normal_phone

KEY, KEY_ID = cipher.new_key(), uuid4()
PLACE = Place(model="psp.user", field="name", row="1", person="2")


def sealed(text: str = "Réjeanne") -> bytes:
    return cipher.seal(text, key=KEY, key_id=KEY_ID, place=PLACE)


@given(st.text(max_size=200))
def test_text_comes_back_as_it_was(text):
    assert cipher.unseal(sealed(text), key=KEY, place=PLACE) == text


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(position, change):
    token = bytearray(sealed())
    token[position % len(token)] ^= change
    with pytest.raises(SealBroken):
        cipher.unseal(bytes(token), key=KEY, place=PLACE)


@pytest.mark.parametrize("part", ["model", "field", "row", "person"])
def test_token_opens_only_at_its_own_place(part):
    with pytest.raises(SealBroken):
        cipher.unseal(sealed(), key=KEY, place=replace(PLACE, **{part: "other"}))


def test_another_key_opens_nothing():
    with pytest.raises(SealBroken):
        cipher.unseal(sealed(), key=cipher.new_key(), place=PLACE)


def test_same_text_gives_different_tokens():
    assert sealed() != sealed()


def test_short_names_cannot_be_told_apart_by_length():
    assert len({len(sealed(name)) for name in ("Al", "Alexandrine", "Jean-Christophe")}) == 1


@pytest.mark.parametrize(
    "junk", [b"", b"\x01", b"plain text that was never sealed at all, long enough", b"\x02" + b"x" * 80]
)
def test_what_was_never_sealed_is_refused(junk):
    with pytest.raises(SealBroken):
        cipher.unseal(junk, key=KEY, place=PLACE)


def test_wrapped_key_opens_only_with_its_master_id_and_person():
    master, person = cipher.new_key(), uuid4()
    wrapped = cipher.wrap(KEY, master=master, key_id=KEY_ID, person=person)
    assert cipher.unwrap(wrapped, master=master, key_id=KEY_ID, person=person) == KEY
    for wrong in (
        {"master": cipher.new_key(), "key_id": KEY_ID, "person": person},
        {"master": master, "key_id": uuid4(), "person": person},
        {"master": master, "key_id": KEY_ID, "person": uuid4()},
    ):
        with pytest.raises(SealBroken):
            cipher.unwrap(wrapped, **wrong)


@given(st.text(min_size=1, max_size=40))
def test_blind_index_differs_by_column_and_secret(value):
    one = cipher.blind_index(value, secret=b"a" * 32, column="x")
    assert one == cipher.blind_index(value, secret=b"a" * 32, column="x")
    assert one != cipher.blind_index(value, secret=b"a" * 32, column="y")
    assert one != cipher.blind_index(value, secret=b"b" * 32, column="x")


@pytest.mark.parametrize("spelling", ["A.B@Example.org", " a.b@example.org ", "a.b@EXAMPLE.ORG"])
def test_spellings_of_one_address_are_one(spelling):
    assert normal_email(spelling) == "a.b@example.org"


@pytest.mark.parametrize("spelling", ["613 555-0199", "(613) 555-0199", "+1 613 555 0199", "1-613-555-0199"])
def test_spellings_of_one_number_are_one(spelling):
    assert normal_phone(spelling) == "+16135550199"


@pytest.mark.parametrize("text", ["", "abc", "QUJD"])
def test_a_key_of_the_wrong_size_is_refused(text):
    with pytest.raises(ValueError, match=r"base64|padding|bytes"):
        cipher.decode_key(text or "====")


@pytest.mark.parametrize("more", [" x5", ", poste 27", " ext. 4", "#3"])
def test_normal_phone_leaves_an_extension_out(more):
    """With its digits the number would be one in Australia."""
    assert normal_phone(f"613 555 0199{more}") == "+16135550199"
