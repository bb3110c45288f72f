"""For those who are asked to join a group, or to lead one: what it is, and their answer. No reason is asked."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import invitation_pages, services_inviting
from groups.models import Invitation
from groups.services import leave_group
from psp.areas import account, for_participants, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError

page = require_http_methods(["GET", "POST"])
leads_only = requires(Role.SUPPORTER, Role.CLINICIAN)


def _show(
    request: HttpRequest, invitation: Invitation, template: str, error: DomainError | None = None
) -> HttpResponse:
    context = invitation_pages.page(invitation, account(request))
    context["error"] = error.message if error else ""
    return render(request, template, context, status=error.status if error else 200)


def _answer(request: HttpRequest, invitation: Invitation, template: str, then: HttpResponse) -> HttpResponse:
    try:
        services_inviting.answer(
            invitation=invitation, answer=request.POST.get("answer", ""), by=account(request)
        )  # fmt: skip
    except DomainError as error:
        invitation.refresh_from_db()
        return _show(request, invitation, template, error)
    return then


def _again(
    request: HttpRequest, invitation: Invitation, template: str, then: Callable[[Invitation], HttpResponse]
) -> HttpResponse:
    try:
        anew = services_inviting.think_again(invitation=invitation, by=account(request))
    except DomainError as error:
        return _show(request, invitation, template, error)
    messages.success(request, _("Your answer is taken back. The place is kept for you again."))
    return then(anew)


# --- A place ----------------------------------------------------------------------------------------

MINE = "invitations/invitation.html"


def _one(request: HttpRequest, pk: UUID) -> Invitation:
    me = account(request)
    found: Invitation = get_object_or_404(invitation_pages.own(me), pk=pk)
    audit.record(Action.READ, found, person=me.pk, purpose=Purpose.OWN)
    return found


@require_GET
@for_participants
def mine(request: HttpRequest) -> HttpResponse:
    me = account(request)
    rows = list(invitation_pages.own(me)[: invitation_pages.SHOWN])
    audit.record(Action.READ, Invitation, person=me.pk, purpose=Purpose.OWN)
    return render(request, "invitations/mine.html", {"rows": [invitation_pages.line(row, me) for row in rows]})


@page
@for_participants
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    if request.method == "POST":
        return _answer(request, found, MINE, redirect("my_invitations:one", pk=pk))
    return _show(request, found, MINE)


@require_POST
@for_participants
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _again(request, _one(request, pk), MINE, lambda anew: redirect("my_invitations:one", pk=anew.pk))


@require_POST
@for_participants
def not_after_all(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever said yes and does not want to come gives the place back. Twice is as once."""
    found = _one(request, pk)
    place = invitation_pages.place_of(found)
    if place is not None:
        leave_group(membership=place, by=account(request))
        messages.success(
            request, _("You are not in this group any more. Nobody asks why, and the others are told nothing.")
        )
    return redirect("my_invitations:one", pk=found.pk)


# --- Leading ----------------------------------------------------------------------------------------

TO_LEAD = "invitations/to_lead.html"


def _newest(request: HttpRequest, group_id: UUID) -> Invitation:
    me = account(request)
    found: Invitation | None = invitation_pages.to_lead(me).filter(group=group_id).first()
    if found is None:
        raise Http404
    audit.record(Action.READ, found, person=me.pk, purpose=Purpose.OWN)
    return found


@page
@leads_only
def one_to_lead(request: HttpRequest, group_id: UUID) -> HttpResponse:
    found = _newest(request, group_id)
    if request.method == "POST":
        return _answer(request, found, TO_LEAD, redirect("lead_invitations:one", group_id=group_id))
    return _show(request, found, TO_LEAD)


@require_POST
@leads_only
def again_to_lead(request: HttpRequest, group_id: UUID) -> HttpResponse:
    return _again(
        request, _newest(request, group_id), TO_LEAD, lambda _anew: redirect("lead_invitations:one", group_id)
    )
