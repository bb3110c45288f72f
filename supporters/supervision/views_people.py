"""One person's page for the supervisor at their side now: meetings, the next one, more support for a while."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, Forbidden, add_to_form
from psp.models import User
from supporters.models import NextMeeting, Pairing, SupervisionMeeting, SupervisorWish, SupportPlan
from supporters.person_parts import parts_for
from supporters.supervision import services as services_supervision
from supporters.supervision import services_extra
from supporters.supervision import words as words_supervision
from supporters.supervision.facts import due_of
from supporters.supervision.forms import GoOnForm, MeetingForm, NextForm, PlanForm, SupervisorForm, TogetherForm
from supporters.supervision.querysets import people_of
from supporters.supervision.refusals import SENTENCES
from supporters.views_care import supervisors_only

SHOWN = 20


def my_person(request: HttpRequest, user_id: UUID) -> User:
    """Somebody at whose side the reader is now; nobody else is to be found."""
    rows = User.objects.filter(pk__in=people_of(account(request)))
    return get_object_or_404(rows, pk=user_id)


@require_GET
@supervisors_only
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    me, found, today = account(request), my_person(request, user_id), timezone.localdate()
    audit.record(Action.READ, found, person=found.pk, purpose=Purpose.CARE)
    rows = list(SupervisionMeeting.objects.visible_to(me).filter(user=found).select_related("supervisor")[:SHOWN])
    plans = list(SupportPlan.objects.visible_to(me).filter(user=found).select_related("supervisor")[:SHOWN])
    audit.record_reads([*rows, *plans], purpose=Purpose.CARE)
    known = words_supervision.kinds_known()
    lines = [words_supervision.plan(row, today, known=known) for row in plans]
    context = {
        "person": found, "due": words_supervision.due(due_of([found.pk], today)[found.pk], today),
        "next": words_supervision.planned(NextMeeting.objects.filter(user=found).first(), me.time_zone),
        "meetings": [words_supervision.meeting(row) for row in rows],
        "plan": next((line for line in lines if line["ended"] is None), None),
        "plans": [line for line in lines if line["ended"]], "parts": parts_for(found, me),
    }  # fmt: skip
    return render(request, "supporters/supervision/person.html", context)


def _form_page(request: HttpRequest, found: User, form: Any, name: str, **more: Any) -> HttpResponse:
    audit.record(Action.READ, found, person=found.pk, purpose=Purpose.CARE)
    return render(request, f"supporters/supervision/{name}.html", {"person": found, "form": form, **more})


@require_http_methods(["GET", "POST"])
@supervisors_only
def meeting(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Note that the two met: overdue is over with it."""
    found, form = my_person(request, user_id), MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("kind", "held_on", "minutes", "agreed")}
        try:
            services_supervision.note_meeting(user=found, by=account(request), key=form.sent_key(), **said)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Noted. Both of you see it now."))
            return redirect("care:person", user_id=found.pk)
    return _form_page(request, found, form, "meeting")


@require_http_methods(["GET", "POST"])
@supervisors_only
def together(request: HttpRequest) -> HttpResponse:
    """Group supervision: several people at once, one line for each."""
    me = account(request)
    people = sorted(User.objects.filter(pk__in=people_of(me)), key=lambda one: one.name.casefold())
    audit.record_reads_of(User, [(one.pk, one.pk) for one in people], purpose=Purpose.CARE)
    form = TogetherForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("held_on", "minutes", "agreed")}
        try:
            services_supervision.note_together(by=me, people=form.chosen(), key=form.sent_key(), **said)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Noted for each of them. Each sees their own line."))
            return redirect("care:home")
    return render(request, "supporters/supervision/together.html", {"form": form, "people": people})


@require_http_methods(["GET", "POST"])
@supervisors_only
def plan_next(request: HttpRequest, user_id: UUID) -> HttpResponse:
    me, found, form = account(request), my_person(request, user_id), NextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services_supervision.plan_next(
                user=found, by=me, starts_at=form.starts_at(me.time_zone), minutes=form.cleaned_data["minutes"]
            )
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The next meeting is set. Both of you see it now."))
            return redirect("care:person", user_id=found.pk)
    return _form_page(request, found, form, "next")


@require_POST
@supervisors_only
def drop_next(request: HttpRequest, user_id: UUID) -> HttpResponse:
    found = my_person(request, user_id)
    services_supervision.drop_next(user=found, by=account(request))
    messages.success(request, _("It is called off, and the other one is told. You can set another day."))
    return redirect("care:person", user_id=found.pk)


