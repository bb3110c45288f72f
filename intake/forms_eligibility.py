"""The editor of the criteria: switches and sentences in both languages side by side, never stored text as it is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.choices import Service
from intake.models import EligibilityVersion
from intake.rules import CATEGORIES, CRITERION_OF, Affiliation, CriterionCode, Reason
from intake.services_eligibility import fingerprint
from psp.inputs import DayField, LineField, listed_errors, plain_line

Row = dict[str, Any]
LONGEST = 600
TITLES: dict[str, Any] = {
    CriterionCode.AFFILIATION: gettext_lazy("Link"), CriterionCode.ADULT: gettext_lazy("Age"),
    CriterionCode.EXPERIENCED: gettext_lazy("Experience"), CriterionCode.DEVICE: gettext_lazy("Device and internet"),
    CriterionCode.MEETING: gettext_lazy("Intake meeting"),
}  # fmt: skip
CATEGORY_TITLES: dict[str, Any] = {
    Affiliation.CURRENT_CAF_MEMBER: gettext_lazy("Current member"),
    Affiliation.FORMER_CAF_MEMBER: gettext_lazy("Former member"),
    Affiliation.VETERAN: gettext_lazy("Veteran"),
    Affiliation.DND_PUBLIC_SERVANT: gettext_lazy("Public servant"),
    Affiliation.CADET: gettext_lazy("Cadet"),
    Affiliation.JUNIOR_RANGER: gettext_lazy("Junior Canadian Ranger"),
    Affiliation.FAMILY_MEMBER: gettext_lazy("Family member"),
    Affiliation.NONE_OF_THESE: gettext_lazy("None of these"),
}
TEXTS: dict[str, Any] = {
    "question": gettext_lazy("Question"), "hint": gettext_lazy("Hint"), "why": gettext_lazy("Why we ask"),
}  # fmt: skip
NOT_ELIGIBLE: dict[str, Any] = {"title": gettext_lazy("Heading"), "text": gettext_lazy("Text")}
MAY_BE_EMPTY = frozenset({"hint"})
LANGUAGES: dict[str, Any] = {"en": gettext_lazy("in English"), "fr": gettext_lazy("in French")}
REASON_WORDS: dict[str, Any] = {
    Reason.AFFILIATION_NOT_COVERED: gettext_lazy("If the link is not covered"),
    Reason.AFFILIATION_NOT_YET_COVERED: gettext_lazy("If the link is announced for later"),
}


def reason_title(code: str) -> Any:
    if code.startswith("unanswered_"):
        return _("If there is no answer")
    return REASON_WORDS.get(code) or _("If the answer is no")


def reasons_of(criterion: str) -> list[str]:
    """The sentences that belong to a criterion, in the order of `Reason`."""
    return [str(reason) for reason in Reason if CRITERION_OF[reason] == criterion]


class SentenceField(LineField):
    """One sentence of the form in one language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def to_python(self, value: Any) -> str:
        return plain_line(str(value or ""), keep_no_break=True)


