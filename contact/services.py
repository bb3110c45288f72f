"""The public side of contact: put a message in the outbox, take it back, keep a person's choices.

Nothing here sends. `contact.delivery` does, and asks again then whether it may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.choices import Channel, OutboxState
from contact.models import OutboxMessage, SafeContact
from contact.permissions import can_set_safe_contact
from contact.registry import add_guard, add_planner
from contact.rules import SafeHours
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from psp.queue import after_commit

__all__ = [
    "add_guard", "add_planner", "cancel_messages", "first_message", "queue_message", "safe_contact_of",
    "send_code", "set_safe_contact",
]  # fmt: skip

USEFUL_FOR = timedelta(days=7)
CODE_USEFUL_FOR = timedelta(minutes=10)
LINK_USEFUL_FOR = timedelta(hours=12)
CHOICES = ("email_safe", "call_safe", "voicemail_safe", "phone", "name_to_use", "hours", "language", "recheck_on",
           "do_not_contact")  # fmt: skip


@transaction.atomic
def queue_message(
    *,
    person: User,
    template: str,
    key: str,
    context: Mapping[str, str],
    due_at: datetime | None = None,
    useful_until: datetime | None = None,
    channel: str = Channel.EMAIL,
    secret: str = "",
    asked_for: bool = False,
) -> OutboxMessage:
    """Put a message in the outbox once: the second call with the same `key` finds the first one's message.

    `context` holds opaque values only: "at" (ISO 8601, aware) becomes the placeholder {when} in the reader's own
    time, everything else is for the app that queued it. `secret` (a code) is sealed, and wiped once sent.
    `asked_for`: the person asked for it this minute, so safe hours do not matter. Without `due_at` it goes now.
    """
    begin = due_at or timezone.now()
    message = OutboxMessage(
        key=key, person_id=person.pk, template_id=template, channel=channel, context=dict(context), secret=secret,
        asked_for=asked_for, due_at=begin, useful_until=useful_until or begin + USEFUL_FOR,
    )  # fmt: skip
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    kept = OutboxMessage.objects.get(key=key)
    if kept.pk == message.pk and due_at is None:
        _send_soon(message.pk)
    return kept


def first_message(*, person: User, template: str, key: str) -> OutboxMessage:
    """A message to go now, not written yet: for what must cost one statement and no more.

    The caller writes it, in one statement of its own or with others (`psp.together.insert_all`).
    """
    now = timezone.now()
    message = OutboxMessage(
        key=key, person_id=person.pk, template_id=template, channel=Channel.EMAIL, due_at=now,
        useful_until=now + USEFUL_FOR,
    )  # fmt: skip
    _send_soon(message.pk)
    return message


def _send_soon(message_id: UUID) -> None:
    from contact.tasks import send_one

    after_commit(send_one, str(message_id))


def cancel_messages(
    *, key_prefix: str = "", person: User | UUID | None = None, reason: str = "cancelled", asked_for: bool = False
) -> int:
    """Take back every waiting message of a person, or whose key begins so; returns how many.

    Codes that the person asked for stay, unless `asked_for`. ValueError without a key prefix and a person.
    """
    if not key_prefix and person is None:
        raise ValueError("name a key prefix or a person")
    waiting = OutboxMessage.objects.waiting()
    if key_prefix:
        waiting = waiting.filter(key__startswith=key_prefix)
    if person is not None:
        waiting = waiting.filter(person_id=getattr(person, "pk", person))
    if not asked_for:
        waiting = waiting.filter(asked_for=False)
    return waiting.update(state=OutboxState.CANCELLED, reason=reason, finished_at=timezone.now(), secret=b"")


@transaction.atomic
def send_code(*, user: User, code: str) -> OutboxMessage:
    """A sign-in code, at once. An earlier code that still waits is of no use any more."""
    cancel_messages(key_prefix="code|", person=user, reason="newer_code", asked_for=True)
    return queue_message(
        person=user, template="sign_in_code", key=f"code|{uuid4()}", context={}, secret=code, asked_for=True,
        useful_until=timezone.now() + CODE_USEFUL_FOR,
    )  # fmt: skip


@transaction.atomic
def send_password_link(*, user: User, link: str) -> OutboxMessage:
    """The link with which a team member or supporter chooses a password."""
    cancel_messages(key_prefix="password|", person=user, reason="newer_link", asked_for=True)
    return queue_message(
        person=user, template="password_link", key=f"password|{uuid4()}", context={}, secret=link, asked_for=True,
        useful_until=timezone.now() + LINK_USEFUL_FOR,
    )  # fmt: skip


def send_letter(user: User, kind: str, code: str, link: str) -> None:
    """What `psp.accounts.mail` hands over: a code to sign in with, or a link to choose a password."""
    if code:
        send_code(user=user, code=code)
    elif link:
        send_password_link(user=user, link=link)
    else:
        raise ValueError(f"nothing to send: {kind}")


def safe_contact_of(person: User) -> SafeContact:
    """The person's choices; where they made none yet, an unsaved row in which nothing is safe."""
    found = SafeContact.objects.filter(person_id=person.pk).first()
    return found or SafeContact(person_id=person.pk, language=person.language)


