"""Lists that administrators keep: whom people can be referred to, and the steps of an intake meeting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.models import MeetingGuide, Referral
from psp.admin_base import AnyModelForm, HistoryAdmin, VersionAdmin
from psp.audit.choices import Action

STEP_KEYS = {"code", "text_en", "text_fr"}


@admin.register(Referral)
class ReferralAdmin(HistoryAdmin):
    """What is not offered any more is switched off: earlier decisions still name it."""

    list_display = ("code", "name_en", "phone", "active", "order")
    list_filter = ("active",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


class MeetingGuideForm(AnyModelForm):
    class Meta:
        model = MeetingGuide
        fields = ("number", "steps")

    def clean_steps(self) -> list[dict[str, Any]]:
        steps = self.cleaned_data["steps"]
        whole = isinstance(steps, list) and all(isinstance(step, dict) and set(step) == STEP_KEYS for step in steps)
        if not whole or not steps or not all(all(step.values()) for step in steps):
            raise forms.ValidationError(_("Write a list of steps, each with code, text_en and text_fr."))
        if len({step["code"] for step in steps}) != len(steps):
            raise forms.ValidationError(_("Every step needs a code of its own."))
        return list(steps)


@admin.register(MeetingGuide)
class MeetingGuideAdmin(VersionAdmin):
    form = MeetingGuideForm
    list_display = ("number", "published_at")
    actions = ("publish", "copy")
    readonly_fields = ("published_at",)

    @admin.action(description=gettext_lazy("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[MeetingGuide]) -> None:
        for guide in queryset.filter(published_at__isnull=True):
            guide.published_at = timezone.now()
            guide.save(update_fields=["published_at"])
            self.note(Action.CHANGE, guide, ("published_at",))
        messages.info(request, _("Published. Meetings that have begun keep the steps that they began with."))

    @admin.action(description=gettext_lazy("Copy as a new draft"))
    def copy(self, request: HttpRequest, queryset: QuerySet[MeetingGuide]) -> None:
        for guide in queryset:
            newest = MeetingGuide.objects.order_by("-number")[0].number
            draft = MeetingGuide.objects.create(number=newest + 1, steps=guide.steps)
            self.note(Action.CREATE, draft)
