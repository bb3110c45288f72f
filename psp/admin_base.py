"""What every page of the administrators' site shares: the role decides, and every change is in the audit."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.sight import sight_of

# Django's own classes take their model in brackets for the type checker only.
if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyModelForm = forms.ModelForm[Any]
    AnyInline = admin.TabularInline[Any, Any]
    AnyInlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    AnyModelAdmin = admin.ModelAdmin
    AnyModelForm = forms.ModelForm
    AnyInline = admin.TabularInline
    AnyInlineFormSet = forms.BaseInlineFormSet


class ProgramAdmin(AnyModelAdmin):
    """`reads`: fields of personal information whose display is written to the audit."""

    actions_on_bottom = False
    reads: ClassVar[tuple[str, ...]] = ()

    def _is_administrator(self, request: HttpRequest) -> bool:
        return sight_of(request.user).has(Role.ADMINISTRATOR)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here unless an admin says otherwise: things are closed or superseded."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only the filters on the page: any other would find out letter by letter what no page shows."""
        return any(lookup == name or lookup.startswith(f"{name}__") for name in map(str, self.list_filter))

    def person_of(self, obj: Any) -> UUID | None:
        """Whose record `obj` is, for the audit."""
        return None

    def note(self, action: Action, obj: Model, fields: Any = ()) -> None:
        audit.record(
            action, obj, person=self.person_of(obj), purpose=Purpose.ADMINISTRATION, fields=tuple(map(str, fields))
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.note(Action.CHANGE if change else Action.CREATE, obj, form.changed_data)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for obj in formset.new_objects:
            self.note(Action.CREATE, obj)
        for obj, fields in formset.changed_objects:
            self.note(Action.CHANGE, obj, fields)
        for obj in formset.deleted_objects:
            self.note(Action.DELETE, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.note(Action.DELETE, obj)
        super().delete_model(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == HTTPStatus.OK:  # a page that shows it, not the way on after saving
            self._note_read(request, object_id)
        return response

    def _note_read(self, request: HttpRequest, object_id: str) -> None:
        obj = self.get_object(request, object_id) if self.reads else None
        if obj is not None:
            self.note(Action.READ, obj, self.reads)


class HistoryAdmin(ProgramAdmin, SimpleHistoryAdmin):  # type: ignore[misc]
    """With the pages of what stood there before; nothing is ever put back from them."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self._require_visible(request, object_id)
        response: HttpResponse = SimpleHistoryAdmin.history_view(self, request, object_id, extra_context)
        return response

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._require_visible(request, object_id)
        if request.method != "GET":
            raise Http404
        response: HttpResponse = SimpleHistoryAdmin.history_form_view(
            self, request, object_id, version_id, extra_context
        )
        return response

    def _require_visible(self, request: HttpRequest, object_id: str) -> None:
        """History pages look past `get_queryset`; these do not."""
        if self.get_object(request, object_id) is None:
            raise Http404
        self._note_read(request, object_id)


class VersionAdmin(ProgramAdmin):
    """Texts and rules in versions: a draft may be edited and thrown away, what was published never changes."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request) and (obj is None or obj.published_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request) and obj is not None and obj.published_at is None
