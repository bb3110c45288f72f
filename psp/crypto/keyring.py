"""The data keys in use now: fetched many at a time, forgotten at the end of the request.

A list of 25 people costs one query for their 25 keys: every row that is loaded says whose key it
may need (`want`), and the first value that is really read fetches them all.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings

from psp.crypto import cipher, masters

# Larger fetches gain nothing, and a long iteration must not collect names without end.
BATCH = 1000
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
    from psp.keys.models import DataKey

    here = ring()
    if len(here.keys) > HELD_AT_MOST:
        here.keys.clear()
    here.keys.update(dict.fromkeys(people))
    for row in DataKey.objects.filter(person__in=people):
        here.keys[row.person] = (row.id, row.open())


def create(person: UUID) -> UUID:
    """Make the data key of a new person and keep it at hand. Returns the key's id.

    The key is committed in its own database at once. If the surrounding work fails, an unused key
    stays behind, which opens nothing; the other order could lose a key that rows depend on.
    """
    from psp.keys.models import DataKey

    key, key_id = cipher.new_key(), uuid4()
    name, master = masters.current()
    wrapped = cipher.wrap(key, master=master, key_id=key_id, person=person)
    DataKey.objects.create(id=key_id, person=person, master=name, wrapped=wrapped)
    ring().keys[person] = (key_id, key)
    return key_id


def create_many(people: list[UUID]) -> None:
    """`create` for a bulk load, one query for all."""
    from psp.keys.models import DataKey

    name, master = masters.current()
    rows, here = [], ring()
    for person in people:
        key, key_id = cipher.new_key(), uuid4()
        wrapped = cipher.wrap(key, master=master, key_id=key_id, person=person)
        rows.append(DataKey(id=key_id, person=person, master=name, wrapped=wrapped))
        here.keys[person] = (key_id, key)
    DataKey.objects.bulk_create(rows, batch_size=BATCH)


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
