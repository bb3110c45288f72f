"""The life of an incident: reported in a minute, taken by one, followed up, closed with what changes, opened again.

Locks: the account of whoever reports; then the incident, after whatever it is about.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, require
from psp.models import User
from supporters.incidents import links as incident_links
from supporters.incidents import notices as incident_notices
from supporters.incidents.choices import (
    INCIDENT_TRANSITIONS,
    Change,
    Desk,
    FollowUp,
    IncidentState,
    NeedNow,
)
from supporters.incidents.models import Incident, IncidentKind, IncidentPerson, Lesson
from supporters.incidents.people import may_name, told
from supporters.incidents.permissions import can_report_incident, can_work_on_incident
from supporters.models import Pairing, Supporter

# A clock on a phone may be a little fast.
SLACK = timedelta(minutes=10)


@transaction.atomic
def report_incident(
    *, by: User, sent_key: UUID, kind: IncidentKind, happened_at: datetime, people: Collection[UUID] = (),
    needs: Sequence[str] = (), note: str = "", near_miss: bool = False, group: UUID | None = None,
    session: UUID | None = None, region: str = "",
) -> Incident:  # fmt: skip
    """Say what happened; it goes at once to whom its kind names. The second click finds the first one's report.

    `people`: accounts whom it touches. `region`: a program region, where neither the group nor the file of whoever
    reports says it. DomainError: `kind_unknown`, `future`, `need_unknown`, `person_unknown`, `occasion`, `no_region`.
    """
    require(can_report_incident(by), "report_incident")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    earlier: Incident | None = Incident.objects.filter(sent_key=sent_key, reporter=by).first()
    if earlier is not None:
        return earlier
    _check(kind, happened_at, needs, people, by)
    where = _region(by, group, session, region)
    now = timezone.now()
    found = Incident(
        kind=kind, near_miss=near_miss, reporter=by, program_region_id=where, group=group, session=session,
        happened_at=min(happened_at, now), needs=list(needs), goes_to=_desks(kind, by), sent_key=sent_key,
        reported_at=now,
    )  # fmt: skip
    keyring.create(found.pk)
    found.note = note.strip()
    found.save(force_insert=True)
    touched = dict.fromkeys([by.pk, *people])
    IncidentPerson.objects.bulk_create([IncidentPerson(incident=found, user_id=one) for one in touched])
    audit.record(Action.CREATE, found, person=by.pk, purpose=Purpose.CARE)
    _send(found)
    return found


def _check(kind: IncidentKind, happened_at: datetime, needs: Sequence[str], people: Collection[UUID], by: User) -> None:
    if not kind.active:
        raise DomainError(_("Choose what it is from the list."), code="kind_unknown", field="kind")
    if happened_at > timezone.now() + SLACK:
        raise DomainError(_("Choose a time that is not in the future."), code="future", field="happened_at")
    if not set(needs) <= set(NeedNow.values):
        raise DomainError(_("Choose from the list."), code="need_unknown", field="needs")
    if not may_name(by, people):
        message = _("One of these people is not in your sight any more. Choose again.")
        raise DomainError(message, code="person_unknown", field="people")


def _region(by: User, group: UUID | None, session: UUID | None, said: str) -> str:
    """The group's; or where whoever reports belongs; or what they said."""
    if group is not None:
        known = [one for one in incident_links.occasions(by) if one.group == group and session in (None, one.session)]
        if not known:
            message = _("Choose where it was from the list, or “Not in a group”.")
            raise DomainError(message, code="occasion", field="occasion")
        return known[0].region
    if said:
        return said
    file = Supporter.objects.filter(pk=by.pk).first()
    if file is None:
        raise DomainError(_("Choose the region."), code="no_region", field="region")
    return str(file.program_region_id)


def _desks(kind: IncidentKind, by: User) -> list[str]:
    """As the kind says; nobody's supervisor is everybody's task."""
    desks = list(kind.goes_to)
    if Desk.SUPERVISOR in desks and not Pairing.objects.current().filter(user=by).exists():
        desks.append(Desk.SUPERVISORS)
    return list(dict.fromkeys(desks))


def _send(incident: Incident) -> None:
    """Where it would reach nobody (it touches those to whom it goes), it goes to more people at once."""
    if not told(incident).exists():
        incident.goes_to = incident_notices.wider(incident.goes_to)
    if not told(incident).exists():
        incident.goes_to = [*incident.goes_to, Desk.PRIVACY]
    incident.save(update_fields=["goes_to"])
    incident_notices.tell(incident)


# --- Those who take care of it --------------------------------------------------------------------


