"""What more support for a while can be: added, renamed and switched off here. No plan is here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from psp.admin_base import HistoryAdmin
from supporters.models import SupportKind


@admin.register(SupportKind)
class SupportKindAdmin(HistoryAdmin):
    list_display = ("code", "name_en", "name_fr", "offered", "order")
    fields = ("code", "name_en", "name_fr", "offered", "order")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Plans name the code."""
        return ("code",) if obj is not None else ()
