"""Files of other regions: learning that there is one, and what is shown of one that was opened for an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from intake import desk, desk_lines, portal
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Participant
from privacy.choices import GlassReason
from privacy.models import GlassGrant
from psp.areas import account
from psp.asking import Question, Rows
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.dashboard import Card, add_card
from psp.models import User

FOUND = "found_elsewhere"
# How long what was found may be opened with the page that says so.
TOKEN_SECONDS = 600
SALT = "intake.glass"
SHOWN = ("name", "safe_contact", "state", "meeting")
# The desk's card tells of these days.
DAYS_TOLD = 7


def look_elsewhere(reader: User, text: str) -> Participant | None:
    """The file of another region with exactly this reference, address or number; each look leaves its trace."""
    people = Participant.objects.outside_regions_of(reader).select_related("user", "program_region").order_by("pk")
    found = next(iter(desk.by_handle(people, text, 1)), None)
    audit.record(
        Action.READ, found or Participant, person=found.user_id if found else None, purpose=Purpose.BREAK_GLASS,
        fields=(FOUND,) if found else (),
    )  # fmt: skip
    return found


def token_for(reader: User, participant: Participant) -> str:
    """Shows that this account has just found this file."""
    return signing.dumps([str(reader.pk), str(participant.pk)], salt=SALT)


def found_with(reader: User, token: str) -> Participant | None:
    """The file that a token speaks of; None if it is too old, or not this reader's."""
    try:
        by, key = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    people = Participant.objects.outside_regions_of(reader).select_related("user", "program_region")
    return people.filter(pk=key).first() if by == str(reader.pk) else None


def shown(participant: Participant, grant: GlassGrant, reader: User) -> dict[str, Any]:
    """What is needed to reach somebody and to hand over: no answers, no history, nobody to keep apart from."""
    application = portal.last_application(participant)
    meeting = portal.meeting_of(application) if application else None
    team = User.objects.filter(
        is_active=True, roles__role=Role.COORDINATOR, roles__region=participant.program_region_id
    ).distinct()
    return {
        "grant": grant, "participant": participant, "person": participant.user, "reach": desk.reach(participant.user),
        "application": application, "until": desk.moment(grant.ends_at, reader),
        "meeting": desk.both_clocks(meeting.starts_at, reader, participant.user) if meeting else None,
        "team": [one.name for one in team.order_by("username")],
    }  # fmt: skip


# --- Who is told ---


def openings_of(person: User) -> list[dict[str, Any]]:
    """For the page on which people read who opened their file, newest first."""
    rows = GlassGrant.objects.visible_to(person).select_related("by").prefetch_related("by__roles")
    region = person.participant.program_region_id
    return [
        {"when": portal.when(row.opened_at, person), "who": portal.who(row.by, region),
         "reason": GlassReason(row.reason).label, "words": row.words}
        for row in rows
    ]  # fmt: skip


def _since(_reader: User) -> dict[str, Any]:
    return {"since": timezone.now() - timedelta(days=DAYS_TOLD)}


LATELY = Question(
    lambda reader, since: GlassGrant.objects.in_regions_of(reader).filter(opened_at__gte=since).values_list(
        "id", "person_id", "opened_at", "reason", "person__participant__id", "person__participant__reference",
        "by_id", "by__name"),
    _since,
)  # fmt: skip


def told_to_desk(request: HttpRequest, lately: Rows) -> dict[str, Any] | None:
    """For the coordinators of the file's own region: who opened it, when and why; no card while nobody did."""
    if not lately:
        return None
    audit.record_reads_of(GlassGrant, [row[:2] for row in lately], purpose=Purpose.BREAK_GLASS)
    reader = account(request)
    lines = [
        {"pk": file, "reference": reference, "when": desk.moment(opened_at, reader), "reason": GlassReason(why).label,
         "who": desk_lines.of((by, by, "", name), "")}
        for _grant, _person, opened_at, why, file, reference, by, name in lately
    ]  # fmt: skip
    return {"rows": lines, "days": DAYS_TOLD}


def in_file(participant: Participant, reader: User) -> dict[str, Any] | None:
    rows = GlassGrant.objects.filter(person_id=participant.user_id).select_related("by")
    lines = [
        {"when": desk.moment(row.opened_at, reader), "who": row.by.name, "reason": GlassReason(row.reason).label,
         "words": row.words}
        for row in rows
    ]  # fmt: skip
    return {"openings": lines} if lines else None


def register() -> None:
    add_card(Card("desk", "desk/cards/glass.html", told_to_desk, 4, (LATELY,)))
    add_part(FilePart("desk/file_glass.html", in_file, Tab.HISTORY, order=90))
