"""The editor of consent texts: both languages side by side, statements in rows, and how hard each part reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import ConsentVersion
from consent.rules_texts import next_code
from consent.services_texts import fingerprint
from psp.inputs import DayField, LineField, listed_errors, plain_line
from psp.readability import EASE_FR, GRADE_EN, reading_of

Row = dict[str, Any]
LANGUAGES: dict[str, Any] = {"en": gettext_lazy("in English"), "fr": gettext_lazy("in French")}
NEW = "new"
MISSING = gettext_lazy("Write it in this language too: everyone reads the one they choose.")
DAY_ERRORS = {
    "required": gettext_lazy("Choose the first day, for example 2026-12-01."),
    "invalid": gettext_lazy("Write the day as in 2026-12-01."),
}


class ProseField(LineField):
    """A passage in one language, without line breaks; the spaces that French wants stay."""

    def __init__(self, *, rows: int, language: str, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "lang": language}), **kwargs)

    def to_python(self, value: Any) -> str:
        return plain_line(str(value or ""), keep_no_break=True)


class TextForm(forms.Form):
    """One draft. Fields: `title_en`, `summary_fr`, `line_<code>_en`, `line_<code>_required`, `line_new_fr`, …"""

    valid_from = DayField(
        label=gettext_lazy("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The first day on which people are shown this text. You confirm it when you publish."),
        error_messages=DAY_ERRORS,
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, version: ConsentVersion, closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.closed = version, closed
        self.fields["valid_from"].initial, self.fields["seen"].initial = version.valid_from, fingerprint(version)
        for name, rows, longest in (("title", 1, 120), ("summary", 4, 2000)):
            self._add_pair(name, {"rows": rows, "max_length": longest}, vars(version))
        for place, item in enumerate(version.statements, start=1):
            self._add_line(item["code"], str(place), item)
        if not closed:
            self._add_line(NEW, "", {})
        for field in self.fields.values():
            field.disabled = closed

    def _add_pair(self, name: str, options: Row, values: Any, key: str = "") -> None:
        for language, words in LANGUAGES.items():
            self.fields[f"{name}_{language}"] = ProseField(
                label=f"{self._title(name)}, {words}", initial=values.get(f"{key or name}_{language}", ""),
                required=not name.endswith(NEW), language=language, **options,
                error_messages={"required": MISSING},
            )  # fmt: skip

    def _add_line(self, code: str, place: str, item: Any) -> None:
        self.places = {**getattr(self, "places", {}), code: place}
        self._add_pair(f"line_{code}", {"rows": 3, "max_length": 600}, item, key="text")
        self.fields[f"line_{code}_required"] = forms.BooleanField(
            label=_("Must be ticked to sign"), initial=item.get("required", True), required=False
        )

    def _title(self, name: str) -> str:
        if name == f"line_{NEW}":
            return _("New statement")
        if name.startswith("line_"):
            return _("Statement %(place)s") % {"place": self.places[name.removeprefix("line_")]}
        return {"title": _("Title"), "summary": _("Summary in plain words")}[name]

    # --- How the page shows it ---

    def headings(self) -> list[Row]:
        return [self._pair("title"), self._pair("summary")]

    def statements(self) -> Iterator[Row]:
        """Each with the buttons that make sense at its place."""
        codes = [code for code in self.places if code != NEW]
        for at, code in enumerate(codes):
            yield {
                **self._pair(f"line_{code}"), "code": code, "required": self[f"line_{code}_required"],
                "first": at == 0, "last": at == len(codes) - 1, "alone": len(codes) == 1,
            }  # fmt: skip

    def new_statement(self) -> Row:
        return {**self._pair(f"line_{NEW}"), "required": self[f"line_{NEW}_required"]}

    def _pair(self, name: str) -> Row:
        sides = [
            {"language": code, "field": self[f"{name}_{code}"], "reading": reading_words(self._typed(name, code), code)}
            for code in LANGUAGES
        ]
        return {"title": self._title(name), "sides": sides}

    def _typed(self, name: str, language: str) -> str:
        return str(self[f"{name}_{language}"].value() or "")

    # --- What it says ---

    def clean(self) -> Row:
        cleaned = super().clean() or self.cleaned_data
        written = {code for code in LANGUAGES if cleaned.get(f"line_{NEW}_{code}")}
        for code in (LANGUAGES.keys() - written) if written else ():
            self.add_error(f"line_{NEW}_{code}", MISSING)
        return cleaned

    def content(self) -> Row:
        """The valid form as the version keeps it, the new statement last."""
        said = self.cleaned_data
        lines = [self._statement(code, code) for code in self.places if code != NEW]
        if said[f"line_{NEW}_en"]:
            lines.append(self._statement(NEW, next_code(self._codes_ever())))
        texts = {f"{name}_{code}": said[f"{name}_{code}"] for name in ("title", "summary") for code in LANGUAGES}
        return {**texts, "statements": lines}

    def _statement(self, name: str, code: str) -> Row:
        said = self.cleaned_data
        texts = {f"text_{language}": said[f"line_{name}_{language}"] for language in LANGUAGES}
        return {"code": code, "required": said[f"line_{name}_required"], **texts}

    def _codes_ever(self) -> set[str]:
        """A code that an old version used for something else would make the differences lie."""
        lists = ConsentVersion.objects.filter(purpose=self.version.purpose).values_list("statements", flat=True)
        return {item["code"] for statements in lists for item in statements}

    def problems(self) -> list[Row]:
        return listed_errors(self)


def moved(content: Row, action: str) -> Row:
    """The content after "up:<code>", "down:<code>" or "remove:<code>"; the last statement cannot be removed."""
    verb, _colon, code = action.partition(":")
    lines = list(content["statements"])
    at = next((place for place, item in enumerate(lines) if item["code"] == code), None)
    if at is None or (verb == "remove" and len(lines) == 1):
        return content
    item = lines.pop(at)
    if verb != "remove":
        lines.insert(max(0, at - 1) if verb == "up" else at + 1, item)
    return {**content, "statements": lines}


def reading_words(text: str, language: str) -> Row | None:
    """A hint, never a verdict: an estimate of how hard a passage reads."""
    reading = reading_of(text, language)
    if reading is None:
        return None
    if language == "fr":
        words = _("Reading ease %(value)s; plain from %(limit)s up") % {"value": reading.value, "limit": int(EASE_FR)}
    else:
        words = _("Grade %(value)s; plain up to %(limit)s") % {"value": reading.value, "limit": int(GRADE_EN)}
    return {"words": words, "plain": reading.plain}


class PublishForm(forms.Form):
    """The last page before a text is frozen."""

    valid_from = DayField(
        label=gettext_lazy("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Today or later. From this day on people are shown this text."),
        error_messages=DAY_ERRORS,
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput)
