"""Figures as files: of a topic for analysts, of an approved release also for the privacy officer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from psp.areas import requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.choices import Role
from reporting import record
from reporting.answers.forms import forms_read_once
from reporting.choices import Topic
from reporting.files.as_csv import to_csv
from reporting.files.as_json import to_json
from reporting.files.as_pdf import to_pdf, to_pdf_of_both
from reporting.files.as_xlsx import to_xlsx
from reporting.files.books import Book
from reporting.files.sources import of_release, of_topic, offered, over_reports, over_time
from reporting.freezing.background import in_background
from reporting.models import Release
from reporting.offered import offer
from reporting.periods import Period, parse
from reporting.querysets import READERS
from reporting.views import being_counted

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What each kind of file is made by, its type, and its name in both languages: it tells nothing of the program.
KINDS: Mapping[str, tuple[Callable[[Book, str], bytes], str]] = {
    "csv": (to_csv, "text/csv; charset=utf-8"), "xlsx": (to_xlsx, SHEET), "json": (to_json, "application/json"),
    "pdf": (to_pdf, "application/pdf"), "both": (to_pdf_of_both, "application/pdf"),
}  # fmt: skip
# These draw lines over several periods; other files hold the figures of one.
PAPERS = ("pdf", "both")
NAMES = {"en": ("table", "report"), "fr": ("tableau", "rapport")}


class AskedForm(forms.Form):
    """Which figures a file is to hold: a closed period, and one of the breakdowns that are defined, or all of them."""

    period = forms.CharField(max_length=8, required=False)
    by = forms.CharField(max_length=81, required=False)

    def __init__(self, data: Any, topic: Topic) -> None:
        super().__init__(data)
        self.topic = topic

    def clean_period(self) -> Period:
        """One that the pages offer too, and the one that they open with where none is named: figures of years in which
        nothing happened would be counted one by one, kept for ever, and wrong as soon as something of then is entered.
        """
        code, found = self.cleaned_data["period"], offer()
        try:
            period = parse(code) if code else found.newest
        except ValueError:
            period = None
        if period is None or not found.holds(period):
            raise forms.ValidationError(_("Choose a period from the list."), code="period")
        return period

    def clean_by(self) -> tuple[str, ...] | None:
        if not self.cleaned_data["by"]:
            return None
        names = tuple(self.cleaned_data["by"].split("."))
        if names not in offered(self.topic):
            raise forms.ValidationError(_("Choose a breakdown from the list."), code="by")
        return names


@require_GET
@requires(Role.ANALYST)
@forms_read_once()
def topic_file(request: HttpRequest, topic: str, kind: str) -> HttpResponse:
    """One topic of one period, `?by=` for one breakdown only."""
    if topic not in Topic.values:
        raise Http404
    form = AskedForm(request.GET, Topic(topic))
    if not form.is_valid():
        said = " ".join(str(one) for found in form.errors.values() for one in found)
        return render(request, "errors/400.html", {"message": said}, status=400)
    period = form.cleaned_data["period"]
    asked = [(one, period) for one in record.in_force() if one.topic == topic]
    if left := in_background(asked):
        return being_counted(request, left)
    by = form.cleaned_data["by"]
    book = of_topic(Topic(topic), period, by)
    return as_file(over_time(book) if kind in PAPERS and by is None else book, kind)


@require_GET
@requires(*READERS)
@forms_read_once()
def release_file(request: HttpRequest, release_id: int, kind: str) -> HttpResponse:
    """A release that is out. One that waits for a second person leaves in no file."""
    release: Release = get_object_or_404(Release.objects.visible_to(request.user).published(), pk=release_id)
    audit.record(Action.EXPORT, release, purpose=Purpose.REPORTING, fields=(release.period, kind))
    book = of_release(release)
    return as_file(over_reports(book, release) if kind in PAPERS else book, kind)


def as_file(book: Book, kind: str) -> HttpResponse:
    language = reader_language()
    make, content_type = KINDS[kind]
    answer = HttpResponse(make(book, language), content_type=content_type)
    is_paper = content_type == "application/pdf"
    name = f"{NAMES[language][is_paper]}-{book.period.code}.{'pdf' if is_paper else kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
