"""Accounts of the team and of peer supporters, their roles, and the regions. Participants are not here."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from psp.accounts import services
from psp.admin_base import AnyInline, AnyInlineFormSet, AnyModelForm, HistoryAdmin, ProgramAdmin
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Kind, Role
from psp.crypto import keyring
from psp.models import ProgramRegion, Region, RoleAssignment, User

TEAM = (Kind.STAFF, Kind.SUPPORTER)
ENDS_SESSIONS = frozenset({"kind", "is_active", "username"})


class AccountForm(AnyModelForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind of account"), choices=[(kind.value, kind.label) for kind in TEAM])
    name = forms.CharField(label=gettext_lazy("Name to use"), max_length=80, required=False)
    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)

    class Meta:
        model = User
        fields = ("username", "kind", "name", "language", "time_zone", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["address"].initial = self.instance.sealed_email

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if User.objects.by_email(address).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This address cannot be used for this account. Take another one."))
        return address

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("Write the zone as in America/Toronto."))
        return zone

    def clean_is_active(self) -> bool:
        active: bool = self.cleaned_data["is_active"]
        if not active and services.is_last_administrator(self.instance):
            raise forms.ValidationError(
                _("Nobody else could open the administration. Add another administrator first.")
            )
        return active


class RoleFormSet(AnyInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = {
            form.cleaned_data.get("role") for form in self.forms
            if form.is_valid() and not form.cleaned_data.get("DELETE")
        }  # fmt: skip
        if Role.ADMINISTRATOR not in kept and services.is_last_administrator(self.instance):
            raise forms.ValidationError(
                _("Nobody else could open the administration. Add another administrator first.")
            )


class RoleForm(AnyModelForm):
    class Meta:
        model = RoleAssignment
        fields = ("role", "region")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("role") == Role.COORDINATOR and not cleaned.get("region"):
            self.add_error("region", _("A coordinator works for one region. Add the role once for each."))
        return cleaned


class RoleInline(AnyInline):
    model = RoleAssignment
    form = RoleForm
    formset = RoleFormSet
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(User)
class AccountAdmin(HistoryAdmin):
    form = AccountForm
    inlines = (RoleInline,)
    list_display = ("username", "kind", "is_active", "roles_text")
    list_filter = ("kind", "is_active", "roles__role")
    search_fields = ("username",)
    ordering = ("username",)
    actions = ("start_over",)
    fieldsets = ((None, {"fields": ("username", "kind", "name", "address", "language", "time_zone", "is_active")}),)
    reads: ClassVar = ("username", "name", "sealed_email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Without accounts that are nobody's any more (`privacy.erasing_account`)."""
        known = super().get_queryset(request).filter(kind__in=TEAM).exclude(username__regex=r"^gone-[0-9a-f]{24}$")
        return known.prefetch_related("roles__region")

    def person_of(self, obj: Any) -> UUID:
        return obj.user_id if isinstance(obj, RoleAssignment) else obj.pk

    @admin.display(description=gettext_lazy("roles"))
    def roles_text(self, obj: User) -> str:
        return ", ".join(str(role) for role in obj.roles.all())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown is not None:
            audit.record_reads(shown.result_list, purpose=Purpose.ADMINISTRATION, person="pk")
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            # Django takes the id of a new object away while it looks at the roles below it.
            obj.pk = obj.pk or uuid4()
            keyring.create(obj.pk)
            obj.set_unusable_password()
        obj.set_address(form.cleaned_data["address"])
        super().save_model(request, obj, form, change)
        obj.remember_address()
        if change and ENDS_SESSIONS & set(form.changed_data):
            obj.end_sessions()
        if not change:
            services.send_password_link(user=obj, request=request)
            messages.info(request, _("A link to choose a password is on its way to the new address."))

    @admin.action(description=gettext_lazy("Begin again: new password and new second factor"))
    def start_over(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        found = list(queryset.filter(is_active=True))
        for user in found:
            services.start_over(user=user, by=request.user, request=request)  # type: ignore[arg-type]
        messages.info(
            request, _("Links on their way: %(count)s. Every session of these accounts has ended.")
            % {"count": len(found)},
        )  # fmt: skip


class RegionBase(ProgramAdmin):
    """Regions are what files are sorted by: they are named here, never added or taken away."""

    readonly_fields: ClassVar[tuple[str, ...]] = ("code",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ProgramRegion)
class ProgramRegionAdmin(RegionBase):
    list_display = ("code", "name_en", "name_fr", "time_zone")
    fields = ("code", "name_en", "name_fr", "time_zone", "order")


@admin.register(Region)
class RegionAdmin(RegionBase):
    list_display = ("code", "name_en", "name_fr", "program_region", "time_zone")
    list_select_related = ("program_region",)
    fields = ("code", "name_en", "name_fr", "program_region", "time_zone", "order")
    readonly_fields: ClassVar = ("code", "program_region")


# Pages of this app that have a file of their own.
from psp import admin_crisis  # noqa: E402, F401
