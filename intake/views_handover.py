"""What a coordinator does for a colleague who has left: hand on, ask for another time. And the room of a meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from intake import services_handover as services
from intake import unattended
from intake.forms_meeting import LinkForm, NotesForm
from intake.models import ShortCall
from intake.services_meeting import notes_of
from intake.views_decisions import coordinators, meeting_or_404
from intake.views_meeting import context_of
from psp.areas import account
from psp.errors import DomainError, add_to_form
from psp.models import User


@require_POST
@coordinators
def hand_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the colleague who was chosen in the list."""
    meeting, _application = meeting_or_404(request, pk)
    to = colleague(request.POST.get("to", ""))
    services.hand_meeting(meeting=meeting, to=to, by=account(request))
    if to == account(request):
        messages.success(request, _("The meeting is yours now, at the same time."))
    else:
        messages.success(request, _("%(name)s holds the meeting now, at the same time.") % {"name": to.name})
    return redirect("desk:today")


def colleague(key: str) -> User:
    """DomainError `no_colleague` for anything that names no account."""
    try:
        found = User.objects.filter(pk=UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise DomainError(_("Choose a colleague who holds the meeting."), code="no_colleague")
    return found


@require_POST
@coordinators
def free_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nobody can hold it: the person is asked, gently, to choose another time."""
    meeting, _application = meeting_or_404(request, pk)
    services.ask_for_other_time(meeting=meeting, by=account(request))
    messages.success(request, _("The person is asked to choose another time. The application is back in the list."))
    return redirect("desk:today")


@require_POST
@coordinators
def take_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever is second hears that a colleague has it; so does whoever asks for a call that never was."""
    me = account(request)
    rows = unattended.calls(timezone.now())
    call = rows.filter(pk=pk).first() or ShortCall.objects.visible_to(me).filter(pk=pk).first()
    if call is None:
        messages.warning(request, _("Somebody else takes this call by now, or it was cancelled."))
    else:
        services.take_call(call=call, by=me)
        messages.success(request, _("The short call is yours now. You find it below on its day."))
    return redirect("desk:today")


@require_POST
@coordinators
def meeting_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The room of this meeting alone."""
    meeting, application = meeting_or_404(request, pk)
    meeting.application = application
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            services.set_link(meeting=meeting, link=form.cleaned_data["link"], by=account(request))
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Kept. The person sees the link shortly before the meeting."))
            return redirect("desk:meeting", pk=meeting.pk)
    notes = NotesForm(None, notes=notes_of(meeting))
    context: dict[str, Any] = context_of(request, meeting, application, notes)
    return render(request, "desk/meeting.html", context | {"link_form": form}, status=422)
