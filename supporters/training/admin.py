"""Courses and their modules: what there is to learn, how long it counts, and what is needed before leading."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from psp.admin_base import AnyInline, ProgramAdmin
from psp.choices import Role
from psp.sight import sight_of
from supporters.models import Course, Module


class ModuleInline(AnyInline):
    """Those that were taught stay; of others one may go."""

    model = Module
    extra = 1
    fields = ("week", "order", "title_en", "title_fr", "hours", "needed")

    def _may(self, request: HttpRequest) -> bool:
        return sight_of(request.user).has(Role.ADMINISTRATOR)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Course)
class CourseAdmin(ProgramAdmin):
    list_display = ("name", "needed", "offered", "provider", "hours", "renew_months")
    inlines = (ModuleInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code is what everything else points at."""
        return ("code",) if obj is not None else ()
