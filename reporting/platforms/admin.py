"""Which other platforms send numbers. The numbers themselves are not here: they come back protected alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from psp.admin_base import ProgramAdmin
from reporting.models import Platform


@admin.register(Platform)
class PlatformAdmin(ProgramAdmin):
    """A platform that ends is closed, not deleted. Its code stands in figures that are out and stays."""

    list_display = ("name", "code", "closed_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
