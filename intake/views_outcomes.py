"""Decisions other than yes and no: others who help, not now, and looking again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from intake import services
from intake.forms_decisions import DeferForm, ReferForm
from intake.views_decisions import application_or_404, confirm_page, coordinators, done, page, show, tried
from psp.areas import account


@page
@coordinators
def refer(request: HttpRequest, pk: UUID) -> HttpResponse:
    application = application_or_404(request, pk)
    form = ReferForm(request.POST or None, initial={"revision": application.revision})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, application, lambda: services.refer(
            application=application, to=data["to"], reasons=data["reasons"], by=account(request),
            revision=data["revision"],
        )):  # fmt: skip
            return done(request, application, _("Decided. The person is told that there is a decision to read."))
    return show(
        request, application, form, title=_("Refer elsewhere"), button=_("Refer to these services"),
        consequences=[_("The application ends here. The person can apply again, or ask us to look once more.")],
    )  # fmt: skip


@page
@coordinators
def defer(request: HttpRequest, pk: UUID) -> HttpResponse:
    application = application_or_404(request, pk)
    form = DeferForm(request.POST or None, initial={"revision": application.revision})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, application, lambda: services.defer(
            application=application, until=data["until"], reasons=data["reasons"], by=account(request),
            revision=data["revision"],
        )):  # fmt: skip
            return done(request, application, _("Put off. The application comes back to the desk on that day."))
    return show(
        request, application, form, title=_("Not now"), button=_("Put off until that day"),
        consequences=[_("The person reads the day and the reasons, and can ask us to look sooner.")],
    )  # fmt: skip


@page
@coordinators
def take_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    application = application_or_404(request, pk)
    return confirm_page(
        request, application,
        lambda revision: services.take_up(application=application, by=account(request), revision=revision),
        title=_("Look at the application again"), button=_("Take it up again"),
        consequences=[_("The application is back in the list, with the time that the person has waited.")],
        sentence=_("The application is back in the list."),
    )  # fmt: skip
