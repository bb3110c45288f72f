"""For supervisors: the door, and who would like to talk. What is said is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from psp.areas import account
from psp.errors import DomainError
from psp.models import User
from supporters.models import Talk
from supporters.supervision import services_talks
from supporters.supervision.care_cards import DOOR_HOURS
from supporters.supervision.choices import TALK_OPEN
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


def _done(request: HttpRequest, talk_id: UUID, do: Callable[..., Talk], said: str) -> HttpResponse:
    """What was done; or that it is over, where they took it back or a colleague was quicker."""
    me = account(request)
    if _is_over(talk_id, me):
        messages.info(request, _("This is not open any more. Look at it as it is now."))
        return redirect("care:home")
    found: Talk = get_object_or_404(Talk.objects.visible_to(me).exclude(user=me), pk=talk_id)
    try:
        do(talk=found, by=me)
    except DomainError as error:
        messages.info(request, error.message)
    else:
        messages.success(request, said)
    return redirect("care:home")


def _is_over(talk_id: UUID, me: User) -> bool:
    """Of what was this supervisor's to take, and was not theirs in the end."""
    mine = Q(asked=me) | Q(everybody_at__isnull=False)
    rows = Talk.objects.filter(mine, pk=talk_id).exclude(user=me).exclude(taken_by=me)
    return bool(rows.exclude(state__in=TALK_OPEN).exists())


@require_POST
@supervisors_only
def take(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    return _done(request, talk_id, services_talks.take, _("Thank you. They can see that you are taking care of it."))


@require_POST
@supervisors_only
def done(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    return _done(request, talk_id, services_talks.done, _("Noted. What you spoke about is kept nowhere."))
