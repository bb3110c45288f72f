"""Consent texts: drafts are edited here, published ones only read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import ConsentVersion
from psp.admin_base import AnyModelForm, VersionAdmin
from psp.audit.choices import Action

KEYS = {"code", "required", "text_en", "text_fr"}


class ConsentVersionForm(AnyModelForm):
    class Meta:
        model = ConsentVersion
        fields = ("purpose", "number", "title_en", "title_fr", "summary_en", "summary_fr", "statements", "valid_from")

    def clean_statements(self) -> list[dict[str, Any]]:
        lines = self.cleaned_data["statements"]
        whole = isinstance(lines, list) and all(isinstance(line, dict) and set(line) == KEYS for line in lines)
        if not whole or not lines or not all(line["text_en"] and line["text_fr"] for line in lines):
            raise forms.ValidationError(
                _("Write a list of statements, each with code, required, text_en and text_fr, in both languages.")
            )
        if len({line["code"] for line in lines}) != len(lines):
            raise forms.ValidationError(_("Every statement needs a code of its own."))
        return list(lines)


@admin.register(ConsentVersion)
class ConsentVersionAdmin(VersionAdmin):
    form = ConsentVersionForm
    list_display = ("purpose", "number", "title_en", "valid_from", "published_at")
    list_filter = ("purpose",)
    actions = ("publish", "copy")
    readonly_fields = ("published_at",)

    @admin.action(description=gettext_lazy("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[ConsentVersion]) -> None:
        drafts = list(queryset.filter(published_at__isnull=True))
        for version in drafts:
            version.published_at = timezone.now()
            version.save(update_fields=["published_at"])
            self.note(Action.CHANGE, version, ("published_at",))
        messages.info(request, _("Published: %(count)s. People are asked again where the text is new.") % {
            "count": len(drafts)})  # fmt: skip

    @admin.action(description=gettext_lazy("Copy as a new draft"))
    def copy(self, request: HttpRequest, queryset: QuerySet[ConsentVersion]) -> None:
        for version in queryset:
            newest = ConsentVersion.objects.filter(purpose=version.purpose).aggregate(number=Max("number"))["number"]
            version.pk, version.number, version.published_at = None, newest + 1, None
            version._state.adding = True
            version.save(force_insert=True)
            self.note(Action.CREATE, version)
