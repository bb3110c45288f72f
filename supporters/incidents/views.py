"""What happened, on the pages of those who lead, of supervisors, of coordinators and of the privacy officer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account
from psp.choices import Role
from psp.errors import DomainError, add_to_form, require
from psp.sight import sight_of
from psp.views import crisis_lines
from supporters.incidents import links as incident_links
from supporters.incidents import pages
from supporters.incidents import services as services_incidents
from supporters.incidents import services_steps as services_incident_steps
from supporters.incidents.choices import Desk
from supporters.incidents.forms import (
    BringForm,
    CloseForm,
    OwnStepForm,
    ReportForm,
    TouchedForm,
    TwoForm,
    owners_first,
)
from supporters.incidents.models import Incident, IncidentPerson, IncidentStep
from supporters.incidents.people import told
from supporters.incidents.querysets import SAFETY_DUTIES

MOST = 100


@dataclass(frozen=True, slots=True)
class Area:
    """One part of the site in which these pages stand. `reports`: whether one reports here."""

    name: str
    base: str
    roles: tuple[str, ...]
    reports: bool = True

    def url(self, name: str) -> str:
        return f"{self.name}:{name}"


AREAS = {
    "lead": Area("lead", "base_lead.html", (Role.SUPPORTER, Role.CLINICIAN)),
    "care": Area("care", "base_desk.html", (Role.SUPERVISOR,)),
    "desk": Area("desk", "base_desk.html", (Role.COORDINATOR,)),
    "office": Area("office", "base_desk.html", (Role.PRIVACY_OFFICER,), reports=False),
}


def area_of(request: HttpRequest) -> Area:
    """Where this page stands; 403 for who has no business there."""
    match = request.resolver_match
    assert match is not None, "a view is reached by an address"
    area = AREAS[match.namespace]
    require(sight_of(request.user).has(*area.roles), "area_closed")
    return area


def shell(area: Area) -> dict[str, Any]:
    """What the pages need to know of the area: its frame, and where their links lead."""
    names = ("incidents", "incident", "incident_act")
    urls: dict[str, Any] = {name: area.url(name) for name in names}
    return {
        "base": area.base, "area": area.name, "urls": urls,
        "report_url": area.url("incident_report") if area.reports else "",
    }  # fmt: skip


@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """Those in which one has a part, what waits first; and the steps that are one's own."""
    area, me = area_of(request), account(request)
    rows = Incident.objects.visible_to(me).select_related("kind", "taken_by", "program_region")[:MOST]
    return render(request, "supporters/incidents/list.html", shell(area) | pages.list_page(rows, me))


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """In a minute. Whom to call now stands above the first question."""
    area, me = area_of(request), account(request)
    form = ReportForm(request.POST or None, reader=me, session=request.GET.get("session", ""))
    if request.method == "POST" and form.is_valid():
        try:
            made = services_incidents.report_incident(by=me, **form.said())
        except DomainError as error:
            add_to_form(form, error)
        else:
            _say_where_it_went(request, made)
            return redirect(area.url("incident"), pk=made.pk)
    context = {"form": form, "crisis_lines": crisis_lines(), "protocol_url": pages.protocol_url(area.name)}
    return render(request, "supporters/incidents/report.html", shell(area) | context)


def _say_where_it_went(request: HttpRequest, made: Incident) -> None:
    """Never that it reached somebody where it did not: it may touch all of those to whom it could go."""
    if not told(made).exists():
        message = _("It is kept, but nobody is there to whom it could go now. Call one of the numbers on this page.")
        messages.warning(request, message)
        return
    names = ", ".join(str(Desk(code).label) for code in made.goes_to)
    messages.success(request, _("Thank you. It went at once to: %(told)s.") % {"told": names})


def found_or_404(request: HttpRequest, pk: UUID) -> Incident:
    rows = Incident.objects.visible_to(account(request)).select_related(
        "kind", "taken_by", "program_region", "reporter"
    )
    found: Incident = get_object_or_404(rows, pk=pk)
    return found


@require_GET
def incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    area = area_of(request)
    return one_page(request, area, found_or_404(request, pk))


def one_page(request: HttpRequest, area: Area, found: Incident, bound: Any = None) -> HttpResponse:
    """`bound`: a form that has something to mend, in place of an empty one."""
    me = account(request)
    context = shell(area) | pages.page(found, me)
    context["forms"] = _forms(found, request, context, bound) if context["works"] else {}
    context["crisis_lines"] = crisis_lines()
    return render(request, "supporters/incidents/one.html", context)


def _forms(found: Incident, request: HttpRequest, context: dict[str, Any], bound: Any) -> dict[str, Any]:
    wanted = ["bring"] if not context["closed"] else []
    wanted += ["step", "close"] if context["is_open"] else []
    wanted += ["touched", "apart", "cover", "end_lead"] if context["can_apart"] else []
    made = {name: MAKE[name](found, request, None) for name in wanted}
    made = {name: form for name, form in made.items() if form is not None}
    return made | ({bound.prefix: bound} if bound is not None else {})


# --- Forms on the page, by their prefix -----------------------------------------------------------

Data = Any


def _bring(found: Incident, _request: HttpRequest, data: Data) -> Any:
    team = pages.team(found)
    return BringForm(data, team=team, prefix="bring") if team else None


def _step(found: Incident, request: HttpRequest, data: Data) -> Any:
    me = account(request)
    return OwnStepForm(data, owners=owners_first(found, pages.owners(found), me), reader=me, prefix="step")


