"""What is counted and how it is defined: to be read here, and to be given other words under the next number."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from psp.admin_base import AnyInline, ProgramAdmin
from psp.areas import account
from psp.bilingual import reader_language
from psp.errors import DomainError, add_to_form, require
from reporting.counters.base import all_counters
from reporting.definitions.forms import NextForm
from reporting.definitions.services import can_edit_definitions, is_newest, new_version
from reporting.models import GivenKind, Indicator, Series


class IndicatorInline(AnyInline):
    model = Indicator
    extra = 0
    can_delete = False
    fields = readonly_fields = ("code", "measure", "part", "headline", "name_en", "name_fr", "definition_en",
                                "definition_fr")  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_edit_definitions(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Series)
class SeriesAdmin(ProgramAdmin):
    """Nobody edits a definition: a new version is made of it, and the old one stays with what it published."""

    list_display = ("shown_name", "code", "number", "topic", "next_version")
    list_filter = ("topic",)
    inlines = (IndicatorInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.next_view)
        return [path("<int:key>/next/", view, name="reporting_series_next"), *super().get_urls()]

    @admin.display(description=gettext_lazy("name"))
    def shown_name(self, series: Series) -> str:
        return series.name(reader_language())

    @admin.display(description=gettext_lazy("new version"))
    def next_version(self, series: Series) -> str:
        if not (is_newest(series) and _is_ours(series)):
            return "–"
        url = reverse("admin:reporting_series_next", args=[series.pk])
        return format_html('<a href="{}">{}</a>', url, _("Make a new version"))

    def next_view(self, request: HttpRequest, key: int) -> HttpResponse:
        require(can_edit_definitions(request.user), "edit_definitions")
        series = Series.objects.filter(pk=key).first()
        if series is None or not _is_ours(series):
            raise Http404
        form = NextForm(request.POST if request.method == "POST" else None, series=series)
        if request.method == "POST" and form.is_valid():
            try:
                made = new_version(series=series, content=form.content(), by=account(request))
            except DomainError as error:
                add_to_form(form, error)
            else:
                messages.success(request, _("Version %(number)d is in force from now on.") % {"number": made.number})
                return redirect("admin:reporting_series_change", made.pk)
        words = self.admin_site.each_context(request) | {
            "opts": self.opts, "series": series, "number": series.number + 1, "form": form, "title": _("A new version"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/reporting/series/next.html", words)


def _is_ours(series: Series) -> bool:
    """Series of the forms that people fill in follow the forms."""
    return series.counter in {one.code for one in all_counters()}


@admin.register(GivenKind)
class GivenKindAdmin(ProgramAdmin):
    """A kind that is not given any more is switched off. Its code stands in figures that are out and stays."""

    list_display = ("name_en", "name_fr", "offered", "order")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
