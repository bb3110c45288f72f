"""For those who lead: somebody who comes without a place, and a minute for themselves after a session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.choices import GroupKind
from intake.limits import spend_of
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, add_to_form
from psp.models import User
from psp.views import crisis_lines
from sessions import words
from sessions.choices import SupportState
from sessions.forms_after import CodeForm, DebriefForm
from sessions.models import Debrief, GroupSession
from sessions.services_attendance import is_open
from sessions.services_debrief import keep_debrief, put_away, supervisors
from sessions.services_drop_in import come_by_code
from sessions.views_lead import leads_only


def _led(request: HttpRequest, session_id: UUID) -> GroupSession:
    mine = GroupSession.objects.led_by(account(request)).select_related("group")
    found: GroupSession = get_object_or_404(mine, pk=session_id)
    return found


@require_http_methods(["GET", "POST"])
@leads_only
def drop_in(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A code is typed in, and one word comes back: on the list, or ask a coordinator."""
    me, found = account(request), _led(request, session_id)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _at_the_door(request, found, me, form.cleaned_data["code"])
        except DomainError as error:
            add_to_form(form, error)
    context = {
        "session": words.line(found, me.time_zone), "group": found.group, "form": form,
        "open": is_open(found, me) and found.group.kind == GroupKind.INFORMAL,
    }  # fmt: skip
    return render(request, "lead/drop_in.html", context)


def _at_the_door(request: HttpRequest, found: GroupSession, me: User, code: str) -> HttpResponse:
    if not spend_of("drop_in", str(me.pk), settings.PSP_DROP_INS_PER_HOUR):
        message = _("No more codes can be typed for an hour. Please ask a coordinator.")
        raise DomainError(message, code="too_many_codes", field="code")
    if come_by_code(session=found, code=code, by=me):
        messages.success(request, _("They are on the list now, noted as here."))
    else:
        messages.warning(request, _("This cannot be done here. Please ask a coordinator; they know that you tried."))
    return redirect("lead:session", session_id=found.pk)


@require_http_methods(["GET", "POST"])
@leads_only
def debrief(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Voluntary, about oneself. Whom to call now is on the page whatever was answered."""
    me, found = account(request), _led(request, session_id)
    said = Debrief.objects.select_related("supervisor").filter(session=found, lead=me).first()
    form = DebriefForm(request.POST or None, said=said, supervisors=list(supervisors(me)))
    if request.method == "POST" and form.is_valid():
        try:
            keep_debrief(
                session=found, by=me, how=form.cleaned_data["how"], follow_up=form.cleaned_data["follow_up"],
                supervisor=form.wanted(), seen=form.cleaned_data["seen"],
            )  # fmt: skip
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Thank you. You can change this whenever you like."))
            return redirect("lead:debrief", session_id=found.pk)
    if said is not None:
        audit.record(Action.READ, said, person=me.pk, purpose=Purpose.OWN)
    return render(request, "lead/debrief.html", _debrief_page(found, me, form, said))


def _debrief_page(found: GroupSession, me: User, form: DebriefForm, said: Debrief | None) -> dict[str, Any]:
    asked = said if said is not None and said.support in (SupportState.ASKED, SupportState.TAKEN) else None
    return {
        "session": words.line(found, me.time_zone), "group": found.group, "form": form, "crisis_lines": crisis_lines(),
        "asked": asked, "taken": asked is not None and asked.support == SupportState.TAKEN,
        "gone": asked is not None and asked.supervisor not in supervisors(me),
        "begun": found.starts_at <= timezone.now(),
    }  # fmt: skip


@require_POST
@leads_only
def debrief_away(request: HttpRequest, session_id: UUID) -> HttpResponse:
    put_away(session=_led(request, session_id), by=account(request))
    return redirect("lead:home")
