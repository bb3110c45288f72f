"""Made-up data for the page that shows every component once (`/demo/components/`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS

ICONS = (
    "home", "calendar", "people", "person", "document", "clock", "check", "alert", "info", "phone", "chat", "mail",
    "search", "chart", "lock", "leave", "back", "next", "close", "plus", "pen", "bell", "key", "list", "heart", "flag",
    "print", "download", "undo",
)  # fmt: skip
STATES = ("neutral", "active", "success", "warning", "danger", "needs-you")


class SampleForm(forms.Form):
    """One question of each sort; bound without answers, so that every error shows."""

    why: ClassVar[Mapping[str, str | Promise]] = {"name": _("So that we greet you the way you want.")}
    name = forms.CharField(
        label=_("What name should we call you?"), help_text=_("It does not have to be your legal name.")
    )
    region = forms.ChoiceField(label=_("Where do you live?"), choices=[("", _("Choose")), ("qc", _("Quebec"))])
    wish = forms.ChoiceField(
        label=_("What would you like to join?"), widget=forms.RadioSelect,
        choices=[("formal", _("A formal group")), ("informal", _("An informal group"))],
    )  # fmt: skip
    note = forms.CharField(label=_("Anything that helps you take part?"), widget=forms.Textarea(attrs={"rows": 3}),
                           required=False)  # fmt: skip
    read = forms.BooleanField(label=_("I have read the privacy notice."))


def gallery() -> dict[str, Any]:
    """Everything that `psp/components.html` shows, under the names of its includes."""
    return {
        "icons": ICONS, "form": SampleForm({}), "page": page(), "undo_text": _("Robin was moved to the waiting list."),
        **words(), **lists(), "table": table(), "week": week(),
    }  # fmt: skip


def week() -> dict[str, Any]:
    """A weekly grid with Wednesday evening chosen."""
    blocks = ((_("Morning"), "9–12"), (_("Midday"), "12–2"), (_("Afternoon"), "2–6"), (_("Evening"), "6–9"))
    days = [
        {"name": name, "short": name[:3],
         "cells": [{"id": f"week-{day}-{at}", "value": f"{day}-{at}", "checked": (day, at) == (2, 3), "word": word,
                    "hours": hours} for at, (word, hours) in enumerate(blocks)]}
        for day, name in enumerate(name.capitalize() for name in WEEKDAYS[reader_language()])
    ]  # fmt: skip
    quick = [{"label": _("Weekday evenings"), "cells": " ".join(f"{day}-3" for day in range(5))},
             {"label": _("Clear all"), "cells": ""}]  # fmt: skip
    return {"name": "week", "days": days, "quick": quick}


def words() -> dict[str, Any]:
    labels = (_("New"), _("Under way"), _("Accepted"), _("Soon due"), _("Overdue"), _("Needs you now"))
    return {
        "tags": [{"kind": kind, "label": label} for kind, label in zip(STATES, labels, strict=True)],
        "callouts": [
            {"kind": kind, "title": _("Choose a time to meet"), "text": _("Three times are open. It takes one minute.")}
            for kind in ("info", "success", "warning", "danger", "needs-you")
        ],
        "empty": {"title": _("No applications are waiting"), "text": _("New ones appear here by themselves."),
                  "action_label": _("See the ones already decided")},
        "progress": {"label": _("Preparing the report"), "detail": _("35 of 100 sessions counted")},
        "confirm": {"title": _("Destroy this record?"), "action_label": _("Destroy the record"),
                    "consequences": [_("It can never be brought back."),
                                     _("Figures already published stay as they are.")]},
    }  # fmt: skip


def lists() -> dict[str, Any]:
    return {
        "steps": [{"label": _("Who it is for"), "state": "done"}, {"label": _("About you"), "state": "current"},
                  {"label": _("Check your answers"), "state": "todo"}],
        "answers": [{"label": _("Where do you live?"), "value": _("Quebec"), "change_url": "#"},
                    {"label": _("What would you like to join?"), "value": _("A formal group"), "change_url": "#"}],
        "tasks": [
            {"label": _("Read a new application"), "url": "#", "due_text": _("in 3 days"), "due_exact": "2026-12-11"},
            {"label": _("Confirm a meeting"), "url": "#", "due_text": _("today"), "due_exact": "2026-12-08",
             "tag_kind": "needs-you", "tag_label": _("Needs you now")},
        ],
        "people": [
            {"name": "Robin", "reference": "A-1042", "url": "#", "due": _("Meeting tomorrow"), "tag_kind": "active",
             "tag_label": _("Under way")},
            {"name": "Camille", "reference": "A-1043", "url": "#", "due": "", "tag_kind": "", "tag_label": ""},
        ],
        "events": [
            {"when": _("1 December 2026"), "when_iso": "2026-12-01", "what": _("Application received"), "who": ""},
            {"when": _("8 December 2026"), "when_iso": "2026-12-08", "what": _("Intake meeting"), "current": True},
            {"when": _("January 2027"), "when_iso": "2027-01", "what": _("First session of the group")},
        ],
        "chips": [{"label": _("Quebec"), "remove_url": "#"}, {"label": _("In French"), "remove_url": "#"}],
    }  # fmt: skip


def table() -> dict[str, Any]:
    group, people, state = _("Group"), _("People"), _("State")
    rows = ((_("Tuesday evening"), 8, "active", _("Under way")), (_("Saturday morning"), 5, "neutral", _("New")))
    return {
        "caption": _("Groups of this season"),
        "columns": [{"label": group, "sort_url": "#", "sorted": "ascending"},
                    {"label": people, "numeric": True, "sort_url": "#"}, {"label": state}],
        "rows": [{"cells": [{"text": name, "label": group, "url": "#"},
                            {"text": count, "label": people, "numeric": True},
                            {"text": word, "label": state, "tag_kind": kind}]} for name, count, kind, word in rows],
        "foot": [{"cells": [{"text": _("Together"), "label": group}, {"text": 13, "label": people, "numeric": True},
                            {"text": "", "label": state}]}],
    }  # fmt: skip


def page() -> Page[int]:
    return Paginator(range(75), 25).page(2)
