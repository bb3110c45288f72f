"""What is there for those who lead, and the few questions of the check-in. No check-in is ever here."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db import models

from psp.admin_base import HistoryAdmin
from supporters.models import CareOffer, CheckInQuestion


@admin.register(CareOffer)
class CareOfferAdmin(HistoryAdmin):
    list_display = ("code", "name_en", "name_fr", "program_region", "phone", "order", "active")
    list_filter = ("program_region", "active")
    formfield_overrides: ClassVar = {models.URLField: {"assume_scheme": "https"}}


@admin.register(CheckInQuestion)
class CheckInQuestionAdmin(HistoryAdmin):
    list_display = ("code", "text_en", "text_fr", "order", "active")
