"""Training as supervisors see it: the cohorts, what ends soon, what was asked, and one person's learning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User
from supporters.models import Cohort, CourseRequest, LearningGoal, Qualification, Supporter
from supporters.reference import settings
from supporters.training import services as services_training
from supporters.training import services_evaluation, services_learning
from supporters.training import words as words_training
from supporters.training.choices import LEARNING
from supporters.training.forms import AnswerForm, CompletedForm
from supporters.training.querysets import in_care_of

supervisors_only = requires(Role.SUPERVISOR)


def ending_of(me: User) -> list[Qualification]:
    """What ends soon, or ended lately, of the people at whose side this supervisor is."""
    today, days = timezone.localdate(), timedelta(days=settings().expiry_notice_days)
    rows = Qualification.objects.ending(today - days, today + days).filter(in_care_of(me))
    learning = Supporter.objects.filter(state__in=LEARNING).values("user")
    return list(rows.filter(user__in=learning).select_related("user", "course").order_by("expires_on"))


def asked_of(me: User) -> list[CourseRequest]:
    return list(CourseRequest.objects.to_answer(me).select_related("user", "course"))


def people_of(me: User) -> Any:
    """Those whom this supervisor supervises, and those with nobody yet."""
    rows = Supporter.objects.filter(in_care_of(me), state__in=LEARNING).select_related("user")
    return rows.order_by("user__username")


@require_GET
@supervisors_only
def home(request: HttpRequest) -> HttpResponse:
    me = account(request)
    ending, asked, people = ending_of(me), asked_of(me), list(people_of(me))
    audit.record_reads([*ending, *asked, *people], purpose=Purpose.CARE)
    cohorts = Cohort.objects.visible_to(me).select_related("course", "program_region").with_counts()
    context = {
        "evaluations": [
            {"moment": form.get_moment_display(), "number": form.number, "enough": enough}
            for form, enough in services_evaluation.standing()
        ],
        "ending": ending_lines(ending), "asked": [asked_line(row) for row in asked],
        "cohorts": [
            words_training.cohort_line(row) | {"seated": row.seated, "waiting": row.waiting} for row in cohorts
        ],
        "people": sorted(({"id": row.pk, "name": shown(row.user)} for row in people), key=lambda one: one["name"]),
    }  # fmt: skip
    return render(request, "supporters/training/care.html", context)


def shown(user: User) -> str:
    return user.name or user.username


def ending_lines(rows: Iterable[Qualification]) -> list[dict[str, Any]]:
    today, days = timezone.localdate(), settings().expiry_notice_days
    return [
        words_training.qualification_line(row, today, days) | {"name": shown(row.user), "person": row.user_id}
        for row in rows
    ]


def asked_line(row: CourseRequest) -> dict[str, Any]:
    return words_training.request_line(row) | {"name": shown(row.user), "person": row.user_id}


@require_http_methods(["GET", "POST"])
@supervisors_only
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Yes with a day, or not now with what else there is."""
    me = account(request)
    rows = CourseRequest.objects.filter(in_care_of(me)).select_related("user", "course")
    found = get_object_or_404(rows, pk=request_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services_learning.answer_request(request=found, by=me, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Answered. They find it on their page, and are told that there is news."))
            return redirect("care:training")
    audit.record_reads([found], purpose=Purpose.CARE)
    return render(request, "supporters/training/answer.html", {"form": form, "asked": asked_line(found)})


@require_http_methods(["GET", "POST"])
@supervisors_only
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's learning, and a form to note what they completed elsewhere."""
    me = account(request)
    found = get_object_or_404(people_of(me), pk=person_id)
    form = CompletedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services_training.note_qualification(user=found.user, by=me, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Noted."))
            return redirect("care:training_person", person_id=found.pk)
    audit.record(Action.READ, found, person=found.pk, purpose=Purpose.CARE)
    return render(request, "supporters/training/person.html", _learning(found.user) | {"form": form})


def _learning(user: User) -> dict[str, Any]:
    today, notice = timezone.localdate(), settings().expiry_notice_days
    known = Qualification.objects.newest().filter(user=user).select_related("course")
    goals = LearningGoal.objects.filter(user=user).select_related("course")
    asked = CourseRequest.objects.filter(user=user).select_related("course")
    places = user.enrolments.select_related("cohort__course", "cohort__program_region")
    return {
        "name": shown(user), "person": user.pk,
        "completed": [words_training.qualification_line(row, today, notice) for row in known],
        "goals": [words_training.goal_line(row) for row in goals],
        "asked": [words_training.request_line(row) for row in asked],
        "cohorts": [words_training.enrolment_line(row) for row in places],
    }  # fmt: skip


@require_POST
@supervisors_only
def take_back(request: HttpRequest, qualification_id: UUID) -> HttpResponse:
    """Noted by mistake."""
    me = account(request)
    if not Qualification.objects.filter(pk=qualification_id).exists():
        return redirect("care:training")  # the second press
    found = get_object_or_404(Qualification.objects.filter(in_care_of(me)), pk=qualification_id)
    try:
        services_training.take_back_qualification(qualification=found, by=me)
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("care:training_person", person_id=found.user_id)
