"""Kinds of incidents, as administrators keep them: who is told at once, and which steps are proposed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from psp.admin_base import AnyModelForm, HistoryAdmin
from supporters.incidents.choices import Desk
from supporters.incidents.models import IncidentKind

STEP_KEYS = {"code", "text_en", "text_fr", "days"}


class IncidentKindForm(AnyModelForm):
    goes_to = forms.MultipleChoiceField(
        label=gettext_lazy("Who is told at once"), choices=Desk.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = IncidentKind
        fields = (
            "code",
            "active",
            "order",
            "name_en",
            "name_fr",
            "hint_en",
            "hint_fr",
            "goes_to",
            "hours",
            "steps",
        )

    def clean_steps(self) -> list[dict[str, Any]]:
        steps = self.cleaned_data["steps"]
        whole = isinstance(steps, list) and all(isinstance(step, dict) and set(step) == STEP_KEYS for step in steps)
        if not whole or not all(step["code"] and step["text_en"] and step["text_fr"] for step in steps):
            raise forms.ValidationError(_("Write a list of steps, each with code, text_en, text_fr and days."))
        if not all(isinstance(step["days"], int) and 0 <= step["days"] <= 366 for step in steps):
            raise forms.ValidationError(_("Write days as a number from 0 to 366."))
        if len({step["code"] for step in steps}) != len(steps):
            raise forms.ValidationError(_("Every step needs a code of its own."))
        return list(steps)


@admin.register(IncidentKind)
class IncidentKindAdmin(HistoryAdmin):
    """What is not offered is switched off: earlier reports still name it."""

    form = IncidentKindForm
    list_display = ("code", "name_en", "hours", "active", "order")
    list_filter = ("active",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
