"""The public side of contact: put a message in the outbox, take it back, keep a person's choices.

Nothing here sends. `contact.delivery` does, and asks again then whether it may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.choices import OutboxState
from contact.models import OutboxMessage, SafeContact
from contact.permissions import can_set_safe_contact
from contact.registry import add_guard, add_planner
from contact.rules import SafeHours
from contact.takeover import close_overtaken
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from psp.queue import after_commit

__all__ = [
    "add_guard", "add_planner", "cancel_messages", "confirm_safe_contact", "first_message", "queue_for_all",
    "queue_message", "safe_contact_of", "send_code", "send_soon", "set_safe_contact",
]  # fmt: skip

USEFUL_FOR = timedelta(days=7)
CODE_USEFUL_FOR = timedelta(minutes=10)
LINK_USEFUL_FOR = timedelta(hours=12)
CHOICES = ("email_safe", "sms_safe", "call_safe", "voicemail_safe", "post_safe", "first_choice", "phone", "address",
           "name_to_use", "caller_name", "explicit_texts", "hours", "language", "recheck_on", "do_not_contact",
           )  # fmt: skip


AS_SAID = ("sms_safe", "call_safe", "voicemail_safe", "post_safe", "explicit_texts", "recheck_on", "do_not_contact")


class Wishes(TypedDict, total=False):
    """How somebody wishes to be reached, besides e-mail.

    `hours`: [weekday 0-6 from Monday, start minute, end minute], empty for any time.
    """

    sms_safe: bool
    call_safe: bool
    voicemail_safe: bool
    post_safe: bool
    first_choice: str
    phone: str
    address: str
    name_to_use: str
    caller_name: str
    explicit_texts: bool
    hours: Sequence[Sequence[int]]
    language: str
    recheck_on: date | None
    do_not_contact: bool


NOTHING_WISHED = Wishes(
    sms_safe=False, call_safe=False, voicemail_safe=False, post_safe=False, first_choice="", phone="", address="",
    name_to_use="", caller_name="", explicit_texts=False, hours=(), language="", recheck_on=None, do_not_contact=False,
)  # fmt: skip


@transaction.atomic
def queue_message(
    *,
    person: User,
    template: str,
    key: str,
    context: Mapping[str, str],
    due_at: datetime | None = None,
    useful_until: datetime | None = None,
    secret: str = "",
    asked_for: bool = False,
) -> OutboxMessage:
    """Put a message in the outbox once: the second call with the same `key` finds the first one's message.

    `context` holds opaque values only: "at" (ISO 8601, aware) becomes the placeholder {when} in the reader's own
    time, everything else is for the app that queued it. `secret` (a code) is sealed, and wiped once sent.
    `asked_for`: the person asked for it this minute, so safe hours do not matter. Without `due_at` it goes now.
    By which channel is decided when it is sent.
    """
    begin = due_at or timezone.now()
    message = OutboxMessage(
        key=key, person_id=person.pk, template_id=template, context=dict(context), secret=secret, asked_for=asked_for,
        due_at=begin, useful_until=useful_until or begin + USEFUL_FOR,
    )  # fmt: skip
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    kept = OutboxMessage.objects.get(key=key)
    if kept.pk == message.pk and due_at is None:
        send_soon(message.pk)
    return kept


def queue_for_all(*, people: Iterable[User], template: str, key: str, context: Mapping[str, str]) -> None:
    """The same to many in one statement, under `key|account` each. It is not urgent: beat finds it within a minute."""
    now = timezone.now()
    messages = [
        OutboxMessage(key=f"{key}|{person.pk}", person_id=person.pk, template_id=template, context=dict(context),
                      due_at=now, useful_until=now + USEFUL_FOR)
        for person in people
    ]  # fmt: skip
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)


def first_message(*, person: User, template: str, key: str) -> OutboxMessage:
    """A message to go now, not written yet: for what must cost one statement and no more.

    The caller writes it, in one statement of its own or with others (`psp.together.insert_all`).
    """
    now = timezone.now()
    message = OutboxMessage(
        key=key, person_id=person.pk, template_id=template, due_at=now, useful_until=now + USEFUL_FOR,
    )  # fmt: skip
    send_soon(message.pk)
    return message


def send_soon(message_id: UUID) -> None:
    """Once this is committed; the sweep finds it where the broker is away."""
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
    person_id = person.pk if isinstance(person, User) else person
    close_overtaken(key_prefix=key_prefix, person_id=person_id)
    waiting = OutboxMessage.objects.waiting()
    if key_prefix:
        waiting = waiting.filter(key__startswith=key_prefix)
    if person_id is not None:
        waiting = waiting.filter(person_id=person_id)
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
def set_safe_contact(*, person: User, by: User, email_safe: bool, **wishes: Unpack[Wishes]) -> SafeContact:
    """Keep how it is safe to reach somebody, from now on ([domain] rule 25). DomainError names the field.

    What `wishes` leaves out is not safe, empty, or not set.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    choices = safe_contact_of(person)
    require(can_set_safe_contact(by, person), "set_safe_contact")
    said: dict[str, Any] = {**NOTHING_WISHED, **wishes}
    _check_phone(said["phone"], needed=said["call_safe"] or said["voicemail_safe"] or said["sms_safe"])
    _check_address(said["address"], needed=said["post_safe"])
    before = values_of(choices)
    choices.email_safe = email_safe
    for name in AS_SAID:
        setattr(choices, name, said[name])
    for name in ("name_to_use", "caller_name"):
        setattr(choices, name, " ".join(said[name].split()))
    # An address is kept only for letters.
    choices.address = "\n".join(filter(None, map(str.strip, said["address"].splitlines()))) if said["post_safe"] else ""
    choices.set_phone(said["phone"])
    choices.hours = _checked_hours(said["hours"])
    choices.language = said["language"] or choices.language
    choices.first_choice = said["first_choice"] or choices.first_choice
    _save_and_record(choices, before)
    return choices


@transaction.atomic
def confirm_safe_contact(*, person: User, by: User, recheck_on: date | None) -> SafeContact:
    """All choices still hold, until another day or without one. Nothing else changes.

    DomainError: `nothing_to_confirm`, `recheck_past`.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    choices = safe_contact_of(person)
    require(can_set_safe_contact(by, person), "set_safe_contact")
    if choices._state.adding:
        raise DomainError(_("Choose first how we may reach you."), code="nothing_to_confirm")
    if recheck_on is not None and recheck_on < timezone.localdate():
        raise DomainError(_("Choose a day that is still to come."), code="recheck_past", field="recheck_on")
    before = values_of(choices)
    choices.recheck_on = recheck_on
    _save_and_record(choices, before)
    return choices


def _save_and_record(choices: SafeContact, before: dict[str, Any]) -> None:
    new = choices._state.adding
    changed = [name for name, value in values_of(choices).items() if new or before[name] != value]
    if not changed:
        return
    choices.save(force_insert=new)
    audit.record(
        Action.CREATE if new else Action.CHANGE, choices, person=choices.person_id, purpose=Purpose.CONTACT,
        fields=changed,
    )  # fmt: skip


def values_of(choices: SafeContact) -> dict[str, Any]:
    """Everything that the person chose, opened."""
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


def _check_address(address: str, *, needed: bool) -> None:
    if needed and not address.strip():
        raise DomainError(_("Write the address to which a letter is safe."), code="address_needed", field="address")
