"""The criteria in versions: drafts are edited here, published ones only read ([PIA] rule 6)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.models import EligibilityVersion
from intake.rules import RulesError, from_json
from psp.admin_base import AnyModelForm, VersionAdmin
from psp.audit.choices import Action


class EligibilityVersionForm(AnyModelForm):
    class Meta:
        model = EligibilityVersion
        fields = ("number", "valid_from", "content")

    def clean_content(self) -> dict[str, Any]:
        content = self.cleaned_data["content"]
        if not isinstance(content, dict) or set(content) != {"rules", "wording"}:
            raise forms.ValidationError(_("Write two parts, “rules” and “wording”, as in the version before."))
        try:
            from_json(content["rules"])
        except RulesError as error:
            raise forms.ValidationError(str(error)) from error
        return content

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        rules = (cleaned.get("content") or {}).get("rules", {})
        if rules and rules.get("version") != cleaned.get("number"):
            self.add_error("content", _("The version in “rules” must be the number of this version."))
        if rules and cleaned.get("valid_from") and rules.get("valid_from") != str(cleaned["valid_from"]):
            self.add_error("content", _("The date in “rules” must be the date of this version."))
        return cleaned


@admin.register(EligibilityVersion)
class EligibilityVersionAdmin(VersionAdmin):
    form = EligibilityVersionForm
    list_display = ("number", "valid_from", "published_at")
    actions = ("publish", "copy")
    readonly_fields = ("published_at",)

    @admin.action(description=gettext_lazy("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[EligibilityVersion]) -> None:
        drafts = list(queryset.filter(published_at__isnull=True))
        for version in drafts:
            from_json(version.content["rules"])
            version.published_at = timezone.now()
            version.save(update_fields=["published_at"])
            self.note(Action.CHANGE, version, ("published_at",))
        messages.info(request, _("Published: %(count)s. Decisions made before keep the version that made them.") % {
            "count": len(drafts)})  # fmt: skip

    @admin.action(description=gettext_lazy("Copy as a new draft"))
    def copy(self, request: HttpRequest, queryset: QuerySet[EligibilityVersion]) -> None:
        for version in queryset:
            number = (EligibilityVersion.objects.aggregate(number=Max("number"))["number"] or 0) + 1
            version.pk, version.number, version.published_at = None, number, None
            version.content["rules"]["version"] = number
            version._state.adding = True
            version.save(force_insert=True)
            self.note(Action.CREATE, version)
