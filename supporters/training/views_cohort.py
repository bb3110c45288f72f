"""One cohort as supervisors see it: dates, places, who gives it, who was there, and who has completed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User
from supporters.models import Cohort, CohortSession, Enrolment
from supporters.training import services_cohorts as services
from supporters.training import words as words_training
from supporters.training.choices import COHORT_TRANSITIONS, CohortState, EnrolmentState
from supporters.training.cohort_people import could_give, could_learn, grid
from supporters.training.forms import CohortForm, DateForm, MoreDateForm, PersonForm, PlacesForm

supervisors_only = requires(Role.SUPERVISOR)


def _found(request: HttpRequest, cohort_id: UUID) -> Cohort:
    rows = Cohort.objects.visible_to(account(request)).select_related("course", "program_region")
    found: Cohort = get_object_or_404(rows, pk=cohort_id)
    return found


@require_http_methods(["GET", "POST"])
@supervisors_only
def new(request: HttpRequest) -> HttpResponse:
    me = account(request)
    form = CohortForm(request.POST if request.method == "POST" else None, user=me)
    if request.method == "POST" and form.is_valid():
        cohort = services.create_cohort(by=me, **form.cleaned_data)
        return redirect("care:training_cohort", cohort_id=cohort.pk)
    return render(request, "supporters/training/cohort_new.html", {"form": form})


@require_GET
@supervisors_only
def cohort(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    return _page(request, _found(request, cohort_id))


def _page(request: HttpRequest, found: Cohort, **bound: forms.Form) -> HttpResponse:
    me = account(request)
    people = list(found.enrolments.exclude(state=EnrolmentState.LEFT).select_related("user"))
    leads = list(found.leads.select_related("user").order_by("pk"))
    sessions = found.sessions.select_related("module")
    givers, learners = could_give(found, me), could_learn(found, me)
    audit.record_reads(people, purpose=Purpose.CARE)
    offered = {user.pk for user in (*givers, *learners)}
    audit.record_reads_of(User, [(key, key) for key in sorted(offered)], purpose=Purpose.CARE)
    context = {
        "cohort": words_training.cohort_line(found), "leads": leads, **grid(found, people),
        "sessions": [words_training.session_line(row, found.time_zone) for row in sessions],
        "moves": _moves(found),
        "places_form": PlacesForm(auto_id="places_%s", initial={"places": found.places}),
        "lead_form": PersonForm(people=givers, label=_("Who gives it"), auto_id="lead_%s"),
        "person_form": PersonForm(people=learners, label=_("Enrol somebody"), auto_id="person_%s"),
        "date_form": MoreDateForm(course=found.course, auto_id="date_%s"),
    } | bound  # fmt: skip
    return render(request, "supporters/training/cohort_care.html", context)


def _moves(found: Cohort) -> list[dict[str, str]]:
    words = {
        CohortState.RUNNING: _("Begin this cohort"), CohortState.DONE: _("It is finished"),
        CohortState.CANCELLED: _("Cancel this cohort"),
    }  # fmt: skip
    return [
        {"to": to.value, "label": label}
        for to, label in words.items()
        if to in COHORT_TRANSITIONS[CohortState(found.state)]
    ]


def _done(request: HttpRequest, found: Cohort, change: Callable[[], Any], said: str) -> HttpResponse:
    """After a button: what it did, or why not."""
    try:
        change()
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
    return redirect("care:training_cohort", cohort_id=found.pk)


def _filled(
    request: HttpRequest, found: Cohort, name: str, form: forms.Form, change: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    """After a form of the page: done, or the page again with what is to mend."""
    if form.is_valid():
        try:
            change(form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("care:training_cohort", cohort_id=found.pk)
    return _page(request, found, **{name: form})


@require_POST
@supervisors_only
def move(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    found, to = _found(request, cohort_id), request.POST.get("to", "")
    if to not in CohortState.values:
        return redirect("care:training_cohort", cohort_id=found.pk)
    me = account(request)
    return _done(request, found, lambda: services.move_cohort(cohort=found, to=CohortState(to), by=me), _("Saved."))


@require_POST
@supervisors_only
def places(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    found, me = _found(request, cohort_id), account(request)
    form = PlacesForm(request.POST, auto_id="places_%s")
    return _filled(
        request, found, "places_form", form, lambda said: services.set_places(cohort=found, by=me, **said)
    )  # fmt: skip


@require_POST
@supervisors_only
def lead(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    found, me = _found(request, cohort_id), account(request)
    form = PersonForm(request.POST, people=could_give(found, me), label=_("Who gives it"), auto_id="lead_%s")
    return _filled(
        request, found, "lead_form", form,
        lambda said: services.add_cohort_lead(cohort=found, user=said["person"], by=me),
    )  # fmt: skip


@require_POST
@supervisors_only
def lead_remove(request: HttpRequest, cohort_id: UUID, person_id: UUID) -> HttpResponse:
    found, me = _found(request, cohort_id), account(request)
    user = User.objects.filter(pk__in=found.leads.values("user"), pk=person_id).first()
    if user is None:
        return redirect("care:training_cohort", cohort_id=found.pk)  # the second press
    return _done(
        request, found, lambda: services.remove_cohort_lead(cohort=found, user=user, by=me), _("Saved.")
    )  # fmt: skip


@require_POST
@supervisors_only
def enrol(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    found, me = _found(request, cohort_id), account(request)
    form = PersonForm(request.POST, people=could_learn(found, me), label=_("Enrol somebody"), auto_id="person_%s")
    return _filled(
        request, found, "person_form", form, lambda said: services.enrol(cohort=found, person=said["person"], by=me)
    )


@require_POST
@supervisors_only
def complete_all(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    found = _found(request, cohort_id)
    count = services.complete_all(cohort=found, by=account(request))
    words = ngettext("%(count)d person has completed it.", "%(count)d people have completed it.", count)
    messages.success(request, words % {"count": count} if count else _("Nobody is that far yet."))
    return redirect("care:training_cohort", cohort_id=found.pk)


@require_POST
@supervisors_only
def date_add(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    found, me = _found(request, cohort_id), account(request)
    form = MoreDateForm(request.POST, course=found.course, auto_id="date_%s")
    return _filled(request, found, "date_form", form, lambda said: services.add_date(
        cohort=found, day=said["day"], at=said["at"], by=me, module=said["module"].pk if said["module"] else None,
    ))  # fmt: skip


@require_http_methods(["GET", "POST"])
@supervisors_only
def date(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Another time for one session; or it is cancelled, and that is taken back."""
    me = account(request)
    rows = CohortSession.objects.filter(cohort__in=Cohort.objects.visible_to(me))
    found = get_object_or_404(rows.select_related("cohort__course", "module"), pk=session_id)
    form = DateForm(request.POST if "day" in request.POST else None)
    if "cancelled" in request.POST:
        services.cancel_date(session=found, by=me, cancelled=request.POST["cancelled"] == "yes")
        return redirect("care:training_cohort", cohort_id=found.cohort_id)
    if form.is_bound and form.is_valid():
        services.set_date(session=found, by=me, **form.cleaned_data)
        return redirect("care:training_cohort", cohort_id=found.cohort_id)
    context = {
        "form": form, "cohort": words_training.cohort_line(found.cohort),
        "session": words_training.session_line(found, found.cohort.time_zone),
    }  # fmt: skip
    return render(request, "supporters/training/date.html", context)


@require_POST
@supervisors_only
def place_end(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    me = account(request)
    row = get_object_or_404(Enrolment.objects.visible_to(me).select_related("cohort"), pk=enrolment_id)
    return _done(
        request, row.cohort, lambda: services.leave_cohort(enrolment=row, by=me), _("The place is free again.")
    )  # fmt: skip
