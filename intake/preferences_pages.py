"""Preferences in words: for the person's own pages and for the coordinator's file. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from intake.choices import Composition, Modality, Service
from intake.models import Application, Participant, Preferences
from intake.services_preferences import preferences_of
from intake.week import in_words
from psp.bilingual import capital, reader_language
from psp.calendar_text import zone_name
from psp.choices import Language
from psp.models import User


def rows(wishes: Preferences, participant: Participant, application: Application | None) -> list[dict[str, Any]]:
    """Label and value of every wish, for `components/summary_list.html`."""
    services = application.services if application else []
    return [
        {"label": _("Services wished"), "value": said(Service.choices, services)},
        {"label": _("Ways to meet"), "value": said(Modality.choices, participant.modalities)},
        {"label": _("Languages in a group"), "value": said(Language.choices, wishes.languages)},
        {"label": _("Kinds of group"), "value": said(Composition.choices, wishes.compositions)},
        {"label": times_label(participant.user), "value": times(wishes)},
        {"label": _("What makes taking part easier"), "value": wishes.accessibility or not_said()},
    ]


def not_said() -> str:
    return _("Not said yet")


def said(choices: Iterable[tuple[str, Any]], codes: Iterable[str]) -> str:
    chosen = set(codes)
    return "\n".join(str(label) for code, label in choices if code in chosen) or not_said()


def times_label(user: User) -> str:
    """The person's own clock is named, because a coordinator may live by another."""
    return _("Good times (%(zone)s)") % {"zone": zone_name(user.time_zone, reader_language())}


def times(wishes: Preferences) -> str:
    return "\n".join(capital(line) for line in in_words(wishes.availability, reader_language())) or not_said()


def part_of_file(participant: Participant, reader: User) -> dict[str, Any]:
    """For `intake.file_parts`: the file was opened and noted already."""
    application = participant.applications.order_by("-submitted_at").first()
    return {"rows": rows(preferences_of(participant), participant, application)}
