"""What the desk shows about applications, meetings and people. Reads only; views write the access log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact.choosing import consented_channels, safe_channels
from contact.models import SafeContact
from contact.rules import Channel
from contact.services import safe_contact_of
from intake.choices import OPEN_STATES, ApplicationState, MeetingState
from intake.models import Application, IntakeMeeting, Participant
from psp.bilingual import reader_language
from psp.calendar_text import (
    WEEKDAYS,
    long_date,
    long_datetime,
    machine_time,
    relative_days,
    time_of_day,
    zone_name,
)
from psp.crypto.fields import digest_for
from psp.crypto.normalise import normal_phone
from psp.models import REFERENCE_ALPHABET, User

# Choices of the list's filters beyond the states.
OPEN, OVERDUE, MINE, NOBODY = "open", "overdue", "me", "nobody"
SHORTEST_NUMBER, REFERENCE_LETTERS = 7, 8


def applications_of(user: User) -> QuerySet[Any]:
    """Applications of the coordinator's regions, with what a list shows; the longest waiting first."""
    rows = Application.objects.in_regions_of(user).select_related("participant__user", "participant__region")
    return rows.order_by("submitted_at", "pk")


def filtered(
    rows: QuerySet[Any], reader: User, *, state: str, service: str, language: str, assigned: str
) -> QuerySet[Any]:
    """Only what fits; `state` "open" is everything that waits for somebody to act, "" is everything."""
    if state == OVERDUE:
        rows = overdue(rows)
    elif state == OPEN:
        rows = rows.filter(state__in=OPEN_STATES)
    elif state:
        rows = rows.filter(state=state)
    if service:
        rows = rows.filter(services__contains=[service])
    if assigned:
        rows = rows.filter(assigned_to=reader if assigned == MINE else None)
    return rows.filter(language=language) if language else rows


