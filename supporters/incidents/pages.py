"""An incident in words, for each reader as much as their part needs. Reads only, and what is read is noted.

Names of participants are shown to whoever sees those people anyway: those who lead their group, and coordinators of
their region. The others who have a part read that it is somebody of the group.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import in_language, reader_language
from psp.calendar_text import long_date, long_datetime, machine_time, relative_days
from psp.choices import Kind
from psp.models import User
from psp.sight import coordinated_regions
from supporters.incidents import links as incident_links
from supporters.incidents.choices import (
    FOLLOW_UP_TRANSITIONS,
    Desk,
    FollowUp,
    IncidentState,
    MeasureKind,
    NeedNow,
)
from supporters.incidents.models import Incident, IncidentPerson, IncidentStep, Lesson
from supporters.incidents.people import owners_of, team_of, told
from supporters.incidents.permissions import can_keep_apart_for, can_note_breach_for, can_work_on_incident

TAGS = {
    IncidentState.REPORTED: "needs-you", IncidentState.TAKEN: "active", IncidentState.FOLLOW_UP: "active",
    IncidentState.CLOSED: "success",
}  # fmt: skip
FOLLOW_UP_TAGS = {
    FollowUp.OPEN: "needs-you", FollowUp.OFFERED: "active", FollowUp.TALKED: "success", FollowUp.DECLINED: "neutral",
}  # fmt: skip


class Label(NamedTuple):
    """What a reader calls somebody; `url`: where they may go there; `named`: whether that tells who it is."""

    text: str
    url: str = ""
    named: bool = True


def name_of(user: User | None) -> str:
    return (user.name or user.username) if user is not None else _("Somebody who is not here any more")


def due_words(day: date) -> dict[str, str]:
    """A day in words, and exactly."""
    words = relative_days(day, timezone.localdate(), reader_language())
    return {"due_text": words, "due_exact": long_date(day, reader_language(), article=False)}


# --- Lists ----------------------------------------------------------------------------------------


def row(incident: Incident, reader: User) -> dict[str, Any]:
    """One incident for a list: kind, when, how far. Nobody whom it touches."""
    return {
        "id": incident.pk, "kind": incident.kind.name, "near_miss": incident.near_miss,
        "when": long_datetime(incident.reported_at, reader.time_zone, reader_language()),
        "when_iso": machine_time(incident.reported_at),
        "state": incident.get_state_display(), "tag": TAGS[IncidentState(incident.state)],
        "taken_by": name_of(incident.taken_by) if incident.taken_by_id else "",
        "mine": incident.taken_by_id == reader.pk, "region": str(incident.program_region),
        "reported_by_me": incident.reporter_id == reader.pk,
    }  # fmt: skip


def list_page(rows: Iterable[Incident], reader: User) -> dict[str, Any]:
    found = list(rows)
    _note_reads(found, reader)
    lines = [(one, row(one, reader)) for one in found]
    return {
        "waiting": [line for one, line in lines if one.state == IncidentState.REPORTED and not line["reported_by_me"]],
        "open": [
            line
            for one, line in lines
            if one.state != IncidentState.CLOSED and (one.state != IncidentState.REPORTED or line["reported_by_me"])
        ],
        "closed": [line for one, line in lines if one.state == IncidentState.CLOSED],
        "steps": my_steps(reader),
    }


def my_steps(reader: User) -> list[dict[str, Any]]:
    """What this reader has to do, the soonest first."""
    steps = IncidentStep.objects.of(reader).to_do().select_related("incident__kind")
    return [step_row(step, reader) | {"kind": step.incident.kind.name, "incident": step.incident_id} for step in steps]


def _note_reads(rows: list[Incident], reader: User) -> None:
    own = [one for one in rows if one.reporter_id == reader.pk]
    audit.record_reads(own, purpose=Purpose.OWN)
    audit.record_reads([one for one in rows if one.reporter_id != reader.pk], purpose=Purpose.CARE)


# --- One ------------------------------------------------------------------------------------------


def page(incident: Incident, reader: User) -> dict[str, Any]:
    """Everything that this reader's part needs, noted in the log of each person whose name is shown."""
    works = can_work_on_incident(reader, incident)
    apart, breach = can_keep_apart_for(reader, incident), can_note_breach_for(reader, incident)
    people = list(incident.people.select_related("user__participant"))
    labels = labels_of(people, reader)
    note_read(incident, people, labels, reader)
    text, url = incident_links.label(incident.group, incident.session, reader)
    is_open = incident.state not in (IncidentState.REPORTED, IncidentState.CLOSED)
    return {
        "incident": incident, "row": row(incident, reader), "hint": incident.kind.hint,
        "happened": long_datetime(incident.happened_at, reader.time_zone, reader_language()),
        "happened_iso": machine_time(incident.happened_at), "where": text, "where_url": url,
        "reporter": name_of(incident.reporter), "needs": [NeedNow(code).label for code in incident.needs],
        "told": [Desk(code).label for code in incident.goes_to], "works": works, "can_apart": apart and is_open,
        "can_breach": breach and is_open, "is_open": is_open, "closed": incident.state == IncidentState.CLOSED,
        "people": [person_row(one, labels, works=works, is_open=is_open) for one in people if works],
        "own": next((person_row(one, labels, works=False, is_open=True) for one in people
                     if one.user_id == reader.pk == incident.reporter_id), None),
        "touched": [labels[one.pk].text for one in people if one.user_id != reader.pk],
        "steps": [step_row(step, reader, works=works and is_open) for step in _steps(incident, reader, works)],
        "proposals": proposals(incident) if works and is_open else [],
        "measures": measures(incident, works=works, apart=apart),
        "parts": [name_of(part.user) for part in incident.parts.select_related("user")] if works else [],
        "lesson": Lesson.objects.visible_to(reader).filter(incident=incident).first(),
        "debrief_url": debrief_url(incident, reader),
    }  # fmt: skip


