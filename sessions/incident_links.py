"""Groups and sessions as a report of something that happened names them (`supporters.incidents.links`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from groups.choices import RUNNING, GroupState
from groups.models import GroupLead, PeerGroup
from groups.services import remove_lead
from psp.models import User
from psp.sight import coordinated_regions
from sessions import services_cover, words
from sessions.choices import SessionState
from sessions.models import GroupSession
from sessions.services_attendance import current_members, shown_names
from supporters.incidents.links import Links, Named, Occasion, add_links

RECENT, ALMOST = timedelta(days=21), timedelta(hours=1)


def occasions(user: User) -> list[Occasion]:
    """Recent sessions of the groups that one leads, the newest first; then those groups; then those of one's region."""
    led = led_now(user)
    recent = _recent().filter(group__in=led).select_related("group").order_by("-starts_at")
    found = [_session(one, user) for one in recent]
    here = PeerGroup.objects.in_regions_of(user).filter(state__in=RUNNING)
    groups = {one.pk: one for one in [*led.order_by("-created_at"), *here.order_by("-created_at")]}
    return found + [Occasion(one.pk, None, one.program_region_id, one.name) for one in groups.values()]


def led_now(user: User) -> QuerySet[PeerGroup]:
    """Groups that one leads while they run, and for a while after their last session."""
    met = Exists(_recent().filter(group=OuterRef("pk")))
    rows: QuerySet[PeerGroup] = PeerGroup.objects.led_by(user).exclude(state=GroupState.CANCELLED)
    return rows.filter(Q(state__in=RUNNING) | met)


def _recent() -> QuerySet[GroupSession]:
    now = timezone.now()
    rows = GroupSession.objects.filter(starts_at__gte=now - RECENT, starts_at__lte=now + ALMOST)
    return rows.exclude(state=SessionState.CANCELLED)


def _session(session: GroupSession, user: User) -> Occasion:
    label = f"{session.group.name}, {words.line(session, user.time_zone)['when']}"
    return Occasion(session.group_id, session.pk, session.group.program_region_id, label)


def people(user: User) -> list[Named]:
    """Members of the groups that one leads, by chosen name, and those who lead beside one."""
    found: dict[UUID, Named] = {}
    for group in led_now(user).order_by("-created_at"):
        members = current_members(group)
        names = shown_names(members)
        for row in sorted(members, key=lambda row: names[row.pk].casefold()):
            found.setdefault(row.person_id, Named(row.person_id, names[row.pk], group.name))
        for lead in GroupLead.objects.filter(group=group).exclude(user=user).select_related("user"):
            found.setdefault(lead.user_id, Named(lead.user_id, lead.user.name, group.name, leads=True))
    return list(found.values())


def label(group: UUID, session: UUID | None, reader: User) -> tuple[str, str]:
    found = PeerGroup.objects.filter(pk=group).first()
    if found is None:
        return "", ""
    when = GroupSession.objects.filter(pk=session, group=found).select_related("group").first() if session else None
    text = f"{found.name}, {words.line(when, reader.time_zone)['when']}" if when else found.name
    if found.program_region_id in coordinated_regions(reader):
        return text, reverse("desk:group", args=[found.pk])
    led = GroupLead.objects.filter(group=found, user=reader).exists()
    return text, reverse("lead:group", args=[found.pk]) if led else ""


def leads(group: UUID) -> list[User]:
    rows = GroupLead.objects.filter(group=group).select_related("user").order_by("pk")
    return [row.user for row in rows]


def end_lead(group: UUID, user: User, by: User) -> bool:
    lead = GroupLead.objects.filter(group=group, user=user).first()
    return lead is not None and remove_lead(lead=lead, by=by)


def cover(group: UUID, user: User, by: User) -> int:
    return services_cover.lead_by_others(group=group, user=user, by=by)


def lead_in(regions: Collection[str]) -> Iterable[UUID]:
    rows = GroupLead.objects.filter(group__program_region__in=regions, group__state__in=RUNNING)
    found: Iterable[UUID] = rows.values_list("user_id", flat=True)
    return found


def register() -> None:
    add_links(Links(occasions, people, label, leads, end_lead, cover, lead_in))
