"""Crisis lines, as administrators keep them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from psp.admin_base import AnyModelForm, HistoryAdmin
from psp.bilingual import reader_language
from psp.calendar_text import ZONES, zone_name
from psp.crisis import region_choices
from psp.models_crisis import CrisisLine
from psp.opening import read_day, write_day

DAYS = tuple(f"day_{number}" for number in range(7))
NAMES = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def _day(number: int) -> forms.CharField:
    return forms.CharField(label=NAMES[number], required=False, max_length=80)


class CrisisLineForm(AnyModelForm):
    """Hours are typed by the day, as in "8:00-12:00, 13:00-16:30". A line without any answers day and night."""

    time_zone = forms.ChoiceField(label=_("Time zone"))
    regions = forms.MultipleChoiceField(
        label=_("Only in"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None: everywhere.")
    )
    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = map(_day, range(7))

    class Meta:
        model = CrisisLine
        exclude = ("hours",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = reader_language()
        self.fields["regions"].choices = region_choices()  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = [(zone, zone_name(zone, language)) for zone in ZONES]  # type: ignore[attr-defined]
        for number, name in enumerate(DAYS):
            self.fields[name].initial = write_day(self.instance.hours, number)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.instance.hours = [span for number, name in enumerate(DAYS) for span in self._spans(number, name)]
        ways = ("phone", "sms", "chat_en", "chat_fr")
        if not any(cleaned.get(way) for way in ways) and not any(way in self.errors for way in ways):
            self.add_error("phone", gettext("Write a number or a link: people must be able to reach this line."))
        return cleaned

    def _spans(self, number: int, name: str) -> list[list[int]]:
        try:
            return read_day(self.cleaned_data.get(name, ""), number)
        except ValueError:
            self.add_error(name, gettext("Write hours as in 8:00-12:00, 13:00-16:30, to the quarter of an hour."))
            return []


@admin.register(CrisisLine)
class CrisisLineAdmin(HistoryAdmin):
    """What is not offered is switched off. If nothing is offered, pages show the lines that the program came with."""

    form = CrisisLineForm
    list_display = ("code", "name_en", "phone", "active", "order")
    list_filter = ("active",)
    fieldsets: ClassVar = (
        (None, {"fields": ("code", "active", "order", "name_en", "name_fr", "what_en", "what_fr", "regions")}),
        (_("How to reach them"), {
            "fields": ("phone", "tty", "sms", "sms_note_en", "sms_note_fr", "chat_en", "chat_fr"),
        }),
        (_("Hours"), {
            "fields": ("time_zone", *DAYS),
            "description": _("For each day as in 8:00-12:00, 13:00-16:30. Nothing on any day: day and night, always."),
        }),
    )  # fmt: skip

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Say it where somebody would think that pages show nothing now."""
        if request.method == "GET" and not CrisisLine.objects.filter(active=True).exists():
            messages.warning(request, gettext("Nothing is offered here, so pages show the lines that the program came"
                                              " with: nobody is left without a number."))  # fmt: skip
        return super().changelist_view(request, extra_context)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