def note_read(incident: Incident, people: list[IncidentPerson], labels: dict[int, Label], reader: User) -> None:
    """A participant's own log says that their file was looked into, as from any list, and nothing of an incident: it
    could reach somebody who must not know that a report exists."""
    _note_reads([incident], reader)
    named = [one for one in people if labels[one.pk].named and one.user_id != reader.pk]
    files = [one.user.participant for one in named if one.user.kind == Kind.PARTICIPANT]
    audit.record_reads(files, purpose=Purpose.GROUPS)
    others = [(one.user_id, one.user_id) for one in named if one.user.kind != Kind.PARTICIPANT]
    audit.record_reads_of(User, others, purpose=Purpose.CARE)


def labels_of(people: Iterable[IncidentPerson], reader: User) -> dict[int, Label]:
    """By line; people whom the reader does not see otherwise are numbered."""
    seen = {one.user: one.name for one in incident_links.people(reader)}
    regions, hidden, found = coordinated_regions(reader), 0, {}
    for one in people:
        label = _label(one.user, reader, seen, regions)
        if label is None:
            hidden += 1
            label = Label(_("Somebody of the group (%(number)d)") % {"number": hidden}, named=False)
        found[one.pk] = label
    return found


def _label(user: User, reader: User, seen: dict[Any, str], regions: Iterable[str]) -> Label | None:
    if user.pk == reader.pk:
        return Label(_("You"))
    if user.kind != Kind.PARTICIPANT:
        return Label(name_of(user))
    file: Participant | None = getattr(user, "participant", None)
    if file is not None and file.program_region_id in regions:
        return Label(f"{user.name} ({file.reference})", reverse("desk:file", args=[file.pk]))
    return Label(seen[user.pk]) if user.pk in seen else None


def person_row(one: IncidentPerson, labels: dict[int, Label], *, works: bool, is_open: bool) -> dict[str, Any]:
    label = labels[one.pk]
    after = FOLLOW_UP_TRANSITIONS[FollowUp(one.follow_up)]
    then = [state for state in FollowUp if is_open and state in after]
    own = [state for state in then if state != FollowUp.OFFERED]
    return {
        "id": one.pk, "label": label.text, "url": label.url, "state": one.get_follow_up_display(),
        "tag": FOLLOW_UP_TAGS[FollowUp(one.follow_up)], "reported": one.user_id == one.incident.reporter_id,
        "then": [(state.value, state.label) for state in (then if works else own)],
    }  # fmt: skip


def _steps(incident: Incident, reader: User, works: bool) -> Iterable[IncidentStep]:
    steps = incident.steps.select_related("owner", "incident__kind")
    return steps if works else steps.filter(owner=reader)