class EligibilityForm(forms.Form):
    """One draft. Fields: `adult_on`, `adult_services`, `adult_question_en`, `reason_under_18_fr`, `is_veteran`, …"""

    valid_from = DayField(
        label=gettext_lazy("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The first day on which the form asks this way. You confirm it when you publish."),
        error_messages={
            "required": gettext_lazy("Choose the first day, for example 2026-12-01."),
            "invalid": gettext_lazy("Write the day as in 2026-12-01."),
        },
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, version: EligibilityVersion, closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = copy.deepcopy(version.content)
        self.fields["valid_from"].initial = version.valid_from
        self.fields["seen"].initial = fingerprint(version)
        for name, value in values_of(self.content).items():
            self.fields[name] = field_for(name)
            self.fields[name].initial = value
        for shown in self.fields.values():
            shown.disabled = closed

    # --- How the page shows it ---

    def criteria(self) -> Iterator[Row]:
        for code in CriterionCode:
            texts = [self._pair(f"{code}_{name}", title) for name, title in TEXTS.items()]
            reasons = [self._pair(f"reason_{reason}", reason_title(reason)) for reason in reasons_of(code)]
            yield {"code": code, "title": TITLES[code], "on": self[f"{code}_on"], "services": self[f"{code}_services"],
                   "rows": [*texts, *reasons]}  # fmt: skip

    def categories(self) -> Iterator[Row]:
        for code in Affiliation:
            on = self[f"is_{code}"] if code in CATEGORIES else None
            yield {"title": CATEGORY_TITLES[code], "on": on, **self._pair(f"label_{code}", CATEGORY_TITLES[code])}

    def not_eligible(self) -> list[Row]:
        return [self._pair(f"not_eligible_{name}", title) for name, title in NOT_ELIGIBLE.items()]

    def _pair(self, name: str, title: Any) -> Row:
        return {"title": title, "sides": [(LANGUAGES[code], self[f"{name}_{code}"]) for code in LANGUAGES]}

    # --- What is wrong with it ---

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for code in CriterionCode:
            if cleaned.get(f"{code}_on") and not cleaned.get(f"{code}_services"):
                self.add_error(f"{code}_services", _("Choose at least one service, or switch the criterion off."))
        if cleaned.get("affiliation_on") and not any(cleaned.get(f"is_{code}") for code in CATEGORIES):
            self.add_error(
                f"is_{Affiliation.CURRENT_CAF_MEMBER}",
                _("Switch on at least one link, or switch the criterion “Link” off."),
            )
        for name in [name for name in self.fields if name.endswith("_hint_en")]:
            self._check_both(name.removesuffix("_en"))
        return cleaned

    def _check_both(self, name: str) -> None:
        """A hint may be left out, but then in both languages."""
        written = {code for code in LANGUAGES if self.cleaned_data.get(f"{name}_{code}")}
        for code in (LANGUAGES.keys() - written) if written else ():
            self.add_error(f"{name}_{code}", _("Write it in this language too, or leave it out in both."))

    # --- What it says ---

    def new_content(self) -> dict[str, Any]:
        """The valid form as the version keeps it. The order of everything stays as it was."""
        said = self.cleaned_data
        content: dict[str, Any] = self.content
        for item in content["rules"]["criteria"]:
            item["on"] = said[f"{item['code']}_on"]
            chosen = sorted(said[f"{item['code']}_services"])
            item["services"] = None if len(chosen) in (0, len(Service)) else chosen
        for item in content["rules"]["affiliations"]:
            item["on"] = said[f"is_{item['code']}"]
        for item, key, name in sentences(content):
            item[key] = said[name]
        return content

    def problems(self) -> list[Row]:
        return listed_errors(self)


def sentences(content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Every sentence of a version: the object that holds it, its key there, the name of its field."""
    wording = content["wording"]
    groups = [
        *((item, f"{item['code']}_{name}", name) for item in wording["criteria"] for name in TEXTS),
        *((item, f"label_{item['code']}", "label") for item in wording["affiliations"]),
        *((item, f"reason_{item['code']}", "text") for item in wording["reasons"]),
        *((wording["not_eligible"], f"not_eligible_{name}", name) for name in NOT_ELIGIBLE),
    ]
    for item, name, key in groups:
        for language in LANGUAGES:
            yield item, f"{key}_{language}", f"{name}_{language}"


def values_of(content: dict[str, Any]) -> dict[str, Any]:
    """A version as the editor's fields hold it. "For every service" is every box ticked."""
    values: dict[str, Any] = {}
    for item in content["rules"]["criteria"]:
        values[f"{item['code']}_on"] = item["on"]
        values[f"{item['code']}_services"] = item["services"] or Service.values
    values |= {f"is_{item['code']}": item["on"] for item in content["rules"]["affiliations"]}
    return values | {name: item[key] for item, key, name in sentences(content)}


def field_for(name: str) -> forms.Field:
    """The field of one value, with a label that says by itself which one it is."""
    label = label_of(name)
    if name.endswith("_services"):
        return forms.MultipleChoiceField(
            label=label, choices=Service.choices, widget=forms.CheckboxSelectMultiple, required=False,
            error_messages={"invalid_choice": gettext_lazy("Choose from the services on the page.")},
        )  # fmt: skip
    if name.endswith("_on") or name.startswith("is_"):
        return forms.BooleanField(label=label, required=False)
    optional = name.rsplit("_", 2)[1] in MAY_BE_EMPTY
    missing = gettext_lazy("Write it in this language too: everyone reads the form in the one they choose.")
    return SentenceField(label=label, required=not optional, error_messages={"required": missing})


def label_of(name: str) -> str:
    """For example "Age: question, in French"."""
    if name.startswith("is_"):
        return _("Link “%(name)s”: on") % {"name": CATEGORY_TITLES[name.removeprefix("is_")]}
    if name.endswith("_on"):
        return _("%(name)s: on") % {"name": TITLES[name.removesuffix("_on")]}
    if name.endswith("_services"):
        return _("%(name)s: for which services") % {"name": TITLES[name.removesuffix("_services")]}
    whole, language = name.rsplit("_", 1)
    group, part = _group_and_part(whole)
    return _("%(name)s: %(part)s, %(language)s") % {"name": group, "part": part, "language": LANGUAGES[language]}


def _group_and_part(name: str) -> tuple[Any, Any]:
    if name.startswith("label_"):
        return TITLES[CriterionCode.AFFILIATION], CATEGORY_TITLES[name.removeprefix("label_")]
    if name.startswith("reason_"):
        code = name.removeprefix("reason_")
        return TITLES[CRITERION_OF[Reason(code)]], reason_title(code)
    if name.startswith("not_eligible_"):
        return _("When it is not the right fit"), NOT_ELIGIBLE[name.removeprefix("not_eligible_")]
    code, part = name.rsplit("_", 1)
    return TITLES[code], TEXTS[part]


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[Row]:
    """What differs between two versions, in words: [{"label", "before", "after"}]."""
    old, new = values_of(before), values_of(after)
    return [
        {"label": label_of(name), "before": _in_words(old.get(name)), "after": _in_words(value)}
        for name, value in new.items() if old.get(name) != value
    ]  # fmt: skip


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    if isinstance(value, list):
        return ", ".join(str(Service(code).label) for code in value)
    return str(value or _("Nothing"))


class PublishForm(forms.Form):
    """The last page before a version is frozen."""

    valid_from = DayField(
        label=gettext_lazy("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Today or later. On this day the form begins to ask this way."),
        error_messages={
            "required": gettext_lazy("Choose the first day, for example 2026-12-01."),
            "invalid": gettext_lazy("Write the day as in 2026-12-01."),
        },
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput)
