"""The data keys in use now: fetched many at a time, forgotten at the end of the request.

A list of 25 people costs one query for their 25 keys: every row that is loaded says whose key it
may need (`want`), and the first value that is really read fetches them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connections
from django.utils import timezone

from psp.crypto import cipher, masters
from psp.errors import constraint_name
from psp.keys.router import KEYS

if TYPE_CHECKING:
    from psp.keys.models import DataKey

# Larger fetches gain nothing, and a long iteration must not collect names without end.
BATCH = 1000
REPLACED = "datakey_master_in_use"
WRAPPED = "SELECT person, id, master, wrapped FROM keys_datakey WHERE person = ANY(%s)"
MADE = "INSERT INTO keys_datakey (id, person, master, wrapped, created_at) VALUES (%s, %s, %s, %s, %s)"
HELD_AT_MOST = 10_000


@dataclass(slots=True)
class Keyring:
    """`keys`: person → (key id, key), or None when that person's key does not exist any more."""

    keys: dict[UUID, tuple[UUID, bytes] | None] = field(default_factory=dict)
    wanted: dict[UUID, None] = field(default_factory=dict)


_ring: ContextVar[Keyring | None] = ContextVar("keyring", default=None)


def ring() -> Keyring:
    """The keyring of this request, task or thread."""
    found = _ring.get()
    if found is None:
        found = Keyring()
        _ring.set(found)
    return found


def clear() -> None:
    """Forget every key. Called where a request or task begins and ends."""
    _ring.set(None)


def want(person: UUID | None) -> None:
    """Say that this person's key may be read soon."""
    if person is not None:
        here = ring()
        if person not in here.keys and len(here.wanted) < BATCH:
            here.wanted[person] = None


def key_of(person: UUID) -> tuple[UUID, bytes] | None:
    """Key id and key of a person, or None when it was destroyed or never made."""
    here = ring()
    if person not in here.keys:
        here.wanted.pop(person, None)
        fetch([person, *here.wanted])
        here.wanted.clear()
    return here.keys[person]


def fetch(people: list[UUID]) -> None:
    """Load and unwrap the keys of `people` in one query."""
    here = ring()
    if len(here.keys) > HELD_AT_MOST:
        here.keys.clear()
    here.keys.update(dict.fromkeys(people))
    before = masters.all_keys()
    with connections[KEYS].cursor() as cursor:
        # Every page with a name on it comes by here: one parameter, whatever the number of people.
        cursor.execute(WRAPPED, [people])
        # The master key may change at this very moment: a row is under one that was there before or is there now.
        here.keys.update(open_all(cursor.fetchall(), before | masters.all_keys()))


def open_all(
    rows: Iterable[tuple[UUID, UUID, str, bytes]], at_hand: dict[str, bytes]
) -> dict[UUID, tuple[UUID, bytes]]:
    """Unwrap (person, key id, name of the master key, wrapped key). Raises SealBroken without its master key."""
    found = {}
    for person, key_id, name, wrapped in rows:
        if name not in at_hand:
            raise cipher.SealBroken("the master key of this data key is not configured")
        key = cipher.unwrap(bytes(wrapped), master=at_hand[name], key_id=key_id, person=person)
        found[person] = (key_id, key)
    return found


def create(person: UUID) -> UUID:
    """Make the data key of a new person and keep it at hand. Returns the key's id.

    The key is committed in its own database at once. If the surrounding work fails, an unused key
    stays behind, which opens nothing; the other order could lose a key that rows depend on.
    """
    create_many([person])
    found = ring().keys[person]
    assert found is not None
    return found[0]


def create_many(people: list[UUID]) -> None:
    """`create` for a bulk load, one query for all."""
    try:
        _create(people)
    except IntegrityError as error:
        if constraint_name(error) != REPLACED:
            raise
        _create(people)  # the master key was replaced a moment ago; the new one is at hand by now


def _create(people: list[UUID]) -> None:
    from psp.keys.models import DataKey

    name, master = masters.current()
    made = {person: (uuid4(), cipher.new_key()) for person in people}
    rows = [
        DataKey(id=key_id, person=person, master=name,
                wrapped=cipher.wrap(key, master=master, key_id=key_id, person=person))
        for person, (key_id, key) in made.items()
    ]  # fmt: skip
    if len(rows) == 1:
        _insert(rows[0])
    else:
        DataKey.objects.bulk_create(rows, batch_size=BATCH)
    ring().keys.update(made)


def _insert(row: DataKey) -> None:
    """One statement, committed by itself. Written out, because everybody who applies waits for it."""
    with connections[KEYS].cursor() as cursor:
        cursor.execute(MADE, [row.id, row.person, row.master, bytes(row.wrapped), timezone.now()])


def destroy(person: UUID) -> None:
    """Destroy a person's key for good: whatever was sealed with it cannot be read again, anywhere."""
    from psp.keys.models import DataKey

    DataKey.objects.filter(person=person).delete()
    ring().keys[person] = None


def index_of(value: str, *, column: str, kind: str) -> str:
    """Blind index of an address or number for `column`; empty for an empty value."""
    from psp.crypto.normalise import NORMALISERS

    normal = NORMALISERS[kind](value)
    secret = cipher.decode_key(settings.PSP_INDEX_KEY)
    return cipher.blind_index(normal, secret=secret, column=column) if normal else ""
