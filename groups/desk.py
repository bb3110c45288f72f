"""What the desk shows about groups and waiting lists. Reads only; views write the access log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import ngettext

from groups.choices import GroupKind, GroupState, MembershipState
from groups.conflicts import Conflict
from groups.models import Membership, PeerGroup
from groups.querysets import waiting_for_place
from groups.refusals import SENTENCES
from groups.rules import Refusal, may_add, may_establish
from groups.services import settings_of
from intake.desk import moment, waiting_text
from intake.models import Participant
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime
from psp.models import User

TAG_KINDS = {
    GroupState.FORMING: "active", GroupState.ESTABLISHED: "success", GroupState.COMPLETED: "neutral",
    GroupState.CANCELLED: "neutral",
}  # fmt: skip


def groups_of(user: User) -> QuerySet[Any]:
    rows = PeerGroup.objects.in_regions_of(user).select_related("program_region", "region")
    return rows.with_counts().order_by("-created_at", "pk")


def row_of(group: PeerGroup) -> dict[str, Any]:
    return {
        "group": group, "tag": TAG_KINDS[GroupState(group.state)], "begins": begins(group),
        "members": f"{group.members} / {group.max_size}",  # type: ignore[attr-defined]
    }  # fmt: skip


def begins(group: PeerGroup) -> str:
    """The first session in words, on the group's own clock."""
    at = datetime.combine(group.starts_on, group.start_time, tzinfo=ZoneInfo(group.time_zone))
    return long_datetime(at, group.time_zone, reader_language())


def members_of(group: PeerGroup) -> list[Membership]:
    """Present members first, then those who left; with their names at hand."""
    rows = group.memberships.select_related("participant__user", "participant__region")
    return sorted(rows, key=lambda row: (row.state != MembershipState.MEMBER, row.joined_at))


def missing(group: PeerGroup, present: int, facilitators: int) -> list[str]:
    """What still stands in the way of establishing it, as sentences."""
    settings = settings_of(group)
    people, leads = settings.min_size - present, settings.facilitators - facilitators
    words = {
        Refusal.TOO_FEW: ngettext(
            "%(count)d more person has to say yes before the group is established.",
            "%(count)d more people have to say yes before the group is established.", people,
        ) % {"count": people},
        Refusal.TOO_FEW_FACILITATORS: ngettext(
            "%(count)d more facilitator is needed.", "%(count)d more facilitators are needed.", leads
        ) % {"count": leads},
        Refusal.TOO_MANY: str(SENTENCES[Refusal.TOO_MANY]),
    }  # fmt: skip
    return [words[reason] for reason in may_establish(present, settings, facilitators=facilitators)]


def is_open(group: PeerGroup, present: int) -> bool:
    """Whether anybody can still join."""
    return not may_add(group.state, present, settings_of(group))


def schedule_url(group: PeerGroup) -> str:
    """The group's sessions, where an app above keeps them; "" if none does."""
    try:
        return reverse("desk:group_schedule", args=[group.pk])
    except NoReverseMatch:
        return ""


def waiting(user: User, kind: str, *, language: str = "", region: str = "") -> QuerySet[Any]:
    """The waiting list of the coordinator's regions, or of one of them, for one kind of group."""
    people = Participant.objects.in_regions_of(user).select_related("user", "region")
    if language:
        people = people.filter(user__language=language)
    if region:
        people = people.filter(program_region=region)
    return waiting_for_place(people, kind)


def waiting_row(person: Participant) -> dict[str, Any]:
    return {"person": person, "waited": waiting_text(person.waiting_since)}  # type: ignore[attr-defined]


def places_of(participant: Participant, reader: User) -> dict[str, Any]:
    """For a person's file: the groups they are or were in."""
    rows = Membership.objects.filter(participant=participant).select_related("group").order_by("-joined_at")
    own = set(PeerGroup.objects.in_regions_of(reader).values_list("pk", flat=True)) if rows else set()
    listed = [
        {"membership": row, "group": row.group, "kind": GroupKind(row.group.kind).label,
         "tag": TAG_KINDS[GroupState(row.group.state)], "opens": row.group_id in own}
        for row in rows
    ]  # fmt: skip
    return {"places": listed}


def conflict_row(conflict: Conflict, reader: User) -> dict[str, Any]:
    """For the card and the page of two who must not meet: which group, when it meets, who sees to it. No names."""
    language = reader_language()
    meets, care = conflict.meets, conflict.care
    return {
        "apart": conflict.apart, "group": conflict.group,
        "meets": long_datetime(meets, reader.time_zone, language) if meets else "",
        "care": care.by.name if care else "", "since": moment(care.since, reader) if care else "",
        "mine": care is not None and care.by_id == reader.pk,
    }  # fmt: skip
