"""Cards of the supervisors' front page: the door, who would like to talk, who looks for a supervisor, my people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.dashboard import Card, add_card
from psp.models import User
from supporters.models import NextMeeting, OpenDoor, Pairing, SupervisorWish, SupportPlan, Talk
from supporters.supervision import words
from supporters.supervision.choices import TalkState
from supporters.supervision.facts import Due, due_of
from supporters.supervision.services import without_supervisor

# For how long a door can be opened with one press.
DOOR_HOURS = (1, 2, 4, 8)


def register() -> None:
    add_card(Card("care", "supporters/supervision/card_talks.html", talks, order=5))
    add_card(Card("care", "supporters/supervision/card_people.html", people, order=30))
    add_card(Card("care", "supporters/supervision/card_looking.html", looking, order=40))
    add_card(Card("care", "supporters/supervision/card_door.html", door, order=60))


def talks(request: HttpRequest) -> dict[str, Any] | None:
    """Who would like to talk, the longest waiting first."""
    me = account(request)
    rows = list(Talk.objects.waiting_for(me).select_related("user"))
    if not rows:
        return None
    audit.record_reads(rows, purpose=Purpose.CARE)
    listed = [
        {"id": row.pk, "name": row.user.name, "when": row.get_when_display(), "taken": row.state == TalkState.TAKEN,
         "since": words.moment(row.asked_at, me.time_zone)}
        for row in rows
    ]  # fmt: skip
    return {"rows": listed, "waits": len(listed)}


def door(request: HttpRequest) -> dict[str, Any]:
    me = account(request)
    found = OpenDoor.objects.open_at(timezone.now()).filter(user=me).first()
    return {"until": words.moment(found.until, me.time_zone) if found else None, "hours": DOOR_HOURS}


def people(request: HttpRequest) -> dict[str, Any]:
    """Everybody at whose side the reader is, by the day on which the next meeting is due: no other order. Whose account
    is closed is late with nothing."""
    me, today = account(request), timezone.localdate()
    open_ones = Pairing.objects.standing().filter(supervisor=me, user__is_active=True)
    pairs = list(open_ones.select_related("user"))
    audit.record_reads(pairs, purpose=Purpose.CARE)
    accounts = [pair.user_id for pair in pairs]
    dues = due_of(accounts, today)
    coming = {row.user_id: row for row in NextMeeting.objects.filter(user__in=accounts)}
    plans = SupportPlan.objects.to_look_at(today).filter(user__in=accounts).visible_to(me)
    again = set(plans.values_list("user_id", flat=True))
    ordered = sorted((pair.user for pair in pairs if pair.user_id in dues), key=lambda one: dues[one.pk].on)
    rows = [_line(one, dues[one.pk], today, coming.get(one.pk), me) | {"again": one.pk in again} for one in ordered]
    return {"rows": rows, "waits": sum(row["due"]["late"] or row["again"] for row in rows)}


def _line(person: User, due: Due, today: date, coming: NextMeeting | None, me: User) -> dict[str, Any]:
    return {
        "id": person.pk, "name": person.name, "due": words.due(due, today),
        "next": words.planned(coming, me.time_zone),
    }  # fmt: skip


def looking(request: HttpRequest) -> dict[str, Any] | None:
    """Who asks for this supervisor, or for any other than the one they have; and who has nobody."""
    me = account(request)
    wishes = list(SupervisorWish.objects.visible_to(me).exclude(user=me).select_related("user"))
    asked = {wish.user_id for wish in wishes}
    nobody = [one for one in without_supervisor().exclude(pk=me.pk) if one.pk not in asked]
    if not wishes and not nobody:
        return None
    audit.record_reads(wishes, purpose=Purpose.CARE)
    audit.record_reads_of(User, [(one.pk, one.pk) for one in nobody], purpose=Purpose.CARE)
    rows = [{"id": one.user_id, "name": one.user.name, "wish": True, "me": one.wished_id == me.pk} for one in wishes]
    rows += [{"id": one.pk, "name": one.name, "wish": False, "me": False} for one in nobody]
    return {"rows": rows, "waits": len(rows)}
