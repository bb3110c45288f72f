"""The places and cards of sessions: the lead's area, what comes next in the portal, what is open on the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groups import enrolling
from groups.choices import GroupState
from groups.models import PeerGroup
from intake.models import Participant
from psp.areas import account, holds, is_participant
from psp.asking import Question, Rows
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.models import User
from sessions import words
from sessions.choices import SessionState
from sessions.models import Cover, Debrief, DropIn, FollowUpOffer, GroupSession
from sessions.views_care import asked_card

SHOWN_AHEAD = 3
OFFERED_FOR = timedelta(days=7)


def register() -> None:
    leads = holds(Role.SUPPORTER, Role.CLINICIAN)
    add_place(Place("lead", _("My groups"), "people", "lead:home", leads, order=10, key="l"))
    add_place(Place("lead", _("Calendar"), "calendar", "lead:calendar", leads, order=15, key="k"))
    coordinates = holds(Role.COORDINATOR)
    add_place(Place("desk", _("Calendar"), "calendar", "desk:calendar", coordinates, order=45, key="k"))
    supports = holds(Role.SUPPORTER)
    add_place(Place("lead", _("When I can lead"), "calendar", "lead:times", supports, order=20, key="t"))
    add_place(Place("lead", _("Reminders"), "bell", "lead:reminders", leads, order=40))
    add_place(Place("my", _("My groups and sessions"), "people", "my_sessions:mine", is_participant, order=20))
    add_card(Card("lead", "sessions/debrief_card.html", a_minute, order=10))
    add_card(Card("desk", "sessions/cover_card.html", covers_open, 3, (COVERS,)))
    add_card(Card("my", "sessions/my_card.html", coming_sessions, order=10))
    add_card(Card("my", "sessions/my_open_card.html", open_to_me, order=30))
    add_card(Card("care", "sessions/care_card.html", asked_card, order=10))
    add_card(Card("desk", "sessions/desk_card.html", open_on_the_desk, 40, (UNDATED, UNRECORDED)))
    add_card(Card("desk", "sessions/after_card.html", after_sessions, 45, (CODES, TALKS, CALLS)))


def coming_sessions(request: HttpRequest) -> dict[str, Any] | None:
    """The reader's next sessions on their own clock; the first one is what happens next."""
    me = account(request)
    found = GroupSession.objects.visible_to(me).of_member(me).upcoming(timezone.now()).select_related("group")
    lines = [words.line(session, me.time_zone) for session in found[:SHOWN_AHEAD]]
    if not lines:
        return None
    step = {
        "title": gettext("Your next session: %(when)s") % {"when": lines[0]["when"]},
        "text": gettext("You do not have to do anything until then. If you cannot come, that is fine."),
    }
    return {"sessions": lines, "next_step": step}


def open_to_me(request: HttpRequest) -> dict[str, Any] | None:
    """Only while something is open to this person."""
    me = Participant.objects.filter(user=account(request)).first()
    return {} if me is not None and enrolling.open_to(me).exists() else None


def a_minute(request: HttpRequest) -> dict[str, Any] | None:
    """The last session that they led and said nothing about, for a week: offered, never asked for."""
    me, now = account(request), timezone.now()
    said = Debrief.objects.filter(lead=me).values("session")
    rows = GroupSession.objects.to_lead(me).exclude(state=SessionState.CANCELLED).exclude(pk__in=said)
    last = rows.filter(ends_at__lte=now, ends_at__gt=now - OFFERED_FOR).select_related("group").order_by("-ends_at")
    found = last.first()
    return {"session": words.line(found, me.time_zone)} if found else None


def _covers(reader: User, *, now: datetime) -> QuerySet[Any]:
    return Cover.objects.in_regions_of(reader).open().still_to_come(now).order_by().values_list("pk")


COVERS = Question(_covers, lambda _reader: {"now": timezone.now()}, of="count(*)")


def covers_open(_request: HttpRequest, number: Rows) -> dict[str, Any] | None:
    """How many sessions nobody leads yet."""
    ((count,),) = number
    return {"count": count, "waits": count} if count else None


def _undated(reader: User) -> QuerySet[Any]:
    dated = Exists(GroupSession.objects.filter(group=OuterRef("pk")))
    groups = PeerGroup.objects.in_regions_of(reader).filter(~dated, state=GroupState.ESTABLISHED)
    return groups.order_by("starts_on").values_list("id", "name_en", "name_fr")


def _unrecorded(reader: User, *, now: datetime) -> QuerySet[Any]:
    rows = GroupSession.objects.filter(group__in=PeerGroup.objects.in_regions_of(reader))
    return rows.unrecorded(now).order_by().values_list("pk")


UNDATED = Question(_undated)
UNRECORDED = Question(_unrecorded, lambda _reader: {"now": timezone.now()}, of="count(*)")


def _to_speak_with(model: Any) -> Question:
    return Question(lambda reader: model.objects.in_regions_of(reader).order_by().values_list("pk"), of="count(*)")


CODES, TALKS, CALLS = (_to_speak_with(model) for model in (DropIn, Debrief, FollowUpOffer))


def after_sessions(_request: HttpRequest, codes: Rows, talks: Rows, calls: Rows) -> dict[str, Any] | None:
    """How many people are to be spoken with after sessions; no card when nobody is."""
    counts = {"codes": codes[0][0], "talks": talks[0][0], "calls": calls[0][0]}
    waits = sum(counts.values())
    return {**counts, "waits": waits} if waits else None


def open_on_the_desk(_request: HttpRequest, groups: Rows, number: Rows) -> dict[str, Any] | None:
    """Established groups without dates, and sessions of which nobody has said who was there."""
    ((unrecorded,),) = number
    if not groups and not unrecorded:
        return None
    undated = [PeerGroup(id=pk, name_en=english, name_fr=french) for pk, english, french in groups]
    return {"undated": undated, "unrecorded": unrecorded, "waits": len(undated) + unrecorded}
