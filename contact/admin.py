"""The wording of messages. A text that gives the program away cannot be saved ([domain] rule 25)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from contact.lint import neutral_violations
from contact.models import MessageTemplate
from contact.wording import WordingError, placeholders
from psp.admin_base import AnyModelForm, HistoryAdmin
from psp.choices import Language


class MessageTemplateForm(AnyModelForm):
    class Meta:
        model = MessageTemplate
        fields = ("subject_en", "subject_fr", "body_en", "body_fr")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for language in Language.values:
            for field in (f"subject_{language}", f"body_{language}"):
                self._check(field, cleaned.get(field, ""), language)
        return cleaned

    def _check(self, field: str, text: str, language: str) -> None:
        telling = neutral_violations(text, language)
        if telling:
            self.add_error(field, _("These words say too much to whoever reads along: %(words)s.") % {
                "words": ", ".join(telling)})  # fmt: skip
        try:
            same = placeholders(text) == placeholders(self.initial[field])
        except WordingError:
            same = False
        if not same:
            self.add_error(field, _("Keep the parts in braces as they are: the program fills them in."))


@admin.register(MessageTemplate)
class MessageTemplateAdmin(HistoryAdmin):
    form = MessageTemplateForm
    list_display = ("code", "subject_en", "subject_fr")
    fields = ("subject_en", "body_en", "subject_fr", "body_fr")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
