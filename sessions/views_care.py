"""For supervisors: who asked them for support after a session. Nothing that was said is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.models import User
from sessions import services_debrief, words
from sessions.choices import SupportState
from sessions.models import Debrief

supervisors_only = requires(Role.SUPERVISOR)


def asked_card(request: HttpRequest) -> dict[str, Any] | None:
    """Card of the supervisor's front page: whoever chose them after a session, oldest first."""
    me = account(request)
    rows = Debrief.objects.visible_to(me).asked_of(me).select_related("lead", "session__group")
    found = list(rows.order_by("changed_at"))
    if not found:
        return None
    audit.record_reads(found, purpose=Purpose.SESSIONS)
    return {"rows": [_row(row, me) for row in found], "waits": len(found)}


def _row(row: Debrief, reader: User) -> dict[str, Any]:
    """Who, since when, how it was for them; which group it was does not matter here."""
    return {
        "id": row.pk, "name": row.lead.name, "how": row.how_it_was, "taken": row.support == SupportState.TAKEN,
        **{name: words.line(row.session, reader.time_zone)[name] for name in ("when", "when_iso")},
    }  # fmt: skip


def _asked(request: HttpRequest, debrief_id: UUID) -> Debrief:
    me = account(request)
    found: Debrief = get_object_or_404(Debrief.objects.visible_to(me).filter(supervisor=me), pk=debrief_id)
    return found


@require_POST
@supervisors_only
def take(request: HttpRequest, debrief_id: UUID) -> HttpResponse:
    services_debrief.take(debrief=_asked(request, debrief_id), by=account(request))
    messages.success(request, _("Thank you. They can see that you are taking care of it."))
    return redirect("care:home")


@require_POST
@supervisors_only
def end(request: HttpRequest, debrief_id: UUID) -> HttpResponse:
    services_debrief.end(debrief=_asked(request, debrief_id), by=account(request))
    messages.success(request, _("Noted. What you spoke about is kept nowhere."))
    return redirect("care:home")
