"""Handing a message over, by e-mail or as a text message, and reading what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.mail import get_connection

from contact import letters, sms, smtp
from contact.carrier import Gate, NotTakenError, OutcomeUnknownError
from contact.choices import Channel, OutboxState
from contact.models import OutboxMessage, SafeContact
from contact.outcome import Outcome, OvertakenError
from contact.wording import WordingError
from psp.logs import get_logger

log = get_logger(__name__)

# Minutes until the next try after each soft failure; then it is over.
BACK_OFF = (1, 5, 15, 60, 180)
# The reason of a message that waits because whoever sends for us could not take it.
SOFT = "try_later"


def hand_over(message: OutboxMessage, choices: SafeContact, channel: str, now: datetime, gate: Gate) -> Outcome:
    """Word the message and send it by this channel, through the gate; what became of it."""
    try:
        letter = letters.write(message, choices, channel)
    except (WordingError, KeyError, ValueError) as error:
        log.error("message_cannot_be_worded", code=message.template_id, error=type(error).__name__)
        return Outcome(OutboxState.FAILED, "wording", channel=channel)
    try:
        if channel == Channel.SMS:
            sms.provider().send(letters.as_text_message(message, letter, choices.phone), gate)
        else:
            _by_email(message, letter, gate)
    except OvertakenError as overtaken:
        return overtaken.outcome
    except OutcomeUnknownError:
        return Outcome(OutboxState.UNKNOWN, "connection_lost", letter=letter, channel=channel)
    except NotTakenError as error:
        log.warning("message_not_taken", channel=str(channel), code=error.code)
        return _after_failure(message, now, channel, final=error.final)
    return Outcome(OutboxState.SENT, letter=letter, channel=channel)


def _by_email(message: OutboxMessage, letter: letters.Letter, gate: Gate) -> None:
    try:
        get_connection("contact.smtp.Backend", gate=gate).send_messages([letters.as_email(message, letter)])
    except OSError as error:
        raise NotTakenError(getattr(error, "smtp_code", 0), final=smtp.is_final(error)) from error


def _after_failure(message: OutboxMessage, now: datetime, channel: str, *, final: bool) -> Outcome:
    if final:
        return Outcome(OutboxState.FAILED, "refused", channel=channel)
    over = message.attempts >= len(BACK_OFF)
    later = now if over else now + timedelta(minutes=BACK_OFF[message.attempts])
    if over or later > message.useful_until:
        return Outcome(OutboxState.FAILED, "gave_up", channel=channel)
    return Outcome(OutboxState.WAITING, SOFT, due_at=later)
