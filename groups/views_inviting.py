"""The desk's buttons about invitations: ask somebody, remind, take back, and write down what was said on the phone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups import services_inviting, services_offers
from groups.forms import LeadForm
from groups.models import Invitation, PeerGroup
from groups.views import coordinators, group_or_404, person_or_404, show_group
from psp.areas import account
from psp.errors import DomainError, add_to_form


def _one(request: HttpRequest, pk: UUID) -> Invitation:
    rows = Invitation.objects.filter(group__in=PeerGroup.objects.in_regions_of(account(request)))
    found: Invitation = get_object_or_404(rows, pk=pk)
    return found


@require_POST
@coordinators
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = group_or_404(request, pk)
    if not request.POST.get("participant"):
        return redirect("desk:group_add", pk=found.pk)
    person = person_or_404(request)
    services_inviting.invite(group=found, participant=person, by=account(request))
    messages.success(request, _("The person is invited, and the place is kept for them."))
    return redirect("desk:group_add", pk=found.pk)


@require_POST
@coordinators
def invite_lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = group_or_404(request, pk)
    form = LeadForm(request.POST, group=found)
    if form.is_valid():
        try:
            services_inviting.invite(group=found, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("This person is asked to lead the group."))
            return redirect("desk:group", pk=found.pk)
    return show_group(request, found, form)


@require_POST
@coordinators
def remind(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    services_offers.remind(invitation=found, by=account(request), now=timezone.now())
    messages.success(request, _("The person is reminded, in the way that is safe for them."))
    return redirect("desk:group", pk=found.group_id)


@require_POST
@coordinators
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    services_inviting.take_back(invitation=found, by=account(request))
    messages.success(request, _("The invitation is taken back. The place is free."))
    return redirect("desk:group", pk=found.group_id)


@require_POST
@coordinators
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    services_inviting.answer(invitation=found, answer=request.POST.get("answer", ""), by=account(request))
    messages.success(request, _("The answer is written down."))
    return redirect("desk:group", pk=found.group_id)
