"""What a person's own pages about groups show: theirs, what is open to them, and where they stand. Reads only.

Nobody else in a group is shown, and nothing of how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import enrolling
from groups.choices import GroupKind, GroupState, LeadRole
from groups.invitation_pages import until
from groups.models import Invitation, Membership, PeerGroup, QueuePlace
from groups.services_enrolling import Standing
from intake.choices import Composition, Modality, NeedCode
from intake.models import Participant
from psp.choices import Language
from sessions.choices import SessionState
from sessions.closed_days import closures_of
from sessions.group_dates import Month, When, calendar, coming, dates_of, line, link_is_open, next_place, rhythm
from sessions.models import Coming

# More than any region has open at once; a list beyond it is no help to anybody.
MOST = 200


def open_groups(person: Participant, now: datetime) -> list[tuple[PeerGroup, list[When]]]:
    """Open groups that have a date to come, the soonest first."""
    rows = enrolling.open_to(person).select_related("region").prefetch_related("sessions").order_by("starts_on", "pk")
    closures = list(closures_of([person.program_region_id]))
    dated = [(group, coming(group, now, closures)) for group in rows[:MOST]]
    return sorted([one for one in dated if one[1]], key=lambda one: one[1][0].starts_at)


def own_groups(person: Participant) -> QuerySet[Membership]:
    """Places in groups that the person may know of."""
    places = Membership.objects.active().filter(participant=person).select_related("group__region")
    told = places.exclude(group__kind=GroupKind.FORMAL, group__state=GroupState.FORMING)
    return told.exclude(group__state=GroupState.CANCELLED).prefetch_related("group__sessions").order_by("-joined_at")


def stands_of(person: Participant) -> dict[Any, Standing]:
    """Group → what the person has in it: a place before an offer, an offer before a place in the line."""
    queue = QueuePlace.objects.waiting().filter(participant=person)
    offers = Invitation.objects.open().filter(participant=person)
    places = Membership.objects.active().filter(participant=person)
    return {row.group_id: row for rows in (queue, offers, places) for row in rows}


def by_month(cards: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cards that are in the order of their next date, under the months of it."""
    return [{"name": month.name, "cards": list(rows)} for month, rows in groupby(cards, key=lambda card: card["month"])]


def card(group: PeerGroup, dates: list[When], stands: Standing | None, tz: str) -> dict[str, Any]:
    """A group in the list of what is open. `dates`: those to come, at least one."""
    first = dates[0]
    return {
        "id": group.pk, "name": group.name, "kind": group.get_kind_display(), "when": line(first, tz),
        "month": Month.of(first.starts_at.astimezone(ZoneInfo(tz)).date()), "facts": facts(group, len(dates)),
        "stands": stands_words(stands, tz), "language": group.language,
    }  # fmt: skip


def facts(group: PeerGroup, left: int) -> list[str]:
    """In a few words each: how often, how, in which language, for whom."""
    place = str(Modality(group.modality).label)
    if group.modality == Modality.IN_PERSON:
        place = f"{place} ({group.region})"
    sessions = _("%(count)d sessions of %(minutes)d minutes") if left > 1 else _("One session of %(minutes)d minutes")
    found = [sessions % {"count": left, "minutes": group.minutes}, rhythm(group) if left > 1 else "", place]
    found.append(_("In French") if group.language == Language.FR else _("In English"))
    if group.composition != Composition.ANY:
        found.append(str(Composition(group.composition).label))
    return [one for one in found if one]


def stands_words(stands: Standing | None, tz: str) -> dict[str, Any] | None:
    """{"code", "kind", "label"}: place, offer or line, for a tag."""
    if isinstance(stands, Membership):
        return {"code": "place", "kind": "success", "label": _("You have a place")}
    if isinstance(stands, Invitation):
        return {
            "code": "offer", "kind": "needs-you", "label": _("A place is kept for you"),
            "until": until(stands.answer_by, tz), "url": reverse("my_invitations:one", args=[stands.pk]),
        }  # fmt: skip
    if isinstance(stands, QueuePlace):
        return {"code": "line", "kind": "active", "label": _("You are in line")}
    return None