def _close(_found: Incident, _request: HttpRequest, data: Data) -> Any:
    return CloseForm(data, prefix="close")


def _touched(_found: Incident, request: HttpRequest, data: Data) -> Any:
    return TouchedForm(data, reader=account(request), prefix="touched")


def _apart(found: Incident, request: HttpRequest, data: Data) -> Any:
    people = pages.touched_for_measures(found, account(request))
    return TwoForm(data, people=people, prefix="apart") if len(people) > 1 else None


def _cover(found: Incident, _request: HttpRequest, data: Data) -> Any:
    leads = incident_links.leads(found.group)
    return BringForm(data, team=leads, prefix="cover") if leads else None


def _end_lead(found: Incident, _request: HttpRequest, data: Data) -> Any:
    leads = incident_links.leads(found.group)
    return BringForm(data, team=leads, prefix="end_lead") if leads else None


MAKE: dict[str, Callable[[Incident, HttpRequest, Data], Any]] = {
    "bring": _bring, "step": _step, "close": _close, "touched": _touched, "apart": _apart, "cover": _cover,
    "end_lead": _end_lead,
}  # fmt: skip


# --- What is done ---------------------------------------------------------------------------------


def _by_form(name: str, found: Incident, form: Any, me: Any) -> str:
    """Do what a valid form says; the sentence that follows."""
    data = form.cleaned_data
    if name == "bring":
        services_incident_steps.bring_in(incident=found, by=me, user=form.wanted())
        return _("They see it from now on.")
    if name == "step":
        services_incident_steps.add_step(incident=found, by=me, **form.wanted())
        return _("The step is on the list.")
    if name == "touched":
        services_incident_steps.add_person(incident=found, by=me, user=data["reference"])
        return _("This person has a line of follow-up now.")
    if name == "apart":
        services_incident_steps.keep_apart(incident=found, by=me, **form.wanted())
        return _("Noted. Only coordinators of the region know it.")
    if name == "cover":
        services_incident_steps.cover_lead(incident=found, by=me, user=form.wanted())
        return _("Somebody else is needed for the coming sessions. You find them under “Who leads instead”.")
    if name == "end_lead":
        services_incident_steps.end_lead(incident=found, by=me, user=form.wanted())
        return _("This person no longer leads the group.")
    services_incidents.close_incident(incident=found, by=me, changes=data["changes"], words=data["words"])
    return _("Closed. What we learned is in the yearly review.")


def _take(request: HttpRequest, found: Incident) -> str:
    instead = request.POST.get("instead_of") or None
    services_incidents.take_incident(incident=found, by=account(request), instead_of=_uuid(instead))
    return _("Thank you. Everybody who has a part can see that you take care of it.")


def _take_step(request: HttpRequest, found: Incident) -> str:
    services_incident_steps.take_step(incident=found, by=account(request), code=request.POST.get("code", ""))
    return _("The step is yours.")


def _step_act(request: HttpRequest, found: Incident) -> str:
    """Done, not done after all, or off the list."""
    key, to = _uuid(request.POST.get("step")), request.POST.get("to")
    step = IncidentStep.objects.filter(pk=key, incident=found).first() if key else None
    if step is None or to not in ("done", "undo", "drop"):
        return ""
    if to == "drop":
        services_incident_steps.drop_step(step=step, by=account(request))
        return _("The step is off the list.")
    services_incident_steps.do_step(step=step, by=account(request), done=to == "done")
    return _("Done. Thank you.") if to == "done" else _("The step is to be done again.")


def _follow_up(request: HttpRequest, found: Incident) -> str:
    key = request.POST.get("person", "")
    number = int(key) if key.isdecimal() and len(key) < 16 else 0
    person = IncidentPerson.objects.filter(pk=number, incident=found).first()
    if person is None:
        return ""
    services_incident_steps.follow_up(person=person, by=account(request), state=request.POST.get("to", ""))
    return _("Noted. Thank you.")


def _breach(request: HttpRequest, found: Incident) -> str:
    services_incident_steps.note_breach(incident=found, by=account(request))
    return _("Noted. Thank you.")


def _reopen(request: HttpRequest, found: Incident) -> str:
    services_incidents.reopen_incident(incident=found, by=account(request))
    return _("It is open again.")


ACTS: dict[str, Callable[[HttpRequest, Incident], str]] = {
    "take": _take, "take-step": _take_step, "step-act": _step_act, "follow-up": _follow_up, "breach": _breach,
    "reopen": _reopen,
}  # fmt: skip


@require_POST
def act(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """One thing that is done about it. What makes no sense changes nothing, and leads back to the page."""
    area, found = area_of(request), found_or_404(request, pk)
    if what in MAKE and (form := MAKE[what](found, request, request.POST)) is not None:
        if not form.is_valid():
            return one_page(request, area, found, form)
        try:
            said = _by_form(what, found, form, account(request))
        except DomainError as error:
            add_to_form(form, error)
            return one_page(request, area, found, form)
    else:
        said = ACTS[what](request, found) if what in ACTS else ""
    if said:
        messages.success(request, said)
    return redirect(area.url("incident"), pk=found.pk)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What was learned in a year: for those whose duty is safety."""
    area = area_of(request)
    require(sight_of(request.user).has(*SAFETY_DUTIES), "area_closed")
    year = request.GET.get("year", "")
    found = pages.review(account(request), int(year) if year.isdecimal() and len(year) == 4 else None)
    return render(request, "supporters/incidents/review.html", shell(area) | found)
