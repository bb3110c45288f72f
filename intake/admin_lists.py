"""Lists that administrators keep: whom people can be referred to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from intake.models import Referral
from psp.admin_base import HistoryAdmin


@admin.register(Referral)
class ReferralAdmin(HistoryAdmin):
    """What is not offered any more is switched off: earlier decisions still name it."""

    list_display = ("code", "name_en", "phone", "active", "order")
    list_filter = ("active",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
