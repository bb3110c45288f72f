"""The access log by account and by person, what is unusual in it, and taking a part of it along."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from privacy import copies, log, log_sums, unusual
from privacy.breach import moment
from privacy.choices import DECIDERS, FindingOutcome
from privacy.forms import LogForm, PersonForm
from privacy.models_log import Finding, LogExport
from privacy.people import labels_of
from privacy.services_log import approve_export, ask_export, entries_of, look_at_finding
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.cells import safe_cell
from psp.choices import Role
from psp.models import User
from psp.paging import first_pages

officers = requires(Role.PRIVACY_OFFICER)
either = requires(*DECIDERS)
PAGE = 50


def note_read(person: UUID | None = None) -> None:
    audit.record(Action.READ, Entry, person=person, purpose=Purpose.SECURITY)


@require_GET
@officers
def by_staff(request: HttpRequest) -> HttpResponse:
    """What each account of the team did in the last days: sums, no person."""
    note_read()
    context = {"rows": log_sums.of_team(timezone.now()), "days": log_sums.DAYS}
    return render(request, "privacy/log_staff.html", context)


@require_GET
@officers
def by_person(request: HttpRequest) -> HttpResponse:
    """Who used one person's information, and why."""
    form, rows = PersonForm(request.GET or None), []
    if request.GET and form.is_valid():
        person = form.cleaned_data["person"]
        rows = log_sums.about(person, account(request))
        note_read(person)
    return render(request, "privacy/log_person.html", {"form": form, "rows": rows, "asked": bool(request.GET)})


@require_GET
@officers
def findings(request: HttpRequest) -> HttpResponse:
    """Those nobody has looked at first."""
    rows = Finding.objects.of_office(account(request)).order_by("looked_at", "-day", "-id")
    page = first_pages(rows, request.GET.get("page"), PAGE)
    ids = {key for one in page for key in (one.actor_id, one.person, one.looked_by_id) if key}
    audit.record_reads([one for one in page if one.person], purpose=Purpose.SECURITY, person="person")
    note_read()
    listed = unusual.summary(page, labels_of(ids))
    context = {"page": page, "rows": listed, "choices": FindingOutcome.choices, "me": account(request).pk}
    return render(request, "privacy/unusual.html", context)


@require_POST
@officers
def look_at(request: HttpRequest, pk: int) -> HttpResponse:
    finding: Finding = get_object_or_404(Finding.objects.of_office(account(request)), pk=pk)
    if (outcome := request.POST.get("outcome", "")) in FindingOutcome:
        look_at_finding(finding=finding, outcome=outcome, by=account(request))
        if outcome == FindingOutcome.BREACH:
            messages.success(request, _("Noted. Record the breach here, as far as it is known."))
            return redirect("privacy:breach_record")
        messages.success(request, _("Noted."))
    return redirect("privacy:unusual")


# --- Taking a part of it along ---


@require_POST
@officers
def ask(request: HttpRequest) -> HttpResponse:
    """What the log's form narrows to, sent by POST."""
    form = LogForm(request.POST)
    if form.is_valid():
        ask_export(wanted=form.cleaned_data, by=account(request))
        messages.success(request, _("Asked for. A second person must agree before you can fetch it."))
        return redirect("privacy:exports")
    return render(request, "privacy/log.html", {"form": form, "rows": [], "query": ""}, status=400)


@require_GET
@officers
def exports(request: HttpRequest) -> HttpResponse:
    me = account(request)
    found = LogExport.objects.made_by(me).select_related("approved_by")[:PAGE]
    return render(request, "privacy/exports.html", {"rows": [(one, moment(one.asked_at, me)) for one in found]})


@require_POST
@either
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    found: LogExport = get_object_or_404(LogExport.objects.to_approve(account(request)), pk=pk)
    approve_export(export=found, by=account(request))
    messages.success(request, _("Agreed. Whoever asked for it can fetch it within a week."))
    return redirect("privacy:approvals")


@require_POST
@officers
def fetch(request: HttpRequest, pk: UUID) -> HttpResponse | StreamingHttpResponse:
    """A CSV file by reference and username, streamed: a million entries take no memory."""
    found: LogExport = get_object_or_404(LogExport.objects.made_by(account(request)), pk=pk)
    batches = entries_of(export=found, by=account(request))
    answer = StreamingHttpResponse(_lines(batches, account(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{copies.file_name("csv")}"'
    return answer


class Echo:
    """A file that gives back each line."""

    def write(self, line: str) -> str:
        return line


def _lines(batches: Iterator[list[Entry]], reader: User) -> Iterator[str]:
    writer: Any = csv.writer(Echo())
    yield "\ufeff" + writer.writerow([_("When"), _("Who"), _("What"), _("About"), _("Record"), _("Fields"), _("Why")])
    for batch in batches:
        for row in log.described(batch, reader):
            cells = (row["iso"], row["who"], row["what"], row["about"], row["record"], row["fields"], row["why"])
            yield writer.writerow([safe_cell(cell) for cell in cells])
