"""For whoever learns: what they did, what runs, what ends soon, their plan and what they asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp import feedback_rules
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User
from psp.pdf import pdf_response
from supporters.areas import requires_or_joining
from supporters.models import Certificate, Cohort, CourseRequest, Enrolment, LearningGoal, Qualification
from supporters.reference import settings
from supporters.training import permissions as permissions_training
from supporters.training import services_certificates, services_cohorts, services_evaluation, services_learning
from supporters.training import words as words_training
from supporters.training.choices import EnrolmentState
from supporters.training.forms import GoalForm, WishForm

# Clinicians give courses; the plan is for those who learn.
learners_only = requires_or_joining(Role.SUPPORTER, Role.CLINICIAN, Role.SUPERVISOR)
planners_only = requires_or_joining(Role.SUPPORTER, Role.SUPERVISOR)


@require_GET
@learners_only
def home(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, goal: GoalForm | None = None, wish: WishForm | None = None) -> HttpResponse:
    me = account(request)
    done = _completed(me)
    context = {
        "completed": done, "soon": [row for row in done if row["soon"] or row["ended"]],
        "evaluations": [
            {"id": box.pk, "cohort": box.cohort.name, "moment": box.form.get_moment_display()}
            for box in services_evaluation.open_to(me)
        ],
        "cohorts": _mine(me), "open": _open(me), "gives": _gives(me),
        "goals": [words_training.goal_line(row) for row in _own(LearningGoal, me).select_related("course")],
        "asked": [words_training.request_line(row) for row in _own(CourseRequest, me).select_related("course")],
        "plans": permissions_training.may_learn(me),
        "goal_form": goal or GoalForm(auto_id="goal_%s"), "wish_form": wish or WishForm(auto_id="wish_%s"),
    }  # fmt: skip
    audit.record(Action.READ, Qualification, person=me.pk, purpose=Purpose.OWN)
    return render(request, "supporters/training/mine.html", context)


def _own(model: Any, me: User) -> Any:
    return model.objects.filter(user=me)


def _completed(me: User) -> list[dict[str, Any]]:
    """The newest of each course, with its certificate where one stands."""
    today, notice = timezone.localdate(), settings().expiry_notice_days
    papers = {row.qualification_id: row for row in _own(Certificate, me).standing()}
    rows = Qualification.objects.newest().filter(user=me).select_related("course")
    found = []
    for row in rows.order_by("course__order", "-completed_on"):
        paper = papers.get(row.pk)
        line = words_training.qualification_line(row, today, notice)
        found.append(line | {"certificate": paper.pk if paper else None})
    return found


def _mine(me: User) -> list[dict[str, Any]]:
    rows = _own(Enrolment, me).exclude(state=EnrolmentState.LEFT)
    return [words_training.enrolment_line(row) for row in rows.select_related("cohort__course")]


def _open(me: User) -> list[dict[str, Any]]:
    """What they could enrol in and have not."""
    taken = _own(Enrolment, me).exclude(state=EnrolmentState.LEFT).values("cohort")
    rows = Cohort.objects.filter(Cohort.objects.offered_to(me)).exclude(pk__in=taken).exclude(leads__user=me)
    found = rows.select_related("course", "program_region").order_by("first_day")
    return [words_training.cohort_line(row) for row in found]


def _gives(me: User) -> list[dict[str, Any]]:
    return [words_training.cohort_line(row) for row in Cohort.objects.led_by(me).select_related("course")]


# --- The plan, and requests -------------------------------------------------------------------------


@require_POST
@planners_only
def goal_add(request: HttpRequest) -> HttpResponse:
    form = GoalForm(request.POST, auto_id="goal_%s")
    if form.is_valid():
        try:
            services_learning.add_goal(by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("It is on your plan. Your supervisor sees it too."))
            return redirect("lead:training")
    return _page(request, goal=form)


@require_POST
@learners_only
def goal_close(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    if not LearningGoal.objects.filter(pk=goal_id).exists():
        return redirect("lead:training")  # the second press
    goal = get_object_or_404(_own(LearningGoal, account(request)), pk=goal_id)
    services_learning.close_goal(goal=goal, by=account(request), done=request.POST.get("done") == "yes")
    return redirect("lead:training")


@require_POST
@planners_only
def ask(request: HttpRequest) -> HttpResponse:
    form = WishForm(request.POST, auto_id="wish_%s")
    if form.is_valid():
        try:
            services_learning.ask_for_course(by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Sent. You will find the answer here."))
            return redirect("lead:training")
    return _page(request, wish=form)


@require_POST
@learners_only
def ask_withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = get_object_or_404(_own(CourseRequest, account(request)), pk=request_id)
    services_learning.withdraw_request(request=asked, by=account(request))
    return redirect("lead:training")


# --- Cohorts ----------------------------------------------------------------------------------------


@require_GET
@learners_only
def cohort(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Dates, and who gives the course. Names of those who learn only for whoever gives it."""
    me = account(request)
    rows = Cohort.objects.visible_to(me).select_related("course", "program_region")
    found = get_object_or_404(rows, pk=cohort_id)
    people, leads = [], Cohort.objects.led_by(me).filter(pk=found.pk).exists()
    if leads:
        people = list(found.enrolments.seated().select_related("user"))
        audit.record_reads(people, purpose=Purpose.CARE)
    sessions = found.sessions.select_related("module")
    context = {
        "cohort": words_training.cohort_line(found), "gives": [lead.user.name for lead in _leads(found)],
        "people": sorted((row.user.name for row in people), key=str.casefold), "is_lead": leads,
        "sessions": [words_training.session_line(row, me.time_zone) for row in sessions],
        "mine": _own(Enrolment, me).filter(cohort=found).exclude(state=EnrolmentState.LEFT).first(),
        "may_enrol": not leads and Cohort.objects.filter(Cohort.objects.offered_to(me), pk=found.pk).exists(),
    }  # fmt: skip
    return render(request, "supporters/training/cohort.html", context)


