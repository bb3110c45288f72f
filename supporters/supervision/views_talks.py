"""For supervisors: the door, and who would like to talk. What is said is kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from psp.areas import account
from supporters.models import Talk
from supporters.supervision import services_talks
from supporters.supervision.care_cards import DOOR_HOURS
from supporters.views_care import supervisors_only


@require_POST
@supervisors_only
def door(request: HttpRequest) -> HttpResponse:
    """Open for some hours from now, or shut."""
    hours = {str(one): one for one in DOOR_HOURS}.get(request.POST.get("hours", ""))
    if hours is None:
        services_talks.shut_door(by=account(request))
        messages.success(request, _("Your door is shut. Whoever you supervise can still ask for a talk."))
    else:
        services_talks.open_door(by=account(request), until=timezone.now() + timedelta(hours=hours))
        messages.success(request, _("Your door is open. Everybody who is supported here sees it."))
    return redirect("care:home")


def _talk(request: HttpRequest, talk_id: UUID) -> Talk:
    me = account(request)
    found: Talk = get_object_or_404(Talk.objects.visible_to(me).exclude(user=me), pk=talk_id)
    return found


@require_POST
@supervisors_only
def take(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    services_talks.take(talk=_talk(request, talk_id), by=account(request))
    messages.success(request, _("Thank you. They can see that you are taking care of it."))
    return redirect("care:home")


@require_POST
@supervisors_only
def done(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    services_talks.done(talk=_talk(request, talk_id), by=account(request))
    messages.success(request, _("Noted. What you spoke about is kept nowhere."))
    return redirect("care:home")