@transaction.atomic
def set_safe_contact(
    *,
    person: User,
    by: User,
    email_safe: bool,
    call_safe: bool = False,
    voicemail_safe: bool = False,
    phone: str = "",
    name_to_use: str = "",
    hours: Sequence[Sequence[int]] = (),
    language: str = "",
    recheck_on: date | None = None,
    do_not_contact: bool = False,
) -> SafeContact:
    """Keep how it is safe to reach somebody, from now on ([domain] rule 25). DomainError names the field.

    `hours`: [weekday 0-6 from Monday, start minute, end minute], empty for any time.
    """
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    choices = safe_contact_of(person)
    require(can_set_safe_contact(by, person), "set_safe_contact")
    spans = _checked_hours(hours)
    _check_phone(phone, needed=call_safe or voicemail_safe)
    before = _values(choices)
    choices.email_safe, choices.call_safe, choices.voicemail_safe = email_safe, call_safe, voicemail_safe
    choices.set_phone(phone)
    choices.name_to_use, choices.hours = " ".join(name_to_use.split()), spans
    choices.language, choices.recheck_on = language or choices.language, recheck_on
    choices.do_not_contact = do_not_contact
    _save_and_record(choices, before)
    return choices


def _save_and_record(choices: SafeContact, before: dict[str, Any]) -> None:
    new = choices._state.adding
    changed = [name for name, value in _values(choices).items() if new or before[name] != value]
    if not changed:
        return
    choices.save(force_insert=new)
    audit.record(
        Action.CREATE if new else Action.CHANGE, choices, person=choices.person_id, purpose=Purpose.CONTACT,
        fields=changed,
    )  # fmt: skip


def _values(choices: SafeContact) -> dict[str, Any]:
    return {name: getattr(choices, name) for name in CHOICES}


def _checked_hours(hours: Sequence[Sequence[int]]) -> list[list[int]]:
    try:
        spans = sorted({SafeHours(*span) for span in hours}, key=lambda span: (span.weekday, span.start_minute))
    except (TypeError, ValueError) as error:
        raise DomainError(
            _("Choose hours that end after they begin, within one day."), code="hours_in_order", field="hours"
        ) from error
    return [[span.weekday, span.start_minute, span.end_minute] for span in spans]


def _check_phone(phone: str, *, needed: bool) -> None:
    digits = sum(letter.isdigit() for letter in phone)
    if needed and not digits:
        raise DomainError(_("Add the number that we may call."), code="phone_needed", field="phone")
    if phone.strip() and not 7 <= digits <= 15:
        raise DomainError(
            _("Write the phone number with its area code, as in 613 555 0123."), code="phone_shape", field="phone"
        )
