"""Sizes, counts and lengths of the kinds of group ([PIA] rule 12). Groups already formed keep theirs."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from groups.models import KindSetting
from psp.admin_base import HistoryAdmin


@admin.register(KindSetting)
class KindSettingAdmin(HistoryAdmin):
    list_display = ("kind", "min_size", "max_size", "session_count", "minutes", "weeks_apart", "facilitators",
                    "answer_days", "remind_days")  # fmt: skip
    readonly_fields = ("kind",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
