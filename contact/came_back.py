"""Messages that came back: they left, and whoever carried them says later that they did not arrive.

A mail server tells it by a report to the sender's mailbox (RFC 3464); the mailbox hands it to `manage.py note_bounce`.
Whoever sends text messages for us is asked every hour. The message stays "sent", because it was, and is never sent
again; somebody tells the person in another safe way.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from django.db import transaction

from contact import sms
from contact.choosing import taken_back_since
from contact.models import OutboxMessage
from contact.services import safe_contact_of
from contact.smtp import neutral_domain
from contact.takeover import CAME_BACK, LEFT, take_over
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.models import User

FAILED = "failed"
# Parts that repeat the message, or its headers, in a report.
REPEATED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})


def message_of(report: bytes) -> UUID | None:
    """Which of our messages a report says did not arrive; None for everything else that a mailbox receives, such as
    word of a delay or an answer of somebody who is away. No text of the report is kept."""
    mail = email.message_from_bytes(report, policy=email.policy.default)
    if mail.get_content_type() != "multipart/report" or not any(action == FAILED for action in _actions(mail)):
        return None
    return next(filter(None, map(_our_id, _repeated(mail))), None)


def _actions(mail: EmailMessage) -> Iterator[str]:
    """What became of each recipient."""
    for part in mail.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            for block in part.walk():
                yield str(block.get("Action", "")).strip().lower()


def _repeated(mail: EmailMessage) -> Iterator[str]:
    """Message-IDs of what the report is about."""
    for part in mail.walk():
        if part.get_content_type() not in REPEATED:
            continue
        inner: Any = part.get_payload()
        if isinstance(inner, list) and inner:
            yield str(inner[0].get("Message-ID", ""))
        else:
            headers = part.get_payload(decode=True) or b""
            yield str(email.message_from_bytes(bytes(headers), policy=email.policy.default).get("Message-ID", ""))


def _our_id(message_id: str) -> UUID | None:
    name, _at, domain = message_id.strip().strip("<>").rpartition("@")
    return _number(name) if domain.lower() == neutral_domain().lower() else None


def note_texts(now: datetime) -> int:
    """Ask whoever sends text messages for us; how many are news. NotTakenError where there is no answer."""
    return sum(note(found, now) for found in filter(None, map(_number, sms.did_not_arrive())))


def _number(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


@transaction.atomic
def note(message_id: UUID, now: datetime) -> bool:
    """Once, for a message that left: it did not arrive, and somebody is to tell the person. Whether that is news."""
    person = OutboxMessage.objects.filter(pk=message_id).values_list("person_id", flat=True).first()
    if person is None:
        return False
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person)
    rows = OutboxMessage.objects.select_for_update(of=("self",)).filter(pk=message_id)
    message = rows.filter(state__in=LEFT).exclude(reason=CAME_BACK).first()
    if message is None:
        return False
    message.reason = CAME_BACK
    message.save(update_fields=["reason"])
    audit.record(Action.CHANGE, message, person=person, purpose=Purpose.CONTACT, fields=("reason",))
    if not taken_back_since(message) and message.person.is_active:
        take_over(message, safe_contact_of(message.person), now)
    return True
