"""Forms of the network: one's own entry, how one can be reached, a meeting, a link."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.bilingual import reader_language
from psp.choices import Language
from psp.inputs import DayField, LineField
from psp.models import ProgramRegion
from psp.models_crisis import LINK
from supporters.network.choices import InterestCode, ResourceLanguage
from supporters.network.models import NetworkEvent, Resource, ResourceTopic
from supporters.network.services_library import REVIEW_AFTER

OPTIONAL = {"required": False}
LINK_ERRORS = {
    "required": _("Paste the address of the page."),
    "invalid": _("Paste an address that begins with https."),
}


class Plain(forms.Form):
    """Ids of its own on every page, and no browser that fills it in."""

    prefix_of_ids = "network"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.prefix_of_ids}-%s", **kwargs})


class EntryForm(Plain):
    interests = forms.MultipleChoiceField(
        label=_("What would you like to talk about?"), choices=InterestCode.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    line = LineField(
        label=_("A short line about you, if you like"), max_length=160, required=False,
        help_text=_("For example what you enjoy in this work. Leave out where you live and anything you would not say"
                    " to somebody new."),
    )  # fmt: skip


class FindForm(Plain):
    """What narrows the list; whatever makes no sense narrows nothing."""

    prefix_of_ids = "find"
    region = forms.ModelChoiceField(
        label=_("Region"), queryset=ProgramRegion.objects.all(), required=False, empty_label=_("Every region")
    )
    interest = forms.ChoiceField(label=_("Likes to talk about"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interest"].choices = [("", _("Anything")), *InterestCode.choices]  # type: ignore[attr-defined]


class WayForm(Plain):
    way = LineField(
        label=_("How can this person reach you, if you both agree?"), max_length=160,
        help_text=_("Only what you choose: for example an address that you use for this alone. Nobody sees it before"
                    " both of you agreed."),
        error_messages={"required": _("Write how this person can reach you.")},
    )  # fmt: skip


class AnswerForm(WayForm):
    answer = forms.ChoiceField(
        label=_("Would you like to be in touch?"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("Not now. Nobody is told."))],
        error_messages={"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")},
    )  # fmt: skip
    field_order = ("answer", "way")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].required = False


class EventForm(Plain):
    """Times by the clock of whoever makes it."""

    title_en = LineField(label=_("Title in English"), max_length=120)
    title_fr = LineField(label=_("Title in French"), max_length=120)
    about_en = LineField(label=_("What it is about, in English"), max_length=400, **OPTIONAL)
    about_fr = LineField(label=_("What it is about, in French"), max_length=400, **OPTIONAL)
    day = DayField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as in 2026-12-01.")},
    )  # fmt: skip
    begins = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as in 18:30.")},
    )  # fmt: skip
    ends = forms.TimeField(
        label=_("Ends at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as in 18:30.")},
    )  # fmt: skip
    link = LineField(
        label=_("Address of the online meeting"), max_length=500, validators=[LINK], error_messages=LINK_ERRORS,
        help_text=_("Shown to those who come, and to nobody else."), **OPTIONAL,
    )  # fmt: skip
    place_en = LineField(label=_("Where, in English, if it is not online"), max_length=160, **OPTIONAL)
    place_fr = LineField(label=_("Where, in French, if it is not online"), max_length=160, **OPTIONAL)
    places = forms.IntegerField(label=_("How many people can come"), min_value=2, max_value=500, initial=20)

    def __init__(self, *args: Any, tz: str, event: NetworkEvent | None = None, **kwargs: Any) -> None:
        self.tz = ZoneInfo(tz)
        if event is not None:
            begin, end = event.starts_at.astimezone(self.tz), event.ends_at.astimezone(self.tz)
            names = ("title_en", "title_fr", "about_en", "about_fr", "link", "place_en", "place_fr", "places")
            kwargs["initial"] = {name: getattr(event, name) for name in names} | {
                "day": begin.date(), "begins": begin.time(), "ends": end.time(),
            }  # fmt: skip
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("begins") and said.get("ends") and said["ends"] <= said["begins"]:
            self.add_error("ends", _("It ends before it begins. Choose a later time."))
        if bool(said.get("about_en")) != bool(said.get("about_fr")):
            self.add_error("about_fr" if said.get("about_en") else "about_en", _("Write it in this language too."))
        if not said.get("link") and "link" not in self.errors and not (said.get("place_en") and said.get("place_fr")):
            self.add_error("link", _("Say where it is: an online address, or a place in both languages."))
        return said

    def content(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        day, begins, ends = said.pop("day"), said.pop("begins"), said.pop("ends")
        return said | {
            "starts_at": datetime.combine(day, begins, tzinfo=self.tz),
            "ends_at": datetime.combine(day, ends, tzinfo=self.tz),
        }


class SuggestForm(Plain):
    """In one's own language; a supervisor adds the other."""

    prefix_of_ids = "suggest"
    link = LineField(label=_("Address of the page"), max_length=500, validators=[LINK], error_messages=LINK_ERRORS)
    title = LineField(label=_("Title"), max_length=120)
    summary = LineField(label=_("What it helps with, in a sentence or two"), max_length=400)
    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=ResourceTopic.objects.filter(active=True), empty_label=_("Choose")
    )
    language = forms.ChoiceField(label=_("The page is in"), choices=ResourceLanguage.choices)

    def content(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        code = Language.FR if reader_language() == "fr" else Language.EN
        title, summary = said.pop("title"), said.pop("summary")
        return said | {f"title_{code}": title, f"summary_{code}": summary}


class ResourceForm(Plain):
    """A link as the library shows it: whole in both languages."""

    prefix_of_ids = "resource"
    link = LineField(label=_("Address of the page"), max_length=500, validators=[LINK], error_messages=LINK_ERRORS)
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=ResourceTopic.objects.all(), empty_label=_("Choose"))
    language = forms.ChoiceField(label=_("The page is in"), choices=ResourceLanguage.choices)
    title_en = LineField(label=_("Title in English"), max_length=120)
    title_fr = LineField(label=_("Title in French"), max_length=120)
    summary_en = LineField(label=_("What it helps with, in English"), max_length=400)
    summary_fr = LineField(label=_("What it helps with, in French"), max_length=400)
    review_on = DayField(
        label=_("Look at it again on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as in 2026-12-01.")},
    )  # fmt: skip

    def __init__(self, *args: Any, resource: Resource | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"review_on": timezone.localdate() + REVIEW_AFTER}
        if resource is not None:
            names = ("link", "topic", "language", "title_en", "title_fr", "summary_en", "summary_fr")
            initial |= {name: getattr(resource, name) for name in names}
        super().__init__(*args, **{"initial": initial, **kwargs})


class LibraryForm(Plain):
    prefix_of_ids = "library"
    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=ResourceTopic.objects.filter(active=True),
        required=False,
        empty_label=_("Every topic"),
    )
    language = forms.ChoiceField(label=_("Language of the page"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Every language")), *Language.choices]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
