"""Whom a supporter met when they took part themselves: known as digests, asked for by the conflict check alone.

Two identities are kept apart ([NH] rule 34). What is stored is one keyed digest for each account that was ever in a
group with the earlier one, so a check can ask "was this member among them?", and nobody can ask "who was it?".
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q

from intake.models import KeepApart
from psp.crypto import keyring
from supporters.models import FormerAgreement, FormerTie

COLUMN = "supporters.formertie.key"
DIGEST_BYTES = 32
# Ties are filled up to a multiple of this with digests of nobody: their number tells no group by its size, and nobody
# from those who were in none.
PAD_TO = 64

# Every file that was made one with another, up and down, however long the chain. What is needed of a file comes along:
# the database takes a family for thousands, and would read every file again to find it.
FAMILY = """
WITH RECURSIVE family (account, file, person, merged_into) AS (
    SELECT user_id, id, user_id, merged_into_id FROM intake_participant WHERE user_id = ANY(%s)
    UNION
    SELECT family.account, beside.id, beside.user_id, beside.merged_into_id
      FROM family
      JOIN intake_participant beside ON beside.merged_into_id = family.file OR beside.id = family.merged_into
)
SELECT account, person FROM family
"""

# Pairs (one of the accounts asked about, another account that ever had a place in a group with it).
Shared = Iterable[tuple[UUID, UUID]]
SharedSource = Callable[[Collection[UUID]], Shared]
_sources: list[SharedSource] = []


def add_shared(source: SharedSource) -> None:
    """Called by the app above that knows who was in a group with whom. One query, whatever the number of accounts."""
    _sources.append(source)


def key_of(account: UUID) -> bytes:
    """The digest by which an account is known here: keyed, so that nobody without the key can try accounts."""
    return bytes.fromhex(keyring.index_of(str(account), column=COLUMN, kind="email"))


def shared_with(accounts: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """For each of these accounts, everybody who ever had a place in a group with it."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for source in _sources:
        for one, other in source(accounts):
            found[one].add(other)
    return found


def same_person(accounts: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """For each account, those of every file that counts as one with its file; itself always. One query."""
    found = {account: {account} for account in accounts}
    with connection.cursor() as cursor:
        cursor.execute(FAMILY, [list(found)])
        for account, other in cursor.fetchall():
            found[account].add(other)
    return found


def ties_of(earlier: UUID | None) -> dict[bytes, bool]:
    """Digest → whether it is the own one: of an earlier account and of everybody in a group with it, and of nobody.
    For whoever took part in nothing here (None) as many, all of nobody: that there are ties tells nothing.
    """
    own = same_person([earlier])[earlier] if earlier is not None else set()
    met = {other for cohort in shared_with(own).values() for other in cohort} if own else set()
    mine = set(map(key_of, own)) or {nobody()}
    ties = dict.fromkeys(map(key_of, met), False) | dict.fromkeys(mine, True)
    missing = -len(ties) % PAD_TO
    return ties | {nobody(): False for _one in range(missing)}


def nobody() -> bytes:
    """A digest of no account."""
    return secrets.token_bytes(DIGEST_BYTES)


def kept_apart(accounts: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """For each of these accounts, those whom it must not meet, as of now. One query."""
    rows = KeepApart.objects.in_force().filter(Q(person__in=accounts) | Q(other__in=accounts), other__isnull=False)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other in rows.values_list("person_id", "other_id"):
        found[one].add(other)
        found[other].add(one)
    return found


def met_before(supporters: Collection[UUID] | None, members: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Supporter's account → accounts among `members` that they must not lead, because they were in a group together,
    or because whom they were then must not meet them ([NH] rule 24). `supporters` None: whoever that may be.

    Those where both said that they would meet again are left out; supporters of whom nothing is known are missing.
    Nobody leads a group with their own earlier identity in it, or with somebody from whom that one is kept apart,
    whatever was agreed. Files that were made one count as one person, on both sides. Six queries at most, however many.
    """
    if not members or (supporters is not None and not supporters):
        return {}
    people, cohorts, apart = _as_digests(members)
    keys = {key for each in (people, cohorts, apart) for digests in each.values() for key in digests}
    own, others = _ties(supporters, keys)
    if not own and not others:
        return {}
    agreed = _agreed(supporters, members)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for member in members:
        # The second also where they came together only after the supporter's ties were noted.
        met = _having(others, people[member]) | _having(own, cohorts[member])
        never = _having(own, people[member] | apart[member])
        for user in {one for one in met if (one, member) not in agreed} | never:
            found[user].add(member)
    return dict(found)


Digests = dict[UUID, set[bytes]]


def _as_digests(members: Collection[UUID]) -> tuple[Digests, Digests, Digests]:
    """Member → digests of the same person; of everybody who was in a group with that person; of everybody who must not
    meet that person."""
    people = same_person(members)
    files = {one for family in people.values() for one in family}
    shared, apart = shared_with(files), kept_apart(files)
    others = {other for met in (*shared.values(), *apart.values()) for other in met}
    families = same_person(others) if others else {}
    keys = {one: key_of(one) for family in (*people.values(), *families.values()) for one in family}

    def beside(known: dict[UUID, set[UUID]]) -> Digests:
        return {
            member: {keys[one] for file in family for other in known.get(file, ()) for one in families[other]}
            for member, family in people.items()
        }

    return {member: {keys[one] for one in family} for member, family in people.items()}, beside(shared), beside(apart)


def _having(ties: dict[bytes, set[UUID]], keys: Iterable[bytes]) -> set[UUID]:
    return {user for key in keys for user in ties.get(key, ())}


def _ties(
    supporters: Collection[UUID] | None, keys: Iterable[bytes]
) -> tuple[dict[bytes, set[UUID]], dict[bytes, set[UUID]]]:
    """Digest → supporters who have it as their own; digest → supporters who have it as somebody else's."""
    own: dict[bytes, set[UUID]] = defaultdict(set)
    others: dict[bytes, set[UUID]] = defaultdict(set)
    rows = FormerTie.objects.filter(key__in=list(keys))
    rows = rows if supporters is None else rows.filter(user__in=supporters)
    for user, key, is_own in rows.values_list("user_id", "key", "own"):
        (own if is_own else others)[bytes(key)].add(user)
    return own, others


def _agreed(supporters: Collection[UUID] | None, members: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    rows = FormerAgreement.objects.standing().filter(participant__user__in=members)
    rows = rows if supporters is None else rows.filter(user__in=supporters)
    return set(rows.values_list("user_id", "participant__user_id"))


def has_gone_on(account: UUID) -> bool:
    """Whether a participant became, or is becoming, a supporter: for their own page alone, never for anybody else's."""
    keys = [key_of(one) for one in same_person([account])[account]]
    return FormerTie.objects.filter(own=True, key__in=keys).exists()