def overdue(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Applications of which nobody has taken care for too long: a program setting ([PIA] rule 12)."""
    now = timezone.now()
    late: QuerySet[Any] = rows.overdue(now - timedelta(days=settings.PSP_OVERDUE_DAYS), now)  # type: ignore[attr-defined]
    return late


def meetings_between(user: User, start: datetime, end: datetime) -> QuerySet[Any]:
    """Intake meetings of the coordinator's regions that are set and begin in this time."""
    people = Participant.objects.in_regions_of(user)
    rows = IntakeMeeting.objects.filter(application__participant__in=people, state=MeetingState.SET)
    rows = rows.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at")
    return rows.select_related("application__participant__user", "coordinator")


def day_of(user: User) -> tuple[datetime, datetime]:
    """Today from midnight to midnight on the clock of this account."""
    zone = ZoneInfo(user.time_zone)
    today = timezone.now().astimezone(zone).date()
    return midnight(today, zone), midnight(today + timedelta(days=1), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def waiting_text(since: datetime) -> str:
    """How long somebody has waited, in whole days, as in "12 days" or "today"."""
    days = max(0, (timezone.now() - since).days)
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days else _("since today")


def due(at: datetime, reader: User) -> dict[str, str]:
    """When something is or was due, as the component `due` takes it: in words, and exactly."""
    zone = ZoneInfo(reader.time_zone)
    today = timezone.now().astimezone(zone).date()
    words = relative_days(at.astimezone(zone).date(), today, reader_language())
    return {"due_text": words, "due_exact": moment(at, reader)}


def moment(at: datetime, user: User) -> str:
    return long_datetime(at, user.time_zone, reader_language())


def both_clocks(at: datetime, reader: User, person: User) -> dict[str, str]:
    """A moment on the coordinator's clock, and on the person's where that is another one."""
    theirs = moment(at, person)
    return {"mine": moment(at, reader), "theirs": theirs if _differ(reader, person, at) else ""}


def _differ(one: User, other: User, at: datetime) -> bool:
    offsets = [at.astimezone(ZoneInfo(user.time_zone)).utcoffset() for user in (one, other)]
    return offsets[0] != offsets[1]


def clock_hint(reader: User, person: User) -> str:
    """Said beside a time to type: whose clock it is, and what the other one shows now."""
    now = timezone.now()
    mine = _("This is your own time: %(zone)s.") % {"zone": zone_name(reader.time_zone, reader_language(), now)}
    if not _differ(reader, person, now):
        return mine
    local = now.astimezone(ZoneInfo(person.time_zone))
    names = {"zone": zone_name(person.time_zone, reader_language(), now), "time": time_of_day(local, reader_language())}
    return f"{mine} " + _("Where the person lives (%(zone)s) it is now %(time)s.") % names


# --- Finding somebody ---


def find(user: User, text: str, most: int) -> list[Participant]:
    """At most so many people of the coordinator's regions with exactly this reference, address, number or name.

    What is looked for is told from its look, one indexed question each: a single one about all would read every row.
    """
    # A file that counts with another one is found too: opening it leads there.
    people = Participant.objects.with_merged_in_regions_of(user).select_related("user", "region").order_by("created_at")
    if "@" in text or looks_like_number(text):
        return by_handle(people, text, most)
    found = by_handle(people, text, most)
    digest = digest_for(User, "name_index", text)
    return found or (list(people.filter(user__name_index=digest)[:most]) if digest else [])


def by_handle(people: QuerySet[Any], text: str, most: int) -> list[Participant]:
    """At most so many of `people` with exactly this address, number or reference; names are not looked at."""
    if "@" in text:
        return list(people.filter(user__email_index=digest_for(User, "email_index", text))[:most])
    if looks_like_number(text):
        return list(people.filter(user__safe_contact__phone_index=digest_for(SafeContact, "phone_index", text))[:most])
    return list(people.filter(reference=reference_of(text))[:most]) if looks_like_reference(text) else []


def looks_like_number(text: str) -> bool:
    """At least seven digits and no letter."""
    return sum(char.isdigit() for char in text) >= SHORTEST_NUMBER and not any(char.isalpha() for char in text)


def looks_like_reference(text: str) -> bool:
    letters = reference_of(text).replace("-", "")
    return len(letters) == REFERENCE_LETTERS and set(letters) <= set(REFERENCE_ALPHABET)


def reference_of(text: str) -> str:
    """A reference however it was typed: "k7qd 3mxa" is "K7QD-3MXA"."""
    letters = "".join(char for char in text.upper() if char.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


# --- How to reach somebody ---


def reach(person: User) -> dict[str, Any]:
    """What is allowed, in words: safe and agreed to. `call`: the number to tap, only while a call is."""
    safe = safe_contact_of(person)
    usable = frozenset() if safe.do_not_contact else safe_channels(safe) & consented_channels(person)
    call = safe.phone if Channel.PHONE in usable else ""
    return {
        "quiet": safe.do_not_contact, "email": Channel.EMAIL in usable, "sms": Channel.SMS in usable, "call": call,
        "call_href": f"tel:{normal_phone(call)}",
        "voicemail": Channel.VOICEMAIL in usable, "post": Channel.POST in usable,
        "name": safe.name_to_use or person.name, "caller": safe.caller_name,
        "hours": hours_text(safe.hours), "language": safe.get_language_display(),
        "recheck": long_date(safe.recheck_on, reader_language()) if safe.recheck_on else "",
    }  # fmt: skip


def hours_text(hours: Iterable[list[int]]) -> list[str]:
    """As in "Monday, 6:00 p.m. to 8:00 p.m."; empty where any time is safe."""
    days = WEEKDAYS[reader_language()]
    return [
        _("%(day)s, %(start)s to %(end)s") % {"day": days[day], "start": _clock(start), "end": _clock(end)}
        for day, start, end in hours
    ]


def _clock(minutes: int) -> str:
    at = datetime(2000, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(minutes=minutes)
    return time_of_day(at, reader_language())


# --- What happened ---


def events(application: Application, reader: User) -> list[dict[str, Any]]:
    """The application's history and that of its meetings, as the component `timeline` takes it, oldest first."""
    found = [*_steps(application), *_meeting_steps(application, reader)]
    return [
        {"when": moment(at, reader), "when_iso": machine_time(at), "what": what, "who": who.name if who else ""}
        for at, what, who in sorted(found, key=lambda event: event[0])
    ]


def _steps(application: Application) -> list[tuple[datetime, str, User | None]]:
    sentences = {
        ApplicationState.ACCEPTED: _("Accepted"), ApplicationState.DECLINED: _("Not accepted"),
        ApplicationState.DEFERRED: _("Put off"), ApplicationState.REFERRED: _("Referred elsewhere"),
        ApplicationState.WITHDRAWN: _("Application withdrawn"),
    }  # fmt: skip
    found: list[tuple[datetime, str, User | None]] = [(application.submitted_at, _("Application received"), None)]
    rows = list(application.history.select_related("history_user").order_by("history_date", "history_id"))
    for before, row in pairwise(rows):
        if row.answers != before.answers:
            found.append((row.history_date, _("Answers corrected"), row.history_user))
        if row.state != before.state and row.state in sentences:
            found.append((row.history_date, sentences[row.state], row.history_user))
    return found


def _meeting_steps(application: Application, reader: User) -> list[tuple[datetime, str, User | None]]:
    rows = IntakeMeeting.history.filter(application_id=application.pk).select_related("history_user")
    sentences = {
        MeetingState.HELD: _("Intake meeting held"), MeetingState.MISSED: _("Intake meeting missed"),
        MeetingState.CANCELLED: _("Intake meeting cancelled"),
    }  # fmt: skip
    found = []
    for row in rows.order_by("history_date", "history_id"):
        at = {"when": moment(row.starts_at, reader)}
        changed = _("Intake meeting set: %(when)s") if row.history_type == "+" else _("Intake meeting moved: %(when)s")
        found.append((row.history_date, sentences.get(row.state) or changed % at, row.history_user))
    return found