def step_row(step: IncidentStep, reader: User, *, works: bool = False) -> dict[str, Any]:
    done = step.done_at is not None
    return {
        "id": step.pk, "text": step_text(step), "owner": name_of(step.owner), "mine": step.owner_id == reader.pk,
        "done": done, "late": not done and step.due_on < timezone.localdate(), **due_words(step.due_on),
        "can_do": works or (step.owner_id == reader.pk and step.incident.state != IncidentState.CLOSED),
        "can_drop": works and not done,
    }  # fmt: skip


def step_text(step: IncidentStep) -> str:
    """In the reader's language where the kind proposes it; else as it was written."""
    known = {one["code"]: one for one in step.incident.kind.steps}
    return _text(known[step.code]) if step.code in known else step.words or step.code


def _text(proposal: dict[str, Any]) -> str:
    return str(proposal["text_fr" if reader_language() == "fr" else "text_en"])


def proposals(incident: Incident) -> list[tuple[str, str]]:
    """Steps of the kind that nobody has taken yet."""
    taken = set(incident.steps.values_list("code", flat=True))
    return [(one["code"], _text(one)) for one in incident.kind.steps if one["code"] not in taken]


def measures(incident: Incident, *, works: bool, apart: bool) -> list[dict[str, str]]:
    """What was done. That two people must not meet is said to coordinators of the region, to nobody else."""
    rows = []
    for one in incident.measures.all():
        tells = apart if one.kind == MeasureKind.APART else works
        text = one.get_kind_display() if tells else _("A measure was taken")
        day = timezone.localdate(one.at)
        rows.append({"text": text, "day": long_date(day, reader_language(), article=False), "iso": day.isoformat()})
    return rows


def touched_for_measures(incident: Incident, reader: User) -> list[tuple[User, str]]:
    """Those whom it touches with their names, whoever reported it first."""
    people = list(incident.people.select_related("user__participant"))
    labels = labels_of(people, reader)
    people.sort(key=lambda one: one.user_id != incident.reporter_id)
    return [(one.user, labels[one.pk].text) for one in people]


def owners(incident: Incident) -> list[User]:
    return list(owners_of(incident))


def team(incident: Incident) -> list[User]:
    """Whom one could bring in still."""
    known = {*incident.parts.values_list("user", flat=True), *told(incident).values_list("pk", flat=True)}
    return [one for one in team_of(incident) if one.pk not in known]


def debrief_url(incident: Incident, reader: User) -> str:
    """A minute for oneself, for somebody who led that session."""
    if incident.session is None or incident.reporter_id != reader.pk:
        return ""
    led = any(one.session == incident.session for one in incident_links.occasions(reader))
    return reverse("lead:debrief", args=[incident.session]) if led else ""


def protocol_url(area: str) -> str:
    """The safety protocol, as this part of the site has it at hand."""
    return reverse(f"{area}:protocol")


# --- The yearly review ----------------------------------------------------------------------------


def review(reader: User, year: int | None) -> dict[str, Any]:
    """What was learned in a year, by month; no person, no region, no group."""
    every = Lesson.objects.visible_to(reader).select_related("kind")
    years = sorted({day.year for day in every.order_by().values_list("month", flat=True).distinct()}, reverse=True)
    chosen = year if year in years else (years[0] if years else timezone.localdate().year)
    found = list(every.filter(month__year=chosen))
    audit.record(Action.READ, Lesson, person=None, purpose=Purpose.CARE)
    return {
        "years": years, "year": chosen, "rows": [lesson_row(one) for one in found],
        "near_misses": sum(one.near_miss for one in found),
    }  # fmt: skip


def lesson_row(lesson: Lesson) -> dict[str, Any]:
    from psp.calendar_text import MONTHS
    from supporters.incidents.choices import Change

    month = MONTHS[reader_language()][lesson.month.month - 1]
    return {
        "id": lesson.pk, "month": f"{month} {lesson.month.year}", "month_iso": f"{lesson.month:%Y-%m}",
        "kind": in_language(lesson.kind, "name"), "near_miss": lesson.near_miss,
        "changes": [Change(code).label for code in lesson.changes], "words": lesson.words,
    }  # fmt: skip
