"""The access log, to read: who did what with which record, by opaque ids; but for what tells by being there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from psp.admin_base import ProgramAdmin
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.audit.quiet import quiet_models
from psp.audit.services import record


@admin.register(Entry)
class EntryAdmin(ProgramAdmin):
    list_display = ("at", "actor", "action", "model", "object_id", "person", "purpose")
    list_filter = ("action", "purpose")
    search_fields = ("=request_id",)
    search_help_text = "id"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    actions = None
    fields: ClassVar = ("at", "actor", "action", "model", "object_id", "person", "fields", "purpose", "request_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """Without what would tell a colleague that somebody asked for help, or that a report exists."""
        return super().get_queryset(request).exclude(model__in=quiet_models())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """An id of an account, a record or a request; whole, as it is written."""
        from uuid import UUID

        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            account = UUID(term)
        except ValueError:
            return queryset.filter(object_id=term), False
        by_account = queryset.filter(actor=account) | queryset.filter(person=account)
        return by_account | queryset.filter(object_id=str(account)) | queryset.filter(request_id=str(account)), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        record(Action.READ, Entry, purpose=Purpose.SECURITY)
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        record(Action.READ, Entry, purpose=Purpose.SECURITY)
        return super().change_view(request, object_id, form_url, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
