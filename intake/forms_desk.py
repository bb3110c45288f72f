"""Forms of the desk. Each carries the `revision` that its page showed, so that a stale one is noticed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from intake.choices import ApplicationState, DecisionReason, Service
from intake.desk import MINE, NOBODY, OPEN, OVERDUE
from intake.forms_booking import LINK, whole_link
from intake.models import Application
from intake.rules import Affiliation, Answers
from psp.bilingual import reader_language
from psp.choices import Language
from psp.content import in_language
from psp.inputs import DayField, LineField
from psp.templatetags.components import plain_field

ANY = ("", _("Any"))


class FilterForm(forms.Form):
    """What narrows the list of applications: for drawing only, an address is read by `chosen_in`."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[(OPEN, _("Waiting for us")), (OVERDUE, _("Waiting too long")), *ApplicationState.choices,
                 ("all", _("All"))],
    )  # fmt: skip
    service = forms.ChoiceField(label=_("Service"), required=False, choices=[ANY, *Service.choices])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[ANY, *Language.choices])
    assigned = forms.ChoiceField(
        label=_("Who looks after it"), required=False, choices=[ANY, (MINE, _("I do")), (NOBODY, _("Nobody yet"))]
    )


FILTERS: dict[str, Any] = FilterForm.base_fields
FILTER_CODES = {name: frozenset(code for code, _label in field.choices) for name, field in FILTERS.items()}


def chosen_in(query: QueryDict) -> dict[str, str]:
    """Valid choices, unknown ones as if nothing was chosen; the state is "open" unless another was asked for, "" for
    all."""
    found = {name: query.get(name, "") for name in FILTERS}
    found = {name: code if code in FILTER_CODES[name] else "" for name, code in found.items()}
    found["state"] = {"": OPEN, "all": ""}.get(found["state"], found["state"])
    return found


@lru_cache(maxsize=64)
def filters_drawn(_language: str, **chosen: str) -> SafeString:
    """The filters with these choices. They show nothing else, so each is drawn once in a process."""
    fields = FilterForm(initial={**chosen, "state": chosen["state"] or "all"})
    return format_html_join("", "{}", ((plain_field(field),) for field in fields))


class SearchForm(forms.Form):
    """An exact name, reference, address or number. Sent by POST, so that none of them stands in an address."""

    text = LineField(
        label=_("Find a person"), max_length=254,
        help_text=_("By chosen name, reference, e-mail address or phone number. Write it whole."),
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


@lru_cache(maxsize=2)
def empty_search(_language: str) -> SafeString:
    """The field before anything is typed, drawn once in a process."""
    return plain_field(SearchForm()["text"])


class RevisionForm(forms.Form):
    """Nothing but the state that the page showed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    # Where a service's error belongs in this form: the service's field → the form's.
    places: dict[str, str] = {}

    def renew(self, revision: int) -> None:
        """Take up the present state, keeping everything else that was typed."""
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed[self.add_prefix("revision")] = str(revision)
        self.data = typed


class MeetingForm(RevisionForm):
    """A day and a time on the coordinator's own clock."""

    day = DayField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as in 2026-11-30."), "required": _("Choose a day.")},
    )  # fmt: skip
    at = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as in 18:30."), "required": _("Choose a time.")},
    )  # fmt: skip
    places = {"starts_at": "at"}

    def __init__(self, *args: Any, zone: str, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["at"].help_text = hint

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("day") and data.get("at"):
            moment = datetime.combine(data["day"], data["at"], tzinfo=self.zone)
            # Through UTC and back: a time that the clock skips in spring comes back as another one.
            if moment.astimezone(ZoneInfo("UTC")).astimezone(self.zone).time() != data["at"]:
                self.add_error("at", _("The clock skips this time that night. Choose another time."))
            data["starts_at"] = moment
        return data


class NewMeetingForm(MeetingForm):
    """A day, a time, and a room for this meeting alone where there is one."""

    link = LineField(
        label=_("Video link of this meeting"), required=False, max_length=500,
        help_text=_("Only for a room of its own. You can also write it later, on the page of the meeting."),
        widget=forms.TextInput(attrs=LINK),
    )  # fmt: skip

    def clean_link(self) -> str:
        return whole_link(self.cleaned_data["link"])


class AcceptForm(RevisionForm):
    services = forms.MultipleChoiceField(
        label=_("Accept for"), widget=forms.CheckboxSelectMultiple, choices=Service.choices,
        error_messages={"required": _("Choose at least one service.")},
    )  # fmt: skip


class DeclineForm(RevisionForm):
    reasons = forms.MultipleChoiceField(
        label=_("Which criteria are not met?"), widget=forms.CheckboxSelectMultiple, choices=DecisionReason.choices,
        help_text=_("The person reads these sentences, and nothing else."),
        error_messages={"required": _("Choose at least one reason. The person will read it.")},
    )  # fmt: skip


YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def _yes_no() -> forms.ChoiceField:
    return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect)


class AnswersForm(RevisionForm):
    """The answers as the person gives them in the meeting, under the questions of the application's own version."""

    affiliation = forms.ChoiceField(widget=forms.RadioSelect)
    adult = _yes_no()
    experienced = _yes_no()
    has_device = _yes_no()
    agrees_to_meeting = _yes_no()
    CRITERIA = {"affiliation": "affiliation", "adult": "adult", "experienced": "experienced", "device": "has_device",
                "meeting": "agrees_to_meeting"}  # fmt: skip

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wording = application.version.wording
        for item in wording["criteria"]:
            self.fields[self.CRITERIA[item["code"]]].label = in_language(item, "question", _reader())
        labels = {item["code"]: in_language(item, "label", _reader()) for item in wording["affiliations"]}
        self.fields["affiliation"].choices = [  # type: ignore[attr-defined]
            (code.value, labels[code.value]) for code in Affiliation if code.value in labels
        ]

    @staticmethod
    def initial_of(application: Application) -> dict[str, Any]:
        said = {True: "yes", False: "no", None: None}
        return {
            name: value if isinstance(value, str) else said[value] for name, value in application.answers.items()
        } | {"revision": application.revision}

    def answers(self) -> Answers:
        data = self.cleaned_data
        yes = {name: data[name] == "yes" for name in ("adult", "experienced", "has_device", "agrees_to_meeting")}
        return Answers(affiliation=data["affiliation"], **yes)


def _reader() -> str:

    return reader_language()
