"""Numbers of another platform, one typed or many pasted. No file is sent: a script of ours reads it into the box."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.bilingual import reader_language
from psp.calendar_text import MONTHS
from psp.inputs import LineField, plain_line
from psp.models import ProgramRegion
from reporting.periods import Period, Span, containing, since
from reporting.platforms import file as platform_file
from reporting.platforms.file import MOST_LETTERS, MOST_REGISTRATIONS, Known, Personal, Row
from reporting.platforms.personal import birth_sign, plain, value_sign
from reporting.platforms.words import SAYINGS, fault_text, personal_text, sign_text

YEARS_BACK = 4
MOST_FAULTS = 20
ALL_REGIONS = _("All regions together")
SOURCE_HELP = _("As in “monthly report by e-mail of 4 December”. Nobody’s name.")
EVERYWHERE = ("", "all", "all regions", "canada", "toutes", "toutes les regions")


def month_name(first: date) -> str:
    """As in "November 2026"."""
    names = MONTHS[reader_language()]
    return _("%(month)s %(year)d") % {"month": names[first.month - 1], "year": first.year}


def months_over() -> list[Period]:
    """Months that numbers can be typed for, the newest first."""
    today = timezone.localdate()
    return since(date(today.year - YEARS_BACK, 1, 1), today, Span.MONTH)[1:]


def known_regions() -> dict[str, str]:
    """Codes by what people call a region."""
    found = dict.fromkeys(EVERYWHERE, "")
    for region in ProgramRegion.objects.all():
        found |= {plain(name): region.code for name in (region.code, region.name_en, region.name_fr)}
    return found


def _text(label: Any, **more: Any) -> LineField:
    return LineField(label=label, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)


class MonthForm(forms.Form):
    """One number."""

    month = forms.ChoiceField(label=_("Month"), error_messages={"invalid_choice": _("Choose a month from the list.")})
    region = forms.ChoiceField(
        label=_("Region"), required=False, error_messages={"invalid_choice": _("Choose a region from the list.")}
    )
    registrations = forms.CharField(
        label=_("New registrations"), max_length=20,
        help_text=_("How many registered in this month. Write 0 for none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": SAYINGS["no_number"], "max_length": SAYINGS["not_a_number"]},
    )  # fmt: skip
    source = _text(
        _("Source"), help_text=SOURCE_HELP, error_messages={"required": _("Say where the number comes from.")}
    )
    remarks = _text(_("Remarks"), required=False, help_text=_("About the number alone. Nothing about anybody."))

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="figure-%s", **kwargs)
        months: Any = self.fields["month"]
        months.choices = [(one.code, month_name(one.first)) for one in months_over()]
        regions: Any = self.fields["region"]
        regions.choices = [("", ALL_REGIONS), *((one.code, str(one)) for one in ProgramRegion.objects.all())]

    def clean_registrations(self) -> int:
        found = platform_file.number_of(self.cleaned_data["registrations"].strip())
        if isinstance(found, int):
            return found
        raise forms.ValidationError(str(SAYINGS[found.code]) % {"most": MOST_REGISTRATIONS})

    def clean_source(self) -> str:
        return self._about_nobody("source")

    def clean_remarks(self) -> str:
        return self._about_nobody("remarks")

    def _about_nobody(self, name: str) -> str:
        value: str = self.cleaned_data[name]
        sign = birth_sign(value, timezone.localdate().year) or value_sign(value)
        if sign:
            # Not even shown again.
            _blank(self, name)
            raise forms.ValidationError(sign_text(sign))
        return value

    def row(self) -> Row:
        said = self.cleaned_data
        first = date.fromisoformat(f"{said['month']}-01")
        return Row(first, said["region"], said["registrations"], said["source"], said["remarks"])


class PasteForm(forms.Form):
    """A table as text. `rows` after it was found valid; `personal`: it was refused whole."""

    table = forms.CharField(
        label=_("Table"), strip=False, max_length=MOST_LETTERS,
        help_text=_("Copy it with its line of headings from a spreadsheet or a CSV file, and paste it here."),
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": SAYINGS["empty"], "max_length": SAYINGS["too_big"]},
    )  # fmt: skip
    source = _text(_("Source"), required=False, help_text=_("For lines that do not say where their number comes from."))

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="table-%s", **kwargs)
        self.rows: list[Row] = []
        self.personal = False

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "table" in said and "source" in said:
            self._read(said["table"], said["source"])
        elif self.is_bound:
            self._forget_if_long()
        return said

    def _read(self, text: str, source: str) -> None:
        """The rows, or what is wrong with them. What looks as if it were about somebody is not shown again."""
        today = timezone.localdate()
        sign = birth_sign(source, today.year) or value_sign(source)
        if sign:
            _blank(self, "source")
            self.add_error("source", sign_text(sign))
            return
        try:
            rows, faults = platform_file.read(text, Known(known_regions(), today, source))
        except Personal as found:
            self.personal = True
            _blank(self, "table")
            self.add_error("table", personal_text(found))
            return
        said = [fault_text(one) for one in faults[:MOST_FAULTS]]
        if len(faults) > MOST_FAULTS:
            said.append(str(_("There are more like these. Mend these first.")))
        if said:
            self.add_error("table", said)
        self.rows = [_cleaned(row) for row in rows]

    def _forget_if_long(self) -> None:
        """What was not looked at is not shown again either."""
        if len(self.data.get("table", "")) > MOST_LETTERS:
            _blank(self, "table")


def _blank(form: Any, name: str) -> None:
    """So that the page does not show it again, and says so."""
    data: Any = form.data
    form.emptied = True
    form.data = data.copy()
    data = form.data
    data[name] = ""


def _cleaned(row: Row) -> Row:
    """Without invisible characters."""
    return Row(row.month, row.region, row.registrations, plain_line(row.source), plain_line(row.remarks), row.line)


def period_of(code: str) -> Period | None:
    """The month with this code, None where there is none."""
    try:
        first = date.fromisoformat(f"{code}-01")
    except ValueError:
        return None
    return containing(first, Span.MONTH) if f"{first:%Y-%m}" == code else None
