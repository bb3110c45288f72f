"""What this app holds about a person: how it is safe to reach them, and every message to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from contact.choices import CallState, Channel, OutboxState
from contact.hours import lines
from contact.models import CallTask, MessageTemplate, OutboxMessage, SafeContact
from contact.services import queue_message
from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Use, declare, these
from privacy.holdings import Both, Line, Record, Section, add_section, earlier, earlier_of_each, past_of
from privacy.hooks import on_answered
from privacy.models import RightsRequest
from privacy.quick_changes import QuickChange, add_quick_change
from psp.choices import Language
from psp.models import User

LABELS = {
    "do_not_contact": _("Please do not contact me"), "email_safe": _("E-mail is safe"),
    "sms_safe": _("A text message is safe"), "call_safe": _("A call is safe"),
    "voicemail_safe": _("A voicemail is safe"), "post_safe": _("A letter is safe"), "phone": _("Phone number"),
    "address": _("Address for letters"), "name_to_use": _("Name in our messages"),
    "caller_name": _("Who we say is calling"), "explicit_texts": _("Our e-mails may say what they are about"),
    "recheck_on": _("Holds until"),
}  # fmt: skip


MESSAGE, TEXT, BY, MADE = _("Message"), _("Text"), _("By"), _("Made")
STATE, ENDED = _("State"), _("Ended")
MESSAGE_FIELDS = ("person", "template", "subject", "body", "channel", "created_at", "state", "finished_at")
LIST_OF_TEAM = _("About a member of the team")
MAP = (
    Holding(
        "contact.safecontact", "person", "contact",
        these("person email_safe call_safe voicemail_safe sms_safe post_safe first_choice phone phone_index address"
              " name_to_use caller_name explicit_texts hours language recheck_on do_not_contact"),
        Use.REACH, Basis.CONSENT, "file", Erased.DELETED, exported=("safe_contact", "safe_contact_before"),
        history=True,
    ),
    Holding(
        "contact.outboxmessage", "person", "contact",
        these("id key person channel template context secret asked_for due_at useful_until state reason attempts"
              " claimed_at claim finished_at dealt_with_at dealt_with_by subject body created_at"),
        Use.REACH, Basis.CONSENT, "message", Erased.DELETED, exported=("messages",), also=("dealt_with_by",),
    ),
    Holding(
        "contact.calltask", "person", "contact",
        these("id message person reason state attempts not_before useful_until created_at finished_at finished_by"),
        Use.REACH, Basis.CONSENT, "with_file", Erased.DELETED, exported=("calls", "calls_before"),
        also=("finished_by",), history=True,
    ),
    Holding(
        "contact.historicalmessagetemplate", "history_user", "team",
        (*these("code subject_en subject_fr body_en body_fr sms_en sms_fr explicit_en explicit_fr"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=LIST_OF_TEAM,
    ),
)  # fmt: skip


def choices(person: User) -> Iterable[Record]:
    row = SafeContact.objects.visible_to(person).first()
    if row is None:
        return
    hours = Both("; ".join(lines(row.hours, "en")), "; ".join(lines(row.hours, "fr"))) if row.hours else None
    yield [
        *(Line(label, getattr(row, name)) for name, label in LABELS.items()),
        Line(_("When it is safe"), hours or _("At any time")),
        Line(_("Liked best"), Channel(row.first_choice).label),
        Line(_("Language of our messages"), Language(row.language).label),
    ]


def choices_before(person: User) -> Iterable[Record]:
    row = SafeContact.objects.visible_to(person).first()
    return earlier(row.history.order_by("history_id"), LABELS, _("From")) if row else ()


def messages(person: User) -> Iterable[Record]:
    """Only what is told is read: after years there are thousands."""
    rows = OutboxMessage.objects.visible_to(person).order_by("created_at").only(*MESSAGE_FIELDS)
    subjects = {one.pk: Both(one.subject_en, one.subject_fr) for one in MessageTemplate.objects.all()}
    ways, states = ({one.value: one.label for one in kind} for kind in (Channel, OutboxState))
    for row in rows:
        yield (
            Line(MESSAGE, row.subject or subjects[row.template_id]), Line(TEXT, row.body),
            Line(BY, ways[row.channel]), Line(MADE, row.created_at), Line(STATE, states[row.state]),
            Line(ENDED, row.finished_at),
        )  # fmt: skip


def calls(person: User) -> Iterable[Record]:
    """Calls and letters in place of a message. What was said is kept nowhere."""
    for row in CallTask.objects.filter(person=person).select_related("message__template").order_by("created_at"):
        yield _called(row)


def _called(row: Any) -> list[Line]:
    template = row.message.template
    return [
        Line(_("Instead of"), Both(template.subject_en, template.subject_fr)), Line(_("Made"), row.created_at),
        Line(_("Tries"), row.attempts), Line(_("State"), CallState(row.state).label),
        Line(_("Ended"), row.finished_at),
    ]  # fmt: skip


def calls_before(person: User) -> Iterable[Record]:
    rows = past_of(CallTask.objects.filter(person=person)).select_related("message__template")
    return earlier_of_each(rows, dict.fromkeys(("state", "attempts")), _("From"), _called)


def tell_of_answer(request: RightsRequest) -> None:
    """There is something to read in the person's space; the message says no more."""
    queue_message(person=request.person, template="decision_ready", key=f"rights|{request.pk}", context={})


def register() -> None:
    declare(*MAP)
    add_section(
        Section("safe_contact", _("How we may reach you"), choices, frozenset({"contact.safecontact"}), order=30)
    )
    before = _("How we could reach you, earlier")
    add_section(Section("safe_contact_before", before, choices_before, frozenset(), order=31))
    add_section(Section("messages", _("Messages to you"), messages, frozenset({"contact.outboxmessage"}), order=70))
    add_section(Section("calls", _("Calls and letters to you"), calls, frozenset({"contact.calltask"}), order=71))
    earlier_calls = _("Calls and letters to you, earlier")
    add_section(Section("calls_before", earlier_calls, calls_before, frozenset(), order=72))
    add_quick_change(QuickChange(_("How it is safe to reach me"), "contact:change", order=20))
    on_answered(tell_of_answer)
