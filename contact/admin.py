"""The wording of messages, and when people are reminded. A text that gives the program away cannot be saved
([domain] rule 25).
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact.lint import neutral_violations
from contact.models import MessageTemplate, ReminderRule
from contact.preview import previews
from contact.wording import WordingError, placeholders
from psp.admin_base import AnyModelForm, HistoryAdmin
from psp.choices import Language


class MessageTemplateForm(AnyModelForm):
    class Meta:
        model = MessageTemplate
        fields = (
            "subject_en", "subject_fr", "body_en", "body_fr", "sms_en", "sms_fr", "explicit_en", "explicit_fr",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for language in Language.values:
            for name in ("subject", "body", "sms"):
                self._check_neutral(f"{name}_{language}", cleaned, language)
            for name in ("body", "sms", "explicit"):
                self._check_places(f"{name}_{language}", cleaned)
            self._check_places(f"subject_{language}", cleaned, wanted=frozenset())
        if bool(cleaned.get("explicit_en")) != bool(cleaned.get("explicit_fr")):
            self.add_error("explicit_fr", _("Write this text in both languages, or in none."))
        return cleaned

    def _check_neutral(self, field: str, cleaned: dict[str, Any], language: str) -> None:
        telling = neutral_violations(cleaned.get(field, ""), language)
        if telling:
            self.add_error(field, _("These words say too much to whoever reads along: %(words)s.") % {
                "words": ", ".join(telling)})  # fmt: skip

    def _check_places(self, field: str, cleaned: dict[str, Any], *, wanted: frozenset[str] | None = None) -> None:
        """The same places in every text: what the program fills in does not depend on language or channel."""
        text = cleaned.get(field, "")
        if not text:
            return
        try:
            same = placeholders(text) == (placeholders(self.instance.body_en) if wanted is None else wanted)
        except WordingError:
            same = False
        if not same:
            self.add_error(field, _("Keep the parts in braces as they are: the program fills them in."))


@admin.register(MessageTemplate)
class MessageTemplateAdmin(HistoryAdmin):
    form = MessageTemplateForm
    list_display = ("code", "subject_en", "subject_fr")
    fields = (
        "subject_en", "body_en", "sms_en", "explicit_en", "subject_fr", "body_fr", "sms_fr", "explicit_fr", "preview",
    )  # fmt: skip
    readonly_fields = ("preview",)

    @admin.display(description=gettext_lazy("Preview of what is saved"))
    def preview(self, template: MessageTemplate) -> str:
        """As people would receive it, in both languages, with and without a name."""
        return render_to_string("contact/admin_preview.html", {"previews": previews(template)})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ReminderRule)
class ReminderRuleAdmin(HistoryAdmin):
    """What a reminder is about never changes, because the hours stand in what went out: another one is added."""

    list_display = ("event", "audience", "hours", "usual", "active")
    list_filter = ("event", "audience")

    def get_readonly_fields(self, request: HttpRequest, obj: ReminderRule | None = None) -> tuple[str, ...]:
        return () if obj is None else ("event", "audience", "hours")
