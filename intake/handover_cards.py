"""On the desk: meetings and short calls without anybody to hold them, each with what can be done in one click."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from intake import desk, unattended
from intake.booking_cards import HOW
from intake.choices import CallWay
from intake.models import IntakeMeeting, ShortCall
from psp.areas import account
from psp.asking import Question, Rows
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.dashboard import Card, add_card
from psp.models import User

SHOWN = 5


MEETINGS = Question(lambda reader: unattended.meetings_of(reader).order_by().values_list("pk"), of="count(*)")
CALLS = Question(
    lambda _reader, now: unattended.calls(now).order_by().values_list("pk"), lambda _reader: {"now": timezone.now()},
    of="count(*)",
)  # fmt: skip


def card(request: HttpRequest, meetings: Rows, to_call: Rows) -> dict[str, Any] | None:
    """No card where everything has somebody."""
    ((count,),), ((waiting,),) = meetings, to_call
    if not count and not waiting:
        return None
    now, reader = timezone.now(), account(request)
    shown, calls = list(unattended.meetings_of(reader)[:SHOWN]), list(unattended.calls(now)[:SHOWN])
    audit.record_reads(shown, purpose=Purpose.INTAKE)
    for call in calls:
        audit.record(Action.READ, call, purpose=Purpose.INTAKE)
    free = unattended.colleagues(shown, now) if shown else {}
    listed = [_meeting_row(row, free[row.pk], reader, begun=row.starts_at <= now) for row in shown]
    return {
        "count": count, "waits": count + len(calls), "more": count - len(shown),
        "meetings": listed, "calls": [_call_row(call, reader) for call in calls],
    }  # fmt: skip


def _meeting_row(meeting: IntakeMeeting, free: list[User], reader: User, *, begun: bool) -> dict[str, Any]:
    person = meeting.application.participant
    return {
        "pk": meeting.pk, "file": person.pk, "name": person.user.name or person.reference, "begun": begun,
        "clocks": desk.both_clocks(meeting.starts_at, reader, person.user), "place": meeting.get_place_display(),
        "colleagues": [{"pk": one.pk, "name": one.name, "me": one.pk == reader.pk} for one in free],
    }  # fmt: skip


def _call_row(call: ShortCall, reader: User) -> dict[str, Any]:
    return {
        "pk": call.pk, "when": desk.moment(call.starts_at, reader), "language": call.get_language_display(),
        "how": HOW[CallWay(call.way)], "by_number": call.way == CallWay.PHONE,
    }  # fmt: skip


def register() -> None:
    add_card(Card("desk", "desk/cards/unattended.html", card, 3, (MEETINGS, CALLS)))