def _leads(cohort: Cohort) -> Any:
    return cohort.leads.select_related("user").order_by("pk")


@require_POST
@learners_only
def enrol(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    me = account(request)
    found = get_object_or_404(Cohort.objects.visible_to(me), pk=cohort_id)
    try:
        row = services_cohorts.enrol(cohort=found, person=me, by=me)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("lead:training")
    if row.state == EnrolmentState.WAITING:
        messages.info(
            request, _("Every place is taken. You are on the waiting list, and are told if one becomes free.")
        )
    else:
        messages.success(request, _("You have a place."))
    return redirect("lead:training")


@require_POST
@learners_only
def leave(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    me = account(request)
    row = get_object_or_404(_own(Enrolment, me), pk=enrolment_id)
    services_cohorts.leave_cohort(enrolment=row, by=me)
    messages.success(request, _("You have left. Nobody asks why, and you can come back while there are places."))
    return redirect("lead:training")


@require_http_methods(["GET", "POST"])
@planners_only
def slip(request: HttpRequest, box_id: UUID) -> HttpResponse:
    """A code with which to answer without a name. That one was taken is noted nowhere."""
    me = account(request)
    box = get_object_or_404(services_evaluation.open_to(me), pk=box_id)
    context = {
        "box": box, "moment": box.form.get_moment_display(), "nonce": feedback_rules.new_nonce().hex(),
        "until": words_training.day(timezone.localdate(box.closes_at)),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "supporters/training/slip.html", context)
    nonce = feedback_rules.nonce_of(request.POST.get("nonce", ""))
    try:
        made = services_evaluation.hand_slip(box=box, by=me, nonce=nonce)
    except DomainError as error:
        return render(
            request, "supporters/training/slip.html", context | {"refused": error.message}, status=error.status
        )
    return render(request, "supporters/training/slip.html", context | {"slip": str(made)})


# --- Certificates -----------------------------------------------------------------------------------


@require_POST
@learners_only
def certificate_make(request: HttpRequest, qualification_id: UUID) -> HttpResponse:
    me = account(request)
    known = get_object_or_404(_own(Qualification, me), pk=qualification_id)
    try:
        services_certificates.make_certificate(qualification=known, by=me)
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("lead:training")


@require_GET
@learners_only
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """The paper, in the language of the address."""
    me = account(request)
    rows = _own(Certificate, me).standing().select_related("qualification__course")
    found = get_object_or_404(rows, pk=certificate_id)
    audit.record(Action.EXPORT, found, person=me.pk, purpose=Purpose.OWN)
    address = request.build_absolute_uri(reverse("course_certificate"))
    language = reader_language()
    return pdf_response(services_certificates.certificate_pdf(found, language=language, address=address))


@require_POST
@learners_only
def certificate_withdraw(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    me = account(request)
    found = get_object_or_404(_own(Certificate, me), pk=certificate_id)
    services_certificates.withdraw_certificate(certificate=found, by=me)
    messages.success(request, _("Withdrawn: its code does not count any more. You can have a new one made."))
    return redirect("lead:training")
