"""What a coordinator sees of reminders: those to people of their regions, and to those who lead groups there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact.call_pages import reason_text
from contact.choices import CallState, OutboxState
from contact.choices_reminders import TEMPLATES
from contact.models import OutboxMessage
from contact.reminder_words import how_long
from contact.reminding import About, Source, sources
from contact.summary import TAG_KINDS
from contact.takeover import CAME_BACK
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime, machine_time
from psp.models import User

if TYPE_CHECKING:
    from contact.forms_reminders import FilterForm

WITH = ("person__participant", "call")
# In these the person has perhaps not heard, and somebody may tell them.
TELLABLE = frozenset({OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.FAILED, OutboxState.EXPIRED})
WHY = {
    "outside_hours": gettext_lazy("Not at a safe hour"),
    "try_later": gettext_lazy("It could not be sent yet; we will try again"),
    "too_late": gettext_lazy("Nothing could be sent in time"),
    "overtaken": gettext_lazy("Not needed any more"),
    "session_moved": gettext_lazy("The time has changed"),
    "session_cancelled": gettext_lazy("It does not take place"),
    "consent_withdrawn": gettext_lazy("The person withdrew a consent"),
    "do_not_contact": gettext_lazy("The person asked not to be contacted"),
    "sender_died": gettext_lazy("The connection broke while it was sent"),
    "connection_lost": gettext_lazy("The connection broke while it was sent"),
    "restored": gettext_lazy("Perhaps sent before the data was restored"),
    "refused": gettext_lazy("The address or number did not take it"),
    "gave_up": gettext_lazy("It could not be sent in several tries"),
    "no_address": gettext_lazy("There is no address"),
    "account_closed": gettext_lazy("The account is closed"),
    "wording": gettext_lazy("The text of the message cannot be used as it is"),
}


def shown_to(reader: User) -> QuerySet[OutboxMessage]:
    """Reminders to participants of the reader's regions, and those to who leads a group there."""
    led = Q()
    for source in sources():
        if source.led is not None:
            led |= Q(source.led(reader), template__in=[source.templates["lead"]])
    people = Q(pk__in=OutboxMessage.objects.in_regions_of(reader).filter(template__in=TEMPLATES).values("pk"))
    rows: QuerySet[OutboxMessage] = OutboxMessage.objects.filter(people | led, template__in=TEMPLATES)
    return rows


def listed(reader: User, form: FilterForm, now: datetime) -> QuerySet[OutboxMessage]:
    """The latest first, as the filters say."""
    rows = shown_to(reader).filter(due_at__gte=now - timedelta(days=form.since()))
    states = form.states()
    if states:
        rows = rows.filter(state__in=states)
    return rows.order_by("-due_at", "pk").select_related(*WITH)


def rows_of(messages: Iterable[OutboxMessage], reader: User) -> list[dict[str, Any]]:
    """For a table; what each is about is read once for each kind of event."""
    messages, now = list(messages), timezone.now()
    about = _about(messages, reader)
    return [_row(message, about.get(message.pk), reader, now) for message in messages]


def _about(messages: list[OutboxMessage], reader: User) -> dict[UUID, tuple[About, str]]:
    """Message -> what it is about, and how long before that it was due."""
    found: dict[UUID, tuple[About, str]] = {}
    for source in sources():
        read = [(message, match) for message in messages if (match := source.pattern.fullmatch(message.key))]
        known = source.about({UUID(match["event"]) for _message, match in read}, reader) if read else {}
        for message, match in read:
            event = known.get(UUID(match["event"]), About("", ""))
            found[message.pk] = event, str(how_long(int(match["rule"].removesuffix("h"))))
    return found


def _row(message: OutboxMessage, about: tuple[About, str] | None, reader: User, now: datetime) -> dict[str, Any]:
    event, before = about or (About("", ""), "")
    moment, call = message.finished_at or message.due_at, getattr(message, "call", None)
    file = getattr(message.person, "participant", None)
    return {
        "id": message.pk, "person": message.person, "reference": file.reference if file else _("Leads"),
        "event": event.name, "url": event.url, "before": before,
        "begins": long_datetime(message.useful_until, reader.time_zone, reader_language()),
        "begins_iso": machine_time(message.useful_until),
        "when": long_datetime(moment, reader.time_zone, reader_language()), "when_iso": machine_time(moment),
        "state": message.get_state_display(), "tag_kind": TAG_KINDS.get(OutboxState(message.state), "neutral"),
        "why": why(message), "call": call,
        "may_retry": may_retry(message, now), "may_tell": call is None and may_tell(message, now),
    }  # fmt: skip


def why(message: OutboxMessage) -> str:
    went = message.state in {OutboxState.SENT, OutboxState.SENDING} and message.reason != CAME_BACK
    if went or not message.reason:
        return ""
    return str(WHY.get(message.reason) or reason_text(message.reason))


def may_retry(message: OutboxMessage, now: datetime) -> bool:
    """It certainly did not leave, would still help, and nobody has told the person meanwhile."""
    call = getattr(message, "call", None)
    told = call is not None and call.state not in {CallState.OPEN, CallState.OVERTAKEN}
    in_time = now < message.useful_until
    return message.state == OutboxState.FAILED and message.dealt_with_at is None and in_time and not told


def may_tell(message: OutboxMessage, now: datetime) -> bool:
    """A call would still help. Who leads has no call list: their coordinator knows them."""
    has_file = getattr(message.person, "participant", None) is not None
    return message.state in TELLABLE and now < message.useful_until and has_file


def ahead(source: Source, event: UUID, reader: User) -> list[dict[str, Any]]:
    """What will go later about one event, in numbers: moment by moment, to how many people."""
    counted: dict[tuple[datetime, int], int] = defaultdict(int)
    for hours, _audience, due_at, people in source.ahead(event, timezone.now()):
        counted[due_at, hours] += people
    return [
        {"before": how_long(hours), "people": people, "when_iso": machine_time(due_at),
         "when": long_datetime(due_at, reader.time_zone, reader_language())}
        for (due_at, hours), people in sorted(counted.items())
    ]  # fmt: skip
