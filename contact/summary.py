"""A person's choices, and their messages, in words: for their own pages and for their file on the desk."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contact.choices import OutboxState
from contact.hours import lines
from contact.models import OutboxMessage, SafeContact
from psp.bilingual import in_language
from psp.calendar_text import long_date, long_datetime

TAG_KINDS = {
    OutboxState.SENT: "success", OutboxState.UNKNOWN: "warning", OutboxState.FAILED: "danger",
    OutboxState.WITHHELD: "neutral",
}  # fmt: skip


def choice_rows(choices: SafeContact) -> list[dict[str, Any]]:
    """Rows for `summary_list`, in the reader's language."""
    language = (get_language() or "en")[:2]
    return [
        {"label": _("Contact"), "value": _contact(choices)},
        {"label": _("E-mail"), "value": _("Safe") if choices.email_safe else _("Not safe")},
        {"label": _("Language of our messages"), "value": choices.get_language_display()},
        {"label": _("Name in our messages"), "value": choices.name_to_use or _("None")},
        {"label": _("When it is safe"), "value": "; ".join(lines(choices.hours, language)) or _("At any time")},
        {"label": _("Phone number"), "value": choices.phone or _("None")},
        {"label": _("Calls"), "value": _("Safe") if choices.call_safe else _("Not safe")},
        {"label": _("Voicemail"), "value": _("Safe") if choices.voicemail_safe else _("Not safe")},
        {"label": _("Holds until"), "value": _until(choices, language)},
    ]


def _contact(choices: SafeContact) -> str:
    return _("Please do not contact me") if choices.do_not_contact else _("You may contact me as follows")


def _until(choices: SafeContact, language: str) -> str:
    if choices.recheck_on is None:
        return _("No date set")
    return long_date(choices.recheck_on, language, article=False)


def message_row(message: OutboxMessage, reader: Any) -> dict[str, Any]:
    """One message for a list: subject, body, when in the reader's clock, and what became of it."""
    language = (get_language() or "en")[:2]
    moment = message.finished_at or message.created_at
    return {
        "id": message.pk,
        "subject": message.subject or in_language(message.template, "subject", language),
        "body": message.body,
        "when": long_datetime(moment, reader.time_zone, language),
        "when_iso": moment.isoformat(),
        "state": message.get_state_display(),
        "tag_kind": TAG_KINDS.get(OutboxState(message.state), "neutral"),
        "person": message.person,
    }
