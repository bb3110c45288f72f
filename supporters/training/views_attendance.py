"""Who was at a session of the training: noted by whoever gives the course, or by a supervisor."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from supporters.models import Cohort, CohortSession
from supporters.training import words as words_training
from supporters.training.forms_attendance import PresenceForm
from supporters.training.permissions import is_supervisor
from supporters.training.services_cohorts import record_cohort_attendance

IN_LEAD = ("base_lead.html", "lead:training_cohort")
IN_CARE = ("base_desk.html", "care:training_cohort")


@require_http_methods(["GET", "POST"])
@requires(Role.SUPPORTER, Role.CLINICIAN, Role.SUPERVISOR)
def lead_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _session(request, session_id, *IN_LEAD)


@require_http_methods(["GET", "POST"])
@requires(Role.SUPERVISOR)
def care_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _session(request, session_id, *IN_CARE)


def _session(request: HttpRequest, session_id: UUID, base: str, back: str) -> HttpResponse:
    """The same form in both areas. Whoever notes is not on it: nobody says of themselves that they were there."""
    me = account(request)
    rows = CohortSession.objects.filter(cohort__in=Cohort.objects.with_names(me))
    found = get_object_or_404(rows.select_related("cohort__course", "module"), pk=session_id)
    people = list(found.cohort.enrolments.seated().exclude(user=me).select_related("user"))
    form = PresenceForm(
        request.POST if request.method == "POST" else None, session=found, people=people, elsewhere=is_supervisor(me)
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_cohort_attendance(
                session=found, statuses=form.statuses(), by=me, seen=form.cleaned_data["seen"]
            )  # fmt: skip
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back, cohort_id=found.cohort_id)
    audit.record_reads(people, purpose=Purpose.CARE)
    context = {
        "base": base, "back": back, "form": form, "cohort": words_training.cohort_line(found.cohort),
        "session": words_training.session_line(found, me.time_zone),
    }  # fmt: skip
    return render(request, "supporters/training/session.html", context)
