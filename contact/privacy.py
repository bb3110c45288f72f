"""What this app holds about a person: how it is safe to reach them, and every message to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from contact.choices import CallState, Channel, OutboxState
from contact.hours import lines
from contact.models import CallTask, OutboxMessage, SafeContact
from contact.services import queue_message
from privacy.holdings import Both, Line, Record, Section, add_section, earlier
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
    rows = OutboxMessage.objects.visible_to(person).select_related("template").order_by("created_at")
    for row in rows:
        subject = row.subject or Both(row.template.subject_en, row.template.subject_fr)
        yield [
            Line(_("Message"), subject), Line(_("Text"), row.body), Line(_("By"), Channel(row.channel).label),
            Line(_("Made"), row.created_at), Line(_("State"), OutboxState(row.state).label),
            Line(_("Ended"), row.finished_at),
        ]  # fmt: skip


def calls(person: User) -> Iterable[Record]:
    """Calls and letters in place of a message. What was said is kept nowhere."""
    for row in CallTask.objects.filter(person=person).select_related("message__template").order_by("created_at"):
        template = row.message.template
        yield [
            Line(_("Instead of"), Both(template.subject_en, template.subject_fr)), Line(_("Made"), row.created_at),
            Line(_("Tries"), row.attempts), Line(_("State"), CallState(row.state).label),
            Line(_("Ended"), row.finished_at),
        ]  # fmt: skip


def tell_of_answer(request: RightsRequest) -> None:
    """There is something to read in the person's space; the message says no more."""
    queue_message(person=request.person, template="decision_ready", key=f"rights|{request.pk}", context={})


def register() -> None:
    add_section(
        Section("safe_contact", _("How we may reach you"), choices, frozenset({"contact.safecontact"}), order=30)
    )
    before = _("How we could reach you, earlier")
    add_section(Section("safe_contact_before", before, choices_before, frozenset(), order=31))
    add_section(Section("messages", _("Messages to you"), messages, frozenset({"contact.outboxmessage"}), order=70))
    add_section(Section("calls", _("Calls and letters to you"), calls, frozenset({"contact.calltask"}), order=71))
    add_quick_change(QuickChange(_("How it is safe to reach me"), "contact:change", order=20))
    on_answered(tell_of_answer)
