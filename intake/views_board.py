"""The board: applications by state. Nothing moves here by itself; each line leads to the real action."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from intake.board import columns, read, seen
from intake.models import Application
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role


@require_GET
@requires(Role.COORDINATOR)
def board(request: HttpRequest) -> HttpResponse:
    found = read(account(request))
    audit.record_reads_of(Application, seen(found), purpose=Purpose.INTAKE)
    return render(request, "desk/board.html", {"columns": columns(found)})
