"""Retention rules, in versions: drafts are edited, published ones only read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy.choices_retention import Clock, Disposal, RecordType
from privacy.models import RetentionRule
from privacy.reference import FIRST
from privacy.retention_rules import Problem, problem_of
from psp.admin_base import AnyModelForm, VersionAdmin
from psp.audit.choices import Action

WORDS = {
    Problem.FLOOR: gettext_lazy("The law asks for 24 months at least after the last administrative use."),
    Problem.CEILING: gettext_lazy("The latest month cannot come before the first, nor after 240 months."),
}


class RetentionRuleForm(AnyModelForm):
    """What the time is counted from, and what becomes of the record, follow from its kind."""

    class Meta:
        model = RetentionRule
        fields = ("record_type", "number", "months", "ceiling_months", "valid_from")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("months") is not None and cleaned.get("ceiling_months") is not None:
            found = problem_of(cleaned["months"], cleaned["ceiling_months"])
            if found is not None:
                self.add_error("months" if found == Problem.FLOOR else "ceiling_months", str(WORDS[found]))
        if kind := cleaned.get("record_type"):
            clock, _months, _ceiling, action = FIRST[RecordType(kind)]
            self.instance.clock, self.instance.action = Clock(clock), Disposal(action)
        return cleaned


@admin.register(RetentionRule)
class RetentionRuleAdmin(VersionAdmin):
    form = RetentionRuleForm
    list_display = ("record_type", "number", "months", "ceiling_months", "valid_from", "published_at")
    list_filter = ("record_type",)
    actions = ("publish", "copy")
    readonly_fields = ("published_at",)

    @admin.action(description=gettext_lazy("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[RetentionRule]) -> None:
        drafts = list(queryset.filter(published_at__isnull=True))
        for rule in drafts:
            rule.published_at = timezone.now()
            rule.save(update_fields=["published_at"])
            self.note(Action.CHANGE, rule, ("published_at",))
        messages.info(request, _("Published: %(count)s. What is under way goes on by the older version.") % {
            "count": len(drafts)})  # fmt: skip

    @admin.action(description=gettext_lazy("Copy as a new draft"))
    def copy(self, request: HttpRequest, queryset: QuerySet[RetentionRule]) -> None:
        for rule in queryset:
            same = RetentionRule.objects.filter(record_type=rule.record_type)
            rule.pk, rule.published_at = None, None
            rule.number = same.aggregate(number=Max("number"))["number"] + 1
            rule._state.adding = True
            rule.save(force_insert=True)
            self.note(Action.CREATE, rule)