# --- More support for a while ---------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@supervisors_only
def new_plan(request: HttpRequest, user_id: UUID) -> HttpResponse:
    found, form = my_person(request, user_id), PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("kinds", "from_on", "until_on", "look_on", "agreed")}
        try:
            services_extra.make_plan(user=found, by=account(request), key=form.sent_key(), **said)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The plan is kept. Both of you see it now."))
            return redirect("care:person", user_id=found.pk)
    return _form_page(request, found, form, "plan")


@require_http_methods(["GET", "POST"])
@supervisors_only
def look_again(request: HttpRequest, user_id: UUID, plan_id: UUID) -> HttpResponse:
    """It goes on until another day, or it is over."""
    me, found = account(request), my_person(request, user_id)
    plan: SupportPlan = get_object_or_404(
        SupportPlan.objects.standing().visible_to(me).filter(user=found).select_related("supervisor"), pk=plan_id
    )
    form = GoOnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services_extra.go_on(plan=plan, by=me, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("It goes on. Both of you see the new days."))
            return redirect("care:person", user_id=found.pk)
    line = words_supervision.plan(plan, timezone.localdate())
    return _form_page(request, found, form, "look_again", plan=line)


@require_POST
@supervisors_only
def end_plan(request: HttpRequest, user_id: UUID, plan_id: UUID) -> HttpResponse:
    me, found = account(request), my_person(request, user_id)
    plan = get_object_or_404(SupportPlan.objects.visible_to(me).filter(user=found), pk=plan_id)
    services_extra.end_plan(plan=plan, by=me)
    messages.success(request, _("The plan is over. It stays on both of your pages."))
    return redirect("care:person", user_id=found.pk)


# --- Pairs ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@supervisors_only
def hand_over(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """To a colleague. What was agreed until now stays between the two of before, unless the supporter shows it."""
    me = account(request)
    ended = Pairing.objects.filter(user=user_id, supervisor=me, ended_on=timezone.localdate())
    if request.method == "POST" and ended.exists() and not people_of(me).filter(user=user_id).exists():
        return redirect("care:home")  # the second press
    found = my_person(request, user_id)
    people = list(services_supervision.supervisors({me.pk, found.pk}))
    form = SupervisorForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        assert chosen is not None  # nosec B101 - the form asks for one
        try:
            services_supervision.pair(found, chosen, me)
        except DomainError as error:
            add_to_form(form, error)
        else:
            words = _("%(name)s is at the side of %(person)s now.") % {"name": chosen.name, "person": found.name}
            messages.success(request, words)
            return redirect("care:home")
    return _form_page(request, found, form, "hand_over")


def _looking(request: HttpRequest, user_id: UUID) -> User:
    """Somebody who has nobody, or who asks for this supervisor or any other."""
    me = account(request)
    wishes = SupervisorWish.objects.visible_to(me).exclude(user=me).values("user")
    rows = User.objects.filter(pk__in=wishes) | User.objects.filter(
        pk__in=services_supervision.without_supervisor().exclude(pk=me.pk).order_by().values("pk")
    )
    return get_object_or_404(rows, pk=user_id)


@require_POST
@supervisors_only
def take_on(request: HttpRequest, user_id: UUID) -> HttpResponse:
    me = account(request)
    if User.objects.filter(pk__in=people_of(me), pk=user_id).exists():
        return redirect("care:person", user_id=user_id)  # the second press
    found = _looking(request, user_id)
    try:
        services_supervision.pair(found, me, me)
    except (Forbidden, DomainError):
        if services_supervision.current_of(found) is None:
            raise
        # A colleague was quicker, by a moment.
        messages.info(request, str(SENTENCES["pairing_one_standing"]))
        return redirect("care:home")
    messages.success(request, _("You are at the side of %(name)s now. They are told.") % {"name": found.name})
    return redirect("care:person", user_id=found.pk)


@require_POST
@supervisors_only
def not_now(request: HttpRequest, user_id: UUID) -> HttpResponse:
    me = account(request)
    wish = get_object_or_404(SupervisorWish.objects.visible_to(me).exclude(user=me), pk=user_id)
    if wish.wished_id == me.pk:  # not so at the second press
        services_supervision.cannot_now(wish=wish, by=me)
    messages.success(request, _("The other supervisors are asked now. Thank you for saying it."))
    return redirect("care:home")
