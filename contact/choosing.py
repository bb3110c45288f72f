"""Whether a message may go now, and by which way: asked at the last moment before it would ([security] 27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from consent.choices import ConsentPurpose
from consent.models import Consent, Withdrawal
from contact import sms
from contact.choices import CONSENT_FOR, OutboxState
from contact.knowing import Known
from contact.models import OutboxMessage, SafeContact
from contact.outcome import Outcome
from contact.rules import (
    WRITTEN,
    Channel,
    Decision,
    Pick,
    Refusal,
    SafeContactChoice,
    SafeHours,
    order_of,
    pick_channel,
)
from psp.choices import Kind
from psp.models import User

EMAIL = frozenset({Channel.EMAIL.value})
# A code answers whoever typed an address: to that address first.
FOR_CODES = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True, slots=True)
class Way:
    """It may go now, by this channel."""

    channel: str


def decide(message: OutboxMessage, known: Known, now: datetime) -> Way | Outcome:
    """By which channel this message goes now; or what becomes of it instead. Asks the database nothing."""
    person, choices = message.person, known.choices_of(message.person)
    if (over := _over(message, known, now)) is not None:
        return over
    picked = pick_channel(
        choice_of(message, choices, known.agreed_by(person)), order=_order(message, choices), now=now,
        tz=person.time_zone, asked_for_now=message.asked_for,
    )  # fmt: skip
    if picked.channel and picked.channel not in WRITTEN and picked.decision.reason != Refusal.RECHECK_PASSED:
        return Outcome(OutboxState.TO_CALL, f"by_{picked.channel}", channel=picked.channel)
    if not picked.decision.allowed:
        return _refused(message, picked)
    if picked.channel == Channel.EMAIL and not person.sealed_email:
        return Outcome(OutboxState.FAILED, "no_address", channel=picked.channel)
    return Way(picked.channel)


def _over(message: OutboxMessage, known: Known, now: datetime) -> Outcome | None:
    """What ends a message whatever its person chose."""
    if message.pk in known.sent_before:
        return Outcome(OutboxState.UNKNOWN, "restored")
    if now > message.useful_until:
        return Outcome(OutboxState.EXPIRED, "too_late")
    if not message.person.is_active:
        return Outcome(OutboxState.WITHHELD, "account_closed")
    ended = known.ended.get(message.person_id)
    if not message.asked_for and ended is not None and ended >= message.created_at:
        return Outcome(OutboxState.CANCELLED, "consent_withdrawn")
    if message.pk in known.senseless:
        return Outcome(OutboxState.CANCELLED, "overtaken")
    return None


def taken_back_since(message: OutboxMessage) -> bool:
    """Whether the person stopped taking part after this was queued.

    What waits is cancelled then and there; what was in a sender's hands at that moment is found here.
    """
    ended = Withdrawal.objects.filter(consent__person=message.person_id, consent__purpose=ConsentPurpose.TAKING_PART)
    return not message.asked_for and ended.filter(at__gte=message.created_at).exists()


def _refused(message: OutboxMessage, picked: Pick) -> Outcome:
    decision: Decision = picked.decision
    reason = str(decision.reason)
    if decision.not_before is None:
        return Outcome(OutboxState.WITHHELD, reason, channel=picked.channel)
    if decision.not_before > message.useful_until:
        return Outcome(OutboxState.EXPIRED, reason, channel=picked.channel)
    return Outcome(OutboxState.WAITING, reason, due_at=decision.not_before)


def _order(message: OutboxMessage, choices: SafeContact) -> tuple[str, ...]:
    return FOR_CODES if message.asked_for else order_of(choices.first_choice)


def choice_of(message: OutboxMessage, choices: SafeContact, agreed: frozenset[str]) -> SafeContactChoice:
    """What the person chose, as far as it concerns this message. `agreed`: every purpose that they agree to now.

    A code that the person asked for this minute answers them; it is not us contacting them. By e-mail it needs no
    consent to being written to (taking part is possible without), and someone who looks on the site instead of being
    written to must be able to sign in there. A mailbox that is not safe gets nothing at all. Team members'
    mailboxes belong to their work, and so do codes to supporters who chose nothing else; what else comes with leading
    reaches a supporter once they said that their mailbox is safe.
    """
    if _is_for_work(message, choices):
        return SafeContactChoice(safe_channels=EMAIL, consented_channels=EMAIL)
    return SafeContactChoice(
        safe_channels=safe_channels(choices) - ({Channel.SMS} if not sms.is_available() else set()),
        consented_channels=channels_of(agreed) | (EMAIL if _needs_no_consent(message) else frozenset()),
        hours=hours_of(choices),
        recheck_on=choices.recheck_on,
        do_not_contact=choices.do_not_contact and not message.asked_for,
    )


def _needs_no_consent(message: OutboxMessage) -> bool:
    """Answers to what the person asked, and what a supporter has to know for their work."""
    return message.asked_for or message.person.kind == Kind.SUPPORTER


def standing_choice(choices: SafeContact) -> SafeContactChoice:
    """Everything that a person chose, for somebody who is about to call or to write to them."""
    return SafeContactChoice(
        safe_channels=safe_channels(choices), consented_channels=consented_channels(choices.person),
        hours=hours_of(choices), recheck_on=choices.recheck_on, do_not_contact=choices.do_not_contact,
    )  # fmt: skip


def hours_of(choices: SafeContact) -> tuple[SafeHours, ...]:
    return tuple(SafeHours(*span) for span in choices.hours)


def safe_channels(choices: SafeContact) -> frozenset[str]:
    """What the person marked as safe, as far as there is a number or an address to use."""
    number, address = bool(choices.phone), bool(choices.address)
    said = {
        Channel.EMAIL: choices.email_safe, Channel.SMS: choices.sms_safe and number,
        Channel.PHONE: choices.call_safe and number,
        Channel.VOICEMAIL: choices.call_safe and choices.voicemail_safe and number,
        Channel.POST: choices.post_safe and address,
    }  # fmt: skip
    return frozenset(channel.value for channel, safe in said.items() if safe)


def consented_channels(person: User) -> frozenset[str]:
    """Every channel of which the person agrees to be reached by it."""
    return channels_of(Consent.objects.purposes_of(person))


def channels_of(agreed: frozenset[str]) -> frozenset[str]:
    return frozenset(channel for channel, purpose in CONSENT_FOR.items() if purpose in agreed)


def _is_for_work(message: OutboxMessage, choices: SafeContact) -> bool:
    chose_nothing = choices._state.adding
    kind = message.person.kind
    return kind == Kind.STAFF or (kind == Kind.SUPPORTER and message.asked_for and chose_nothing)
