"""The editor of agreements and the protocol: both languages side by side, a section a row, a line a point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.forms_texts import LANGUAGES, MISSING, ProseField, moved, reading_words
from consent.rules_texts import next_code
from psp.inputs import listed_errors, plain_line
from supporters.models import ProgramText
from supporters.texts.services import fingerprint

Row = dict[str, Any]
NEW = "new"
POINTS = 4000


class PointsField(forms.CharField):
    """One point a line, in one language; empty lines are left out."""

    def __init__(self, *, language: str, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 8, "lang": language})
        super().__init__(widget=widget, max_length=POINTS, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [line for one in text.splitlines() if (line := plain_line(one, keep_no_break=True))]


class ProgramTextForm(forms.Form):
    """One draft. Fields: `title_en`, `heading_<code>_fr`, `points_<code>_en`, `heading_new_en`, …"""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, text: ProgramText, closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.closed = text, closed
        # Code of each section, and its number on the page.
        self.places: dict[str, str] = {}
        self.fields["seen"].initial = fingerprint(text)
        self._add_pair("title", text, 120)
        for place, section in enumerate(text.sections, start=1):
            self._add_section(section["code"], str(place), section)
        if not closed:
            self._add_section(NEW, "", {})
        for field in self.fields.values():
            field.disabled = closed

    def _add_pair(self, name: str, values: Any, longest: int, label: str = "") -> None:
        for code, words in LANGUAGES.items():
            initial = values.title_en if (name, code) == ("title", "en") else (
                values.title_fr if name == "title" else values.get(f"heading_{code}", "")
            )  # fmt: skip
            self.fields[f"{name}_{code}"] = ProseField(
                label=f"{label or _('Title')}, {words}", initial=initial, rows=1, language=code, max_length=longest,
                required=not name.endswith(f"_{NEW}"), error_messages={"required": MISSING},
            )  # fmt: skip

    def _add_section(self, code: str, place: str, section: Any) -> None:
        self.places[code] = place
        title = _("Section %(place)s") % {"place": place} if place else _("New section")
        heading = _("%(section)s, heading") % {"section": title}
        points = _("%(section)s, one point on each line") % {"section": title}
        self._add_pair(f"heading_{code}", section, 120, heading)
        for language, words in LANGUAGES.items():
            self.fields[f"points_{code}_{language}"] = PointsField(
                label=f"{points}, {words}", initial="\n".join(section.get(f"points_{language}", [])),
                language=language, required=code != NEW, error_messages={"required": MISSING},
            )  # fmt: skip

    # --- How the page shows it ---

    def title(self) -> Row:
        return self._pair("title")

    def sections(self) -> Iterator[Row]:
        """Each with the buttons that make sense at its place."""
        codes = [code for code in self.places if code != NEW]
        for at, code in enumerate(codes):
            yield {
                "code": code, "title": _("Section %(place)s") % {"place": self.places[code]},
                "heading": self._pair(f"heading_{code}"), "points": self._pair(f"points_{code}"),
                "first": at == 0, "last": at == len(codes) - 1, "alone": len(codes) == 1,
            }  # fmt: skip

    def new_section(self) -> Row:
        return {"heading": self._pair(f"heading_{NEW}"), "points": self._pair(f"points_{NEW}")}

    def _pair(self, name: str) -> Row:
        sides = []
        for code in LANGUAGES:
            typed = self[f"{name}_{code}"].value() or ""
            sides.append(
                {"language": code, "field": self[f"{name}_{code}"], "reading": reading_words(str(typed), code)}
            )
        return {"sides": sides}

    # --- What it says ---

    def clean(self) -> Row:
        cleaned = super().clean() or self.cleaned_data
        parts = [f"{what}_{NEW}_{code}" for what in ("heading", "points") for code in LANGUAGES]
        if any(cleaned.get(name) for name in parts):
            for name in parts:
                if name in self.fields and not cleaned.get(name):
                    self.add_error(name, MISSING)
        for code, place in self.places.items():
            counts = [len(cleaned.get(f"points_{code}_{language}") or []) for language in LANGUAGES]
            if counts[0] != counts[1] and all(counts):
                self.add_error(f"points_{code}_fr", self._uneven(place, counts))
        return cleaned

    @staticmethod
    def _uneven(_place: str, counts: list[int]) -> str:
        return _("English has %(en)s points here and French %(fr)s. Write as many in both.") % {
            "en": counts[0], "fr": counts[1],
        }  # fmt: skip

    def content(self) -> Row:
        """The valid form as the version keeps it, the new section last."""
        said = self.cleaned_data
        sections = [self._section(code, code) for code in self.places if code != NEW]
        if said.get(f"heading_{NEW}_en"):
            sections.append(self._section(NEW, next_code(self._codes_ever(), "section")))
        return {"title_en": said["title_en"], "title_fr": said["title_fr"], "sections": sections}

    def _section(self, name: str, code: str) -> Row:
        said = self.cleaned_data
        texts = {f"{what}_{language}": said[f"{what}_{name}_{language}"]
                 for what in ("heading", "points") for language in LANGUAGES}  # fmt: skip
        return {"code": code, **texts}

    def _codes_ever(self) -> set[str]:
        """A code that an old version used for something else would make the differences lie."""
        lists = ProgramText.objects.filter(kind=self.text.kind).values_list("sections", flat=True)
        return {one["code"] for sections in lists for one in sections}

    def problems(self) -> list[Row]:
        return listed_errors(self)


def rearranged(content: Row, action: str) -> Row:
    """The content after "up:<code>", "down:<code>" or "remove:<code>"; the last section cannot be removed."""
    sections: list[Row] = moved({"statements": content["sections"]}, action)["statements"]
    return {**content, "sections": sections}


class PublishForm(forms.Form):
    """The last page before a text is frozen: what was seen, and one box that says it is meant."""

    sure = forms.BooleanField(
        label=gettext_lazy("Yes, publish it. It does not change any more."),
        error_messages={"required": gettext_lazy("Tick the box to publish, or go back.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput)