def month_page(person: Participant, month: Month, tz: str, now: datetime) -> dict[str, Any]:
    """Everything of one month: what is open, and the person's own groups."""
    own = {place.group_id for place in own_groups(person)}
    groups = [(group, dates) for group, dates in open_groups(person, now) if group.pk not in own]
    places = own_groups(person)
    closures = list(closures_of({place.group.program_region_id for place in places}))
    mine = [(place.group, dates_of(place.group, closures)) for place in places]
    entries = [
        (one, {"url": reverse("my_sessions:group", args=[group.pk]), "name": group.name, "mine": group.pk in own,
               "cancelled": one.state == SessionState.CANCELLED})
        for group, dates in [*mine, *groups]
        for one in dates
    ]  # fmt: skip
    return calendar(month, entries, tz)


# --- One group ------------------------------------------------------------------------------------


def group_page(person: Participant, group: PeerGroup, stands: Standing | None, tz: str) -> dict[str, Any]:
    """What stands on a group's page, whether the person is in it or not."""
    now, dates = timezone.now(), dates_of(group)
    ahead = [one for one in dates if one.comes(now)]
    return {
        "dates": [line(one, tz) for one in dates], "set": any(one.session for one in dates),
        "next": line(ahead[0], tz) if ahead else None, "facts": facts(group, len(ahead) or len(dates)),
        "stands": stands_words(stands, tz), "begun": group.state != GroupState.FORMING,
        "over": group.state == GroupState.COMPLETED or not ahead,
        **(_inside(group, stands, ahead, now, tz) if isinstance(stands, Membership) else _outside(group, stands)),
    }  # fmt: skip


def _inside(group: PeerGroup, place: Membership, ahead: list[When], now: datetime, tz: str) -> dict[str, Any]:
    """For members alone: where it is, who leads it, what they share, whether they come."""
    where = next_place(group, ahead)
    return {
        "member": True, "video": group.modality == Modality.VIRTUAL,
        "address": ", ".join(filter(None, [where.room_name, where.address])),
        "link": where.link if link_is_open(ahead, now) else "",
        "link_minutes": settings.PSP_MEETING_LINK_MINUTES, "leads": leads_of(group),
        "needs": [str(NeedCode(code).label) for code in place.shared_needs],
        "answers": answers(group, place, ahead, tz) if group.asks_who_comes else [],
    }  # fmt: skip


def _outside(group: PeerGroup, stands: Standing | None) -> dict[str, Any]:
    if isinstance(stands, QueuePlace):
        return {"line": enrolling.place_in_line(stands)}
    if stands is not None:
        return {}
    at_once = enrolling.has_place_at_once(group)
    return {"at_once": at_once, "would_be": 0 if at_once else enrolling.line_of(group).count() + 1}


def leads_of(group: PeerGroup) -> list[dict[str, str]]:
    """Names that they go by, and as what they lead."""
    rows = group.leads.select_related("user").order_by("role", "pk")
    return [
        {"name": row.user.name or _("Somebody from the team"), "role": str(LeadRole(row.role).label)} for row in rows
    ]


def answers(group: PeerGroup, place: Membership, ahead: list[When], tz: str) -> list[dict[str, Any]]:
    """The next sessions with what the person said about coming: "yes", "no" or ""."""
    asked = [one for one in ahead if one.session and one.starts_at > timezone.now()][:4]
    said = Coming.objects.filter(participant=place.participant_id, session__in=[one.session for one in asked])
    known = {session: "yes" if comes else "no" for session, comes in said.values_list("session_id", "comes")}
    return [
        {**line(one, tz), "said": known.get(one.session, ""),
         "url": reverse("my_sessions:coming", args=[one.session])}
        for one in asked
    ]  # fmt: skip
