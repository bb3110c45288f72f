"""What a person wished: for a group, and for a meeting. The part of the copy that `intake.privacy` leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from intake.booking_pages import wish_words
from intake.choices import Composition
from intake.models import Preferences
from intake.models_booking import MeetingWish
from intake.week import in_words
from privacy.holdings import Both, Line, Record, Section, add_section, earlier, earlier_of_each, past_of
from psp.choices import Language
from psp.models import User

ACCESS = _("What makes taking part easier")
TOLD = dict.fromkeys(("languages", "compositions", "availability", "accessibility"))


def preferences(person: User) -> Iterable[Record]:
    for row in Preferences.objects.filter(person_id=person.pk):
        yield [*_wished(row), Line(_("Changed"), row.changed_at)]


def _wished(row: Any) -> list[Line]:
    return [
        Line(_("Languages of the group"), [Language(code).label for code in row.languages]),
        Line(_("Company"), [Composition(code).label for code in row.compositions]),
        Line(_("Times of the week"), _week(row.availability)), Line(ACCESS, row.accessibility),
    ]  # fmt: skip


def _week(availability: list[list[int]]) -> Both | None:
    if not availability:
        return None
    return Both("; ".join(in_words(availability, "en")), "; ".join(in_words(availability, "fr")))


def preferences_before(person: User) -> Iterable[Record]:
    for row in Preferences.objects.filter(person_id=person.pk):
        yield from earlier(row.history.order_by("history_id"), TOLD, _("From"), _wished)


def meeting_wishes(person: User) -> Iterable[Record]:
    for row in MeetingWish.objects.filter(application__participant__user=person):
        yield _wish(row)


def _wish(row: Any) -> list[Line]:
    return [Line(_("When you could meet"), _both(row.parts)), Line(_("Written"), row.at)]


def meeting_wishes_before(person: User) -> Iterable[Record]:
    rows = past_of(MeetingWish.objects.filter(application__participant__user=person))
    return earlier_of_each(rows, {"parts": None}, _("From"), _wish)


def _both(parts: list[str]) -> Both:
    said = {}
    for code in ("en", "fr"):
        with override(code):
            said[code] = "; ".join(wish_words(parts))
    return Both(**said)


def register() -> None:
    wishes_title = _("When you could meet, earlier")
    for section in (
        Section("preferences", _("Your preferences"), preferences, frozenset({"intake.preferences"}), order=35),
        Section("preferences_before", _("Your preferences, earlier"), preferences_before, frozenset(), order=36),
        Section("wishes_before", wishes_title, meeting_wishes_before, frozenset(), order=46),
        Section("wishes", _("When you could meet"), meeting_wishes, frozenset({"intake.meetingwish"}), order=46),
    ):
        add_section(section)
