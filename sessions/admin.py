"""Rooms, and days on which the program is closed."""

from __future__ import annotations

from django.contrib import admin

from psp.admin_base import HistoryAdmin
from sessions import admin_questionnaires  # noqa: F401 - registers its own
from sessions.models import Closure, Room


@admin.register(Room)
class RoomAdmin(HistoryAdmin):
    list_display = ("name", "program_region", "address", "active")
    list_filter = ("program_region", "active")


@admin.register(Closure)
class ClosureAdmin(HistoryAdmin):
    list_display = ("name_en", "name_fr", "program_region", "first_day", "last_day")
    list_filter = ("program_region",)
