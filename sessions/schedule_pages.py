"""What the desk's pages about dates show: a series before it is saved, sessions that would move, who is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.models import GroupLead, PeerGroup
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime, machine_time, time_of_day
from sessions.changes_told import told
from sessions.free import not_free
from sessions.models import GroupSession, Room
from sessions.planning import DayKind, Plan, PlannedDay
from sessions.services import days_of, later_by_weeks


def series_lines(group: PeerGroup, plan: Plan, room: Room | None) -> list[dict[str, Any]]:
    """Every day of the rhythm. ValueError where the days to skip leave too few."""
    days = days_of(group, plan)
    meeting = [one for one in days if one.meets]
    clashes = not_free(group, [(one.time.start_utc, one.time.end_utc) for one in meeting], room)
    busy = {meeting[one.span].day: one.words() for one in clashes}
    return [_day_line(one, group.time_zone, busy.get(one.day, [])) for one in days]


def _day_line(one: PlannedDay, tz: str, busy: list[str]) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(), "number": one.time.number if one.meets else "", "meets": one.meets,
        "when": long_datetime(one.time.start_utc, tz, reader_language()),
        "iso": machine_time(one.time.start_utc), "kind": str(one.kind), "why": one.why, "busy": busy,
        "notes": _notes(one), "start": one.time.start_utc,
    }  # fmt: skip


def _notes(one: PlannedDay) -> list[str]:
    said = {
        DayKind.CLOSED: _("Left out: %(why)s"), DayKind.KEPT: _("Kept on purpose: %(why)s"),
        DayKind.SKIPPED: _("Left out by hand"),
    }  # fmt: skip
    notes = [said[one.kind] % {"why": one.why}] if one.kind in said else []
    if one.clock_change and one.meets:
        at = time_of_day(one.time.local, reader_language())
        notes.append(_("The clocks change before this date. It is still %(time)s there.") % {"time": at})
    return notes


def seen(lines: Sequence[dict[str, Any]]) -> str:
    return ",".join(line["iso"] for line in lines if line["meets"])


def shift_lines(group: PeerGroup, sessions: Sequence[GroupSession], weeks: int) -> list[dict[str, Any]]:
    """Each session with the time that it would have, and who is not free then."""
    language, tz = reader_language(), group.time_zone
    starts = [later_by_weeks(one.starts_at, weeks, tz) for one in sessions]
    spans = [(start, start + (one.ends_at - one.starts_at)) for start, one in zip(starts, sessions, strict=True)]
    busy = {one.span: one.words() for one in not_free(group, spans)}
    return [
        {"number": one.number, "before": long_datetime(one.starts_at, tz, language),
         "after": long_datetime(start, tz, language), "iso": machine_time(start), "busy": busy.get(number, []),
         "meets": True}
        for number, (one, start) in enumerate(zip(sessions, starts, strict=True))
    ]  # fmt: skip


def told_words(group: PeerGroup) -> list[str]:
    """Who would hear of a change, before it is made: members as a number, those who lead by name."""
    people = told(group)
    leads = set(GroupLead.objects.filter(group=group).values_list("user_id", flat=True))
    names = [person.name or _("Somebody who leads") for person in people if person.pk in leads]
    count = len(people) - len(names)
    text = ngettext(
        "%(count)d member is told, in a way that is safe; whoever cannot be reached goes to the call list.",
        "%(count)d members are told, in a way that is safe; whoever cannot be reached goes to the call list.",
        count,
    )  # fmt: skip
    lines = [text % {"count": count}]
    return [*lines, *_leads_told(names)]


def _leads_told(names: Collection[str]) -> list[str]:
    return [_("Told too: %(names)s.") % {"names": ", ".join(names)}] if names else []
