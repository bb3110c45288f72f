"""Topics of the library: added and renamed here; what is not offered is switched off."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from psp.admin_base import HistoryAdmin
from supporters.network.models import ResourceTopic


@admin.register(ResourceTopic)
class ResourceTopicAdmin(HistoryAdmin):
    list_display = ("code", "name_en", "name_fr", "active", "order")
    fields = ("code", "name_en", "name_fr", "active", "order")
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Links in the library point at the code."""
        return ("code",) if obj is not None else ()
