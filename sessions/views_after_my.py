"""The person's own pages: a code to come to an informal group without a place, and a call after the last session."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.choices import GroupKind
from intake.models import Participant
from intake.views_my import own_file
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.calendar_text import time_of_day
from psp.errors import DomainError, add_to_form
from sessions.choices import CallOffer
from sessions.forms_after import CallTimesForm
from sessions.models import FollowUpOffer
from sessions.reaching import call_is_safe
from sessions.services_drop_in import make_code
from sessions.services_follow_up import answer


@require_http_methods(["GET", "POST"])
@for_participants
def code(request: HttpRequest) -> HttpResponse:
    """A press shows a code, once; another press shows another one, and the first is good for nothing."""
    person, me = own_file(request), account(request)
    context: dict[str, Any] = {"minutes": settings.PSP_DROP_IN_MINUTES, "may": may_drop_in(person)}
    if request.method == "POST":
        made, shown = make_code(participant=person, by=me)
        until = made.expires_at.astimezone(ZoneInfo(me.time_zone))
        context |= {"code": shown, "until": time_of_day(until, reader_language())}
    return render(request, "sessions/code.html", context)


def may_drop_in(person: Participant) -> bool:
    return Participant.objects.accepted_for(GroupKind.INFORMAL).filter(pk=person.pk).exists()


@require_http_methods(["GET", "POST"])
@for_participants
def call(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Yes with the times that suit, or no. Both are fine, and both can be changed."""
    me = account(request)
    offer = get_object_or_404(FollowUpOffer.objects.of_person(me).select_related("group"), pk=offer_id)
    form = CallTimesForm(request.POST or None, initial={"times": offer.times})
    if request.method == "POST" and (request.POST.get("wishes") == "no" or form.is_valid()):
        wishes = request.POST.get("wishes") != "no"
        try:
            answer(offer=offer, by=me, wishes=wishes, times=form.cleaned_data["times"] if wishes else ())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Thank you. We will call you.") if wishes else _("Thank you. That is fine."))
            return redirect("my_sessions:call", offer_id=offer.pk)
    audit.record(Action.READ, offer, person=me.pk, purpose=Purpose.OWN)
    context = {
        "offer": offer, "form": form, "wished": offer.state == CallOffer.WISHED,
        "declined": offer.state == CallOffer.NOT_WISHED, "over": not _stands(offer), "safe": call_is_safe(me),
    }  # fmt: skip
    return render(request, "sessions/call.html", context)


def _stands(offer: FollowUpOffer) -> bool:
    return FollowUpOffer.objects.standing(timezone.now()).filter(pk=offer.pk).exists()
