"""On the front page of supervisors: whom to support, because they lead soon and something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.dashboard import Card, add_card
from psp.models import User
from supporters.may_lead.services import Concern, concerns
from supporters.may_lead.words import course_names, day, for_supervisor
from supporters.models import LeadConcern


def support_first(request: HttpRequest) -> dict[str, Any] | None:
    """How they stand is asked anew: what was mended since the morning is not shown any more."""
    me = account(request)
    found = list(LeadConcern.objects.visible_to(me).standing().select_related("user", "taken_by"))
    live = concerns(timezone.localdate(), [one.user_id for one in found]) if found else {}
    names = course_names(piece for one in live.values() for piece in one.missing)
    rows = [_row(one, live[one.user_id], me, names) for one in found if one.user_id in live]
    if not rows:
        return None
    audit.record_reads([row["concern"] for row in rows], purpose=Purpose.CARE)
    return {"rows": rows, "waits": sum(not row["taken"] for row in rows)}


def _row(noted: LeadConcern, live: Concern, reader: User, names: Mapping[str, str]) -> dict[str, Any]:
    by = noted.taken_by
    return {
        "concern": noted, "name": noted.user.name or noted.user.username, "day": live.first_day,
        "day_words": day(live.first_day), "lacks": for_supervisor(live.missing, names),
        "taken": (by.name or by.username) if by else "", "mine": noted.taken_by_id == reader.pk,
    }  # fmt: skip


def register() -> None:
    add_card(Card("care", "supporters/may_lead/care_card.html", support_first, order=5))
