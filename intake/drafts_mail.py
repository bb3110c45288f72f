"""Sending a code to an address that has no account: no outbox row, because that is always about a person.

At most once, as everything that we send: the claim is committed first, and what fails then is not tried again.
Whoever waits for a message that does not come asks for another code.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from contact.registry import add_planner
from contact.strangers import write_to
from intake.models_drafts import AddressCode

TEMPLATE = "sign_in_code"


def register() -> None:
    add_planner(send_waiting)


def send_waiting(now: datetime) -> int:
    """Codes whose task never ran, because the broker was away. They wait in no queue, so none is counted as planned."""
    for key in AddressCode.objects.filter(sent_at=None, until__gt=now).values_list("pk", flat=True):
        send(key)
    return 0


def send(key: UUID) -> bool:
    """Send this code, unless it went already or is over. Whether it was handed over."""
    claimed = _claim(key)
    if claimed is None:
        return False
    asked, code = claimed
    return write_to(
        email=asked.email, template=TEMPLATE, language=asked.language, values={"code": code}, reference=asked.pk
    )


@transaction.atomic(durable=True)
def _claim(key: UUID) -> tuple[AddressCode, str] | None:
    """The row and its code, which is wiped as it is taken."""
    now = timezone.now()
    found = AddressCode.objects.select_for_update(skip_locked=True, of=("self",))
    asked = found.filter(pk=key, sent_at=None, until__gt=now).first()
    if asked is None:
        return None
    code = asked.code
    asked.code, asked.sent_at = "", now
    asked.save(update_fields=["code", "sent_at"])
    return asked, code
