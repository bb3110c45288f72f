"""Coordinators type what was given in their region: numbers of a month, and nobody."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from psp.areas import account, requires
from psp.choices import Role
from psp.errors import DomainError
from psp.sight import coordinated_regions
from reporting.given.forms import GivenForm, WhichForm, month_name
from reporting.given.services import is_out, keep_given


@require_http_methods(["GET", "POST"])
@requires(Role.COORDINATOR)
def given(request: HttpRequest) -> HttpResponse:
    me = account(request)
    which = WhichForm(request.GET, coordinated_regions(me))
    if not which.is_valid():
        return render(request, "reports/given/month.html", {"which": which}, status=400)
    month, region = which.chosen()
    # Whether they are final before the numbers themselves: of a month that goes out in between, no number is called
    # final that was changed before it did.
    out = is_out(month)
    form = GivenForm(request.POST if request.method == "POST" else None, month=month, region=region)
    if request.method == "POST" and form.is_valid():
        try:
            keep_given(region=region, month=month, numbers=form.numbers(), by=me)
        except DomainError as error:
            # The month went out meanwhile: what is kept of it is shown, not what was typed.
            messages.error(request, error.message)
        else:
            messages.success(request, _("The numbers are kept."))
        return redirect(f"{reverse('reports:given')}?month={month:%Y-%m}&region={region.code}")
    context = {
        "which": which, "form": form, "out": out, "month_name": month_name(month), "region": region,
    }  # fmt: skip
    return render(request, "reports/given/month.html", context, status=400 if form.errors else 200)