@transaction.atomic
def take_incident(*, incident: Incident | UUID, by: User, instead_of: UUID | None = None) -> Incident:
    """From now on `by` sees to it. `instead_of`: who did when the page was drawn; two who take it at once are told.

    Conflict: `taken`.
    """
    found = locked(incident, by)
    if found.taken_by_id == by.pk:
        return found
    if found.taken_by_id != instead_of or found.state == IncidentState.CLOSED:
        name = found.taken_by.name if found.taken_by is not None else ""
        message = _("%(name)s takes care of it already. Look at it as it is now.") % {"name": name}
        raise Conflict(message, code="taken")
    fields = ["taken_by"]
    if found.state == IncidentState.REPORTED:
        found.state, found.taken_at = IncidentState.TAKEN, timezone.now()
        fields += ["state", "taken_at"]
    found.taken_by = by
    found.save(update_fields=fields)
    note_change(found, *fields)
    return found


def move_on(incident: Incident) -> None:
    """Something is being done about it: whoever locked it calls this with each step and each talk."""
    if incident.state == IncidentState.TAKEN:
        incident.state = IncidentState.FOLLOW_UP
        incident.save(update_fields=["state"])


@transaction.atomic
def close_incident(*, incident: Incident | UUID, by: User, changes: Sequence[str], words: str = "") -> Incident:
    """It is over: every step is done, everybody was offered a talk, and what changes is said for the yearly review.

    DomainError: `steps_open`, `follow_up_open`, `no_change`; Conflict: `not_taken`. Closing twice changes nothing.
    """
    found = locked(incident, by)
    if found.state == IncidentState.CLOSED:
        return found
    if IncidentState.CLOSED not in INCIDENT_TRANSITIONS[IncidentState(found.state)]:
        raise Conflict(_("Take care of it first."), code="not_taken")
    _check_over(found, changes)
    found.state, found.closed_at, found.closed_by = IncidentState.CLOSED, timezone.now(), by
    found.save(update_fields=["state", "closed_at", "closed_by"])
    _keep_lesson(found, changes, words)
    note_change(found, "state")
    return found


def _check_over(incident: Incident, changes: Sequence[str]) -> None:
    if incident.steps.filter(done_at__isnull=True).exists():
        raise DomainError(_("A step is not done yet. Do it, or take it off the list."), code="steps_open")
    if incident.people.filter(follow_up=FollowUp.OPEN).exists():
        message = _("Somebody was not offered a talk yet. Offer it first; they may decline.")
        raise DomainError(message, code="follow_up_open")
    if not changes or not set(changes) <= set(Change.values):
        message = _("Say what changes, or that nothing has to.")
        raise DomainError(message, code="no_change", field="changes")


def _keep_lesson(incident: Incident, changes: Sequence[str], words: str) -> None:
    """Its key is its own, so that it can outlive the incident."""
    row = Lesson.objects.filter(incident=incident).first()
    new, row = row is None, row or Lesson(incident=incident)
    if new:
        keyring.create(row.pk)
    month = timezone.localdate(incident.happened_at).replace(day=1)
    row.kind, row.near_miss, row.month = incident.kind, incident.near_miss, month
    row.changes, row.words, row.written_on = list(changes), words.strip(), timezone.localdate()
    row.save(force_insert=new)


@transaction.atomic
def reopen_incident(*, incident: Incident | UUID, by: User) -> Incident:
    """Something came up again. What was said for the review stays until it is closed anew."""
    found = locked(incident, by)
    if found.state == IncidentState.CLOSED:
        found.state, found.closed_at, found.closed_by = IncidentState.FOLLOW_UP, None, None
        found.save(update_fields=["state", "closed_at", "closed_by"])
        note_change(found, "state")
    return found


def locked(incident: Incident | UUID, by: User) -> Incident:
    """The row, locked, for somebody who may work on it."""
    key = incident if isinstance(incident, UUID) else incident.pk
    rows = Incident.objects.select_for_update(of=("self",)).select_related("kind", "taken_by")
    found: Incident | None = rows.filter(pk=key).first()
    if found is None:  # its time was over at this moment
        raise Conflict(_("This is not open any more. Look at it as it is now."), code="gone")
    require(can_work_on_incident(by, found), "work_on_incident")
    return found


def note_change(incident: Incident, *fields: str) -> None:
    """In the log of whoever reported it. The others whom it touches must not learn from theirs that it exists."""
    audit.record(Action.CHANGE, incident, person=incident.reporter_id, purpose=Purpose.CARE, fields=fields)
