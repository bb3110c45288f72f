"""Reports: prepared by an analyst, looked at and approved or sent back by a second person, then read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.bilingual import capital, reader_language
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from reporting import record
from reporting.choices import Method, ReleaseState, ReturnReason
from reporting.freezing.background import ask_for_everything
from reporting.freezing.nightly import still_to_count
from reporting.models import Release, ReleaseTable
from reporting.periods import parse
from reporting.querysets import READERS
from reporting.releases import pages as release_pages
from reporting.releases.forms import PrepareForm, ReturnForm, WordsForm, as_typed, to_report
from reporting.releases.manifest import kept_names
from reporting.releases.permissions import can_decide_release, can_prepare_release
from reporting.releases.reproducing import reproduce
from reporting.releases.services import CHANGED, approve, prepare, prepare_again, prepared_by, send_back
from reporting.releases.words import breakdown_name, facts, line_of, period_name, title

# So many proofs while a page is waited for.
FEW = 40
readers_only = requires(*READERS)
analysts_only = requires(Role.ANALYST)
CAN_CHANGE = gettext_lazy(
    "The figures stay as they were counted. What can change is what is said about them, how small numbers are hidden, "
    "and tables that could not be proven safe before."
)


@contextmanager
def telling(request: HttpRequest, done: str) -> Iterator[None]:
    """Says afterwards that it is done, or why it could not be."""
    try:
        yield
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)


@require_GET
@readers_only
def releases(request: HttpRequest) -> HttpResponse:
    me = account(request)
    found = list(Release.objects.visible_to(me))
    lines = {one.pk: line_of(one, me) for one in found}
    makes = can_prepare_release(me)
    context = {
        "open": [lines[one.pk] for one in found if one.state != ReleaseState.APPROVED],
        "published": [lines[one.pk] for one in found if one.state == ReleaseState.APPROVED],
        "makes": makes, "more": makes and bool(to_report(timezone.localdate())),
    }  # fmt: skip
    return render(request, "reports/releases/list.html", context)


@require_http_methods(["GET", "POST"])
@analysts_only
def release_new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and (before := prepared_by(account(request), request.POST.get("period", ""))):
        return redirect("reports:release", before.pk)  # the second press
    form = PrepareForm(request.POST or None, today=timezone.localdate())
    made = _prepared(request, form) if request.method == "POST" and form.is_valid() else None
    if made is not None:
        messages.success(request, _("The report is prepared. A second person looks at it before it is published."))
        return redirect("reports:release", made.pk)
    periods: Any = form.fields["period"]
    context = {"form": form, "none": not periods.choices}
    return render(request, "reports/releases/new.html", context, status=400 if form.errors else 200)


def _prepared(request: HttpRequest, form: PrepareForm) -> Release | None:
    """The report, or None with the reason on the form."""
    said = form.cleaned_data
    if still_to_count(said["period"]) > FEW:
        # Longer than anybody waits for a page; as a rule the night has done it.
        ask_for_everything()
        form.add_error("period", _("Its figures are being counted. Come back in a few minutes to prepare the report."))
        return None
    try:
        return prepare(
            by=account(request), period=said["period"], method=Method(said["method"]),
            words=form.words(said["period"]),
        )  # fmt: skip
    except DomainError as error:
        if before := prepared_by(account(request), said["period"].code):
            return before  # two presses at once
        add_to_form(form, error)
        return None


@require_GET
@readers_only
def release(request: HttpRequest, release_id: int) -> HttpResponse:
    """Before it is published: what is hidden, and the report before it. After: what readers read."""
    me = account(request)
    found: Release = get_object_or_404(Release.objects.visible_to(me), pk=release_id)
    waits = found.state == ReleaseState.PREPARED
    context = {
        "release": found, "line": line_of(found, me), "facts": facts(found),
        "published": found.state == ReleaseState.APPROVED, "may_decide": waits and can_decide_release(me, found),
        "waits_for_other": waits and found.prepared_by_id == me.pk,
        "may_again": found.state == ReleaseState.RETURNED and can_prepare_release(me),
        **release_pages.context_of(found, record.open_release(found)), **release_pages.stories(found),
    }  # fmt: skip
    return render(request, "reports/releases/release.html", context)


@require_GET
@readers_only
def release_table(request: HttpRequest, release_id: int, table_id: int) -> HttpResponse:
    rows = ReleaseTable.objects.filter(release__in=Release.objects.visible_to(request.user), release_id=release_id)
    row: ReleaseTable = get_object_or_404(rows.select_related("release", "frozen__series"), pk=table_id)
    series, table = row.frozen.series, record.open_released(row)
    name = f"{series.name(reader_language())}, {breakdown_name(record.breakdown_of(row.frozen))}"
    period = period_name(parse(row.frozen.period))
    context = {
        "release": row.release, "title": title(row.release), "name": name, "period": capital(period),
        "hidden": table.suppressed, "threshold": table.threshold, "unit": series.unit(reader_language()),
        **release_pages.grid(table, f"{name}, {period}", kept_names(row.release)),
    }  # fmt: skip
    return render(request, "reports/releases/table.html", context)


@require_http_methods(["GET", "POST"])
@readers_only
def release_approve(request: HttpRequest, release_id: int) -> HttpResponse:
    me = account(request)
    found: Release = get_object_or_404(Release.objects.visible_to(me), pk=release_id)
    if request.method == "POST":
        with telling(request, _("The report is published. Nothing in it changes any more.")):
            approve(release=found, by=me, seen=request.POST.get("seen", ""))
        return redirect("reports:release", found.pk)
    if found.state != ReleaseState.PREPARED or not can_decide_release(me, found):
        return redirect("reports:release", found.pk)
    if request.GET.get("seen", found.digest) != found.digest:
        # The figures are on the page before: what was prepared again since it was opened is looked at first.
        messages.error(request, CHANGED)
        return redirect("reports:release", found.pk)
    # The words once more: somebody may have taken theirs back, or said yes, since the page before was opened.
    context = {"release": found, "line": line_of(found, me), **release_pages.stories(found)}
    return render(request, "reports/releases/approve.html", context)


@require_http_methods(["GET", "POST"])
@readers_only
def release_return(request: HttpRequest, release_id: int) -> HttpResponse:
    me = account(request)
    found: Release = get_object_or_404(Release.objects.visible_to(me), pk=release_id)
    form = ReturnForm(request.POST or None, initial={"seen": request.GET.get("seen", found.digest)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with telling(request, _("The report is sent back. Whoever prepared it finds your reason on it.")):
            send_back(
                release=found, by=me, seen=said["seen"], reason=ReturnReason(said["reason"]), note=said["note"]
            )  # fmt: skip
        return redirect("reports:release", found.pk)
    if request.method == "GET" and (found.state != ReleaseState.PREPARED or not can_decide_release(me, found)):
        return redirect("reports:release", found.pk)
    context = {
        "form": form, "release": found, "line": line_of(found, me), "heading": _("Send the report back"),
        "button": _("Send the report back"),
    }  # fmt: skip
    return render(request, "reports/releases/act.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@analysts_only
def release_again(request: HttpRequest, release_id: int) -> HttpResponse:
    me = account(request)
    found: Release = get_object_or_404(Release.objects.visible_to(me), pk=release_id)
    form = WordsForm(request.POST or None, initial=as_typed(found))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with telling(request, _("The report is prepared again. A second person looks at it.")):
            prepare_again(
                release=found, by=me, seen=said["seen"], method=Method(said["method"]),
                words=form.words(parse(found.period)),
            )  # fmt: skip
        return redirect("reports:release", found.pk)
    if request.method == "GET" and found.state != ReleaseState.RETURNED:
        return redirect("reports:release", found.pk)
    context = {
        "form": form, "release": found, "line": line_of(found, me), "heading": _("Prepare again"),
        "button": _("Prepare the report again"), "about": CAN_CHANGE,
    }  # fmt: skip
    return render(request, "reports/releases/act.html", context, status=400 if form.errors else 200)


@require_POST
@readers_only
def release_reproduce(request: HttpRequest, release_id: int) -> HttpResponse:
    """Make it again from what is kept, and say whether it is the same. Counts nothing."""
    found: Release = get_object_or_404(Release.objects.visible_to(request.user), pk=release_id)
    made = reproduce(found)
    if made.alike:
        messages.success(request, _("Made again from what is kept, the report is the same to the letter."))
    else:
        messages.error(request, _("Made again, the report is not the same: %(places)s. Tell the administrators.")
                       % {"places": ", ".join(made.differs)})  # fmt: skip
    if made.uncountable:
        messages.warning(
            request, _("The program no longer counts: %(codes)s.") % {"codes": ", ".join(made.uncountable)}
        )
    return redirect("reports:release", found.pk)
