"""For somebody who leads, as a person: one plain page of links."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from psp.areas import account, requires
from supporters.for_me import links_for
from supporters.may_lead.before import before_leading
from supporters.wellbeing.permissions import LEADING


@require_GET
@requires(*LEADING)
def me(request: HttpRequest) -> HttpResponse:
    found = account(request)
    context = {"links": links_for(found), "before": before_leading(found)}
    return render(request, "supporters/me.html", context)
