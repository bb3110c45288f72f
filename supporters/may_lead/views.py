"""Support before anything else: a supervisor says that they are at somebody's side."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from psp.areas import account
from supporters.may_lead import services as services_may_lead
from supporters.models import LeadConcern
from supporters.views_care import supervisors_only


@require_POST
@supervisors_only
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    me = account(request)
    found = get_object_or_404(LeadConcern.objects.visible_to(me), pk=pk)
    services_may_lead.take_concern(concern=found, by=me)
    messages.success(request, _("The others see that you support this person."))
    return redirect("care:home")
