"""A person's choices, and their messages, in words: for their own pages and for their file on the desk."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import Consent, ConsentVersion
from consent.services import texts_in_force
from contact.choices import CONSENT_FOR, OutboxState
from contact.hours import lines
from contact.models import OutboxMessage, SafeContact
from contact.takeover import CAME_BACK
from psp.bilingual import in_language, reader_language
from psp.calendar_text import long_date, long_datetime, machine_time

TAG_KINDS = {
    OutboxState.SENT: "success", OutboxState.UNKNOWN: "warning", OutboxState.FAILED: "danger",
    OutboxState.WITHHELD: "neutral", OutboxState.TO_CALL: "active",
}  # fmt: skip


# What became of a message, in a sentence for the person.
WHAT_NOW = {
    OutboxState.UNKNOWN: gettext_lazy("The connection broke while we sent it. We do not send it again by ourselves."),
    OutboxState.FAILED: gettext_lazy("It could not be delivered. Someone from the team sees to it."),
    OutboxState.WITHHELD: gettext_lazy("There was no safe way, so we sent nothing."),
    OutboxState.EXPIRED: gettext_lazy("There was no safe time before it was too late, so we sent nothing."),
    OutboxState.TO_CALL: gettext_lazy("Someone from the team calls you or writes to you instead, as you chose."),
}


def choice_rows(choices: SafeContact) -> list[dict[str, Any]]:
    """Rows for `summary_list`, in the reader's language."""
    language = reader_language()
    rows = [
        (_("Contact"), _contact(choices)),
        (_("E-mail"), _safe(choices.email_safe)),
        (
            _("What our e-mails say"),
            _("What they are about") if choices.explicit_texts else _("Nothing that gives it away"),
        ),
        (_("Phone number"), choices.phone or _("None")),
        (_("Text messages"), _safe(choices.sms_safe)),
        (_("Calls"), _safe(choices.call_safe)),
        (_("Voicemail"), _safe(choices.voicemail_safe)),
        (_("Who we say is calling"), choices.caller_name or _("A first name, and no more")),
        (_("Letters"), choices.address if choices.post_safe else _safe(False)),
        (_("Liked best"), choices.get_first_choice_display()),
        (_("Language of our messages"), choices.get_language_display()),
        (_("Name in our messages"), choices.name_to_use or _("None")),
        (_("When it is safe"), "\n".join(lines(choices.hours, language)) or _("At any time")),
        (_("Holds until"), _until(choices, language)),
    ]
    return [{"label": label, "value": value} for label, value in rows]


def _safe(yes: bool) -> str:
    return _("Safe") if yes else _("Not safe")


def missing_consents(choices: SafeContact) -> list[ConsentVersion]:
    """Texts that the person has not signed of the channels that they marked as safe."""
    marked = {
        "email": choices.email_safe, "sms": choices.sms_safe, "phone": choices.call_safe, "post": choices.post_safe,
    }  # fmt: skip
    wanted = {CONSENT_FOR[channel] for channel, safe in marked.items() if safe and not choices.do_not_contact}
    lacking = wanted - Consent.objects.purposes_of(choices.person_id) if wanted else set()
    return [text for purpose, text in texts_in_force().items() if purpose in lacking] if lacking else []


def _contact(choices: SafeContact) -> str:
    return _("Please do not contact me") if choices.do_not_contact else _("You may contact me as follows")


def _until(choices: SafeContact, language: str) -> str:
    if choices.recheck_on is None:
        return _("No date set")
    return long_date(choices.recheck_on, language, article=False)


def what_now(message: OutboxMessage) -> Any:
    """What left and came back was not delivered, whatever its state."""
    state = OutboxState.FAILED if message.reason == CAME_BACK else OutboxState(message.state)
    return WHAT_NOW.get(state, "")


def message_row(message: OutboxMessage, reader: Any) -> dict[str, Any]:
    """One message for a list: subject, body, when in the reader's clock, and what became of it."""
    language = reader_language()
    moment = message.finished_at or message.created_at
    return {
        "id": message.pk,
        "subject": message.subject or in_language(message.template, "subject", language),
        "body": message.body,
        "when": long_datetime(moment, reader.time_zone, language),
        "when_iso": machine_time(moment),
        "channel": message.get_channel_display() if message.state != OutboxState.WITHHELD else "",
        "what_now": what_now(message),
        "state": message.get_state_display(),
        "tag_kind": TAG_KINDS.get(OutboxState(message.state), "neutral"),
        "person": message.person,
    }
