"""For somebody who leads, as a person: one plain page of links."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from psp.areas import account, requires
from supporters.for_me import links_for
from supporters.wellbeing.permissions import LEADING


@require_GET
@requires(*LEADING)
def me(request: HttpRequest) -> HttpResponse:
    return render(request, "supporters/me.html", {"links": links_for(account(request))})
