"""How somebody is: for themselves, and for whomever they show one answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User
from psp.views import crisis_lines
from supporters.models import CheckIn, CheckInQuestion
from supporters.wellbeing import services_checkin
from supporters.wellbeing.forms import CheckInForm, ShareForm, WishForm
from supporters.wellbeing.rules_checkin import is_hard
from supporters.wellbeing.words import line

supporters_only = requires(Role.SUPPORTER)
supervisors_only = requires(Role.SUPERVISOR)


@require_http_methods(["GET", "POST"])
@supporters_only
def wellbeing(request: HttpRequest) -> HttpResponse:
    """Say how it is today, see one's own past weeks, and what is there for one."""
    me = account(request)
    questions = list(CheckInQuestion.objects.filter(active=True))
    mine = list(CheckIn.objects.visible_to(me).of_person(me))
    today = next((one for one in mine if one.day == services_checkin.today_of(me)), None)
    posted = request.POST if request.method == "POST" else None
    form = CheckInForm(posted, questions=questions, said=today.said if today else None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services_checkin.check_in(user=me, by=me, **form.values())
        except DomainError as error:
            add_to_form(form, error)
        else:
            return redirect("lead:check_in", check_in_id=kept.pk) if kept else redirect("lead:wellbeing")
    audit.record_reads(mine, purpose=Purpose.OWN)
    context = {
        "form": form, "today": today, "past": [_shown(one, questions) for one in mine],
        "offers": services_checkin.offers_for(me), "wish": WishForm(wish=services_checkin.wish_of(me)),
        "crisis_lines": crisis_lines(),
    }  # fmt: skip
    return render(request, "supporters/wellbeing/mine.html", context)


def _shown(row: CheckIn, questions: list[CheckInQuestion]) -> dict[str, Any]:
    """With its day in words."""
    said = line(row, questions)
    return {**said, "when": long_date(row.day, reader_language(), article=False), "when_iso": row.day}


def _mine(request: HttpRequest, check_in_id: UUID) -> CheckIn:
    me = account(request)
    found: CheckIn = get_object_or_404(CheckIn.objects.visible_to(me).of_person(me), pk=check_in_id)
    return found


@require_GET
@supporters_only
def check_in(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """One check-in of one's own: who may read it, and after a hard answer help before anything else."""
    return _one(request, _mine(request, check_in_id))


def _one(request: HttpRequest, found: CheckIn, form: ShareForm | None = None) -> HttpResponse:
    me = account(request)
    shares = list(found.shares.standing().select_related("supervisor"))
    left = _not_yet(me, shares)
    audit.record_reads([found], purpose=Purpose.OWN)
    context = {
        "row": _shown(found, list(CheckInQuestion.objects.all())), "hard": is_hard(found.said), "shares": shares,
        "form": form or (ShareForm(supervisors=left) if left else None), "crisis_lines": crisis_lines(),
        "offers": services_checkin.offers_for(me),
    }  # fmt: skip
    return render(request, "supporters/wellbeing/one.html", context)


def _not_yet(me: User, shares: list[Any]) -> list[User]:
    """The supervisors who cannot read it yet."""
    known = {one.supervisor_id for one in shares}
    return [one for one in services_checkin.supervisors_for(me) if one.pk not in known]


@require_POST
@supporters_only
def share(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    me, found = account(request), _mine(request, check_in_id)
    form = ShareForm(request.POST, supervisors=list(services_checkin.supervisors_for(me)))
    if not form.is_valid():
        return _one(request, found, form)
    services_checkin.share(check_in=found, with_whom=form.wanted(), by=me)
    messages.success(request, _("%(name)s can read it now. You can take it back at any time.") % {
        "name": form.wanted().name})  # fmt: skip
    return redirect("lead:check_in", check_in_id=found.pk)


@require_POST
@supporters_only
def take_back(request: HttpRequest, check_in_id: UUID, person_id: UUID) -> HttpResponse:
    found = _mine(request, check_in_id)
    services_checkin.take_back(check_in=found, from_whom=person_id, by=account(request))
    messages.success(request, _("Taken back. Nobody can read it there any more."))
    return redirect("lead:check_in", check_in_id=found.pk)


@require_POST
@supporters_only
def remove(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    if CheckIn.objects.filter(pk=check_in_id).exists():  # not so at the second press
        services_checkin.remove_check_in(check_in=_mine(request, check_in_id), by=account(request))
    messages.success(request, _("It is gone, for everybody."))
    return redirect("lead:wellbeing")


@require_POST
@supporters_only
def put_away(request: HttpRequest) -> HttpResponse:
    services_checkin.put_away(user=account(request), by=account(request))
    return redirect("lead:home")


@require_POST
@supporters_only
def wishes(request: HttpRequest) -> HttpResponse:
    me = account(request)
    form = WishForm(request.POST, wish=services_checkin.wish_of(me))
    if form.is_valid():
        services_checkin.set_wish(user=me, by=me, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("lead:wellbeing")


@require_GET
@supervisors_only
def shared_with_me(request: HttpRequest) -> HttpResponse:
    """For a supervisor: what people chose to show them, one by one. Nothing to compare, nothing to keep."""
    me = account(request)
    rows = list(CheckIn.objects.visible_to(me).shared_with(me).select_related("user"))
    audit.record_reads(rows, purpose=Purpose.CARE)
    questions = list(CheckInQuestion.objects.all())
    shown = [{**_shown(row, questions), "name": row.user.name} for row in rows]
    return render(request, "supporters/wellbeing/shared.html", {"rows": shown})
