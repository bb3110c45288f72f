"""What an administrator sets about work and pay. What somebody worked, or asked for, is not here."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from psp.admin_base import HistoryAdmin, ProgramAdmin
from supporters.models import AccommodationKind, CareSetting, PayRate


@admin.register(CareSetting)
class CareSettingAdmin(HistoryAdmin):
    list_display = ("__str__", "max_groups", "max_sessions_week", "max_hours_week", "pay_period_days")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(PayRate)
class PayRateAdmin(ProgramAdmin):
    """A new rate is a new row from its day on; what was paid before stays to be read."""

    list_display = ("role", "cents", "from_day")
    list_filter = ("role",)


@admin.register(AccommodationKind)
class AccommodationKindAdmin(ProgramAdmin):
    list_display = ("code", "name_en", "name_fr", "offered", "order")
