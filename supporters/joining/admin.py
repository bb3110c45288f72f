"""What is talked about before somebody begins: edited here, and never what anybody said ([NH] rule 28)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest

from psp.admin_base import HistoryAdmin
from supporters.models import ReadinessCriterion


@admin.register(ReadinessCriterion)
class ReadinessCriterionAdmin(HistoryAdmin):
    list_display = ("code", "title_en", "title_fr", "order", "offered")
    fields = ("code", "title_en", "title_fr", "hint_en", "hint_fr", "order", "offered")
    ordering: ClassVar = ("order", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """A code that conversations were written under stays what it is."""
        return ("code",) if obj else ()
