"""What must be known to decide on several messages at once, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.choices import CONTACT_PURPOSES, ConsentPurpose
from consent.models import Consent, Withdrawal
from contact import sends
from contact.models import MessageTemplate, OutboxMessage, SafeContact
from contact.registry import without_sense
from psp.crypto import keyring
from psp.models import User


@dataclass(frozen=True, slots=True)
class Known:
    """By person: choices, purposes agreed to, when they last ended taking part or being reached. By message: whether it
    left before a restore, whether it makes no sense any more."""

    choices: dict[UUID, SafeContact]
    agreed: dict[UUID, frozenset[str]]
    ended: dict[UUID, datetime]
    sent_before: frozenset[UUID]
    senseless: frozenset[UUID]

    def choices_of(self, person: User) -> SafeContact:
        """Where they made none yet, an unsaved row in which nothing is safe."""
        return self.choices.get(person.pk) or SafeContact(person_id=person.pk, language=person.language)

    def agreed_by(self, person: User) -> frozenset[str]:
        return self.agreed.get(person.pk, frozenset())


def know(messages: Sequence[OutboxMessage], people: dict[UUID, User]) -> Known:
    """Everything about these messages, whose people were just read; each message gets its person and its template."""
    templates = MessageTemplate.objects.in_bulk({message.template_id for message in messages})
    for message in messages:
        message.person, message.template = people[message.person_id], templates[message.template_id]
    choices = SafeContact.objects.in_bulk(list(people))
    for person, row in choices.items():
        row.person = people[person]
    for person in people:
        keyring.want(person)
    digests = {sends.digest_of(message.key): message.pk for message in messages}
    agreed = _agreed(people)
    return Known(
        choices=choices, agreed=agreed, ended=_ended(people, agreed),
        sent_before=frozenset(digests[one] for one in sends.sent_before(digests)), senseless=without_sense(messages),
    )  # fmt: skip


def _agreed(people: dict[UUID, User]) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, frozenset[str]] = {}
    rows = Consent.objects.holding().filter(person__in=list(people)).values_list("person_id", "purpose")
    for person, purpose in rows:
        found[person] = found.get(person, frozenset()) | {purpose}
    return found


def _ended(people: dict[UUID, User], agreed: dict[UUID, frozenset[str]]) -> dict[UUID, datetime]:
    """As `contact.withdrawal` has it: the end of taking part, or of the last way of being reached."""
    ended = Withdrawal.objects.filter(
        consent__person__in=list(people), consent__purpose__in=[ConsentPurpose.TAKING_PART, *CONTACT_PURPOSES]
    )
    rows = ended.order_by("at").values_list("consent__person_id", "consent__purpose", "at")
    no_way_left = {person for person in people if not agreed.get(person, frozenset()) & set(CONTACT_PURPOSES)}
    return {
        person: at for person, purpose, at in rows if purpose == ConsentPurpose.TAKING_PART or person in no_way_left
    }
