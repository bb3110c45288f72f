"""How somebody was and that they paused, as information about them: their copy, and how it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from psp.models import User
from supporters.models import CheckIn, CheckInQuestion, CheckInShare, CheckInWish, Pause
from supporters.wellbeing.words import ANSWERS, COLOURS

CHECK_INS = frozenset({"supporters.checkin", "supporters.checkinshare", "supporters.checkinwish"})
PAUSES = frozenset({"supporters.pause"})
ABOUT_TEAM = _("About a member of the team")
TOPIC = Topic(
    "wellbeing", _("How those who lead groups are"),
    _("What they say about how they are, if they want to: a colour, a word, a few answers, locked. Whether their role"
      " is paused, and nothing about why."),
    _("They themselves, and the supervisor to whom they show one answer, until they take it back. That somebody cannot"
      " lead is known to those who plan with them; that it is a pause is not."),
    order=92, team=True,
)  # fmt: skip
MAP = (
    Holding(
        "supporters.checkin", "user", "wellbeing", these("id user day kept"),
        Use.TEAM, Basis.CONSENT, "wellbeing", Erased.DELETED, exported=("check_ins",),
    ),
    Holding(
        "supporters.checkinshare", "check_in__user", "wellbeing", these("id check_in supervisor"),
        Use.TEAM, Basis.CONSENT, "wellbeing", Erased.DELETED, exported=("check_ins",), also=("supervisor",),
    ),
    Holding(
        "supporters.checkinwish", "user", "wellbeing", these("user asked away_until counted"),
        Use.TEAM, Basis.CONSENT, "team", Erased.DELETED, exported=("check_in_wishes",),
    ),
    Holding(
        "supporters.pause", "user", "wellbeing", these("id user since back_on ended_at"),
        Use.TEAM, Basis.PROGRAM, "pause", Erased.DELETED, exported=("pauses",),
    ),
    Holding(
        "supporters.historicalcheckinquestion", "history_user", "team",
        (*these("code text_en text_fr order active"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "supporters.historicalcareoffer", "history_user", "team",
        (*these("code name_en name_fr about_en about_fr phone link program_region order active"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip


def check_ins(person: User) -> Iterable[Record]:
    questions = {one.code: Both(one.text_en, one.text_fr) for one in CheckInQuestion.objects.all()}
    rows = CheckIn.objects.filter(user=person).prefetch_related("shares__supervisor").order_by("day")
    for row in rows:
        yield [*_said(row, questions), Line(_("Shared with"), [one.supervisor.name for one in row.shares.all()])]


def _said(row: CheckIn, questions: dict[str, Both]) -> list[Line]:
    said = row.said
    answered = [Line(questions[code], ANSWERS[one]) for code, one in said.answers.items() if code in questions]
    return [
        Line(_("Day"), row.day), Line(_("How it was"), COLOURS[said.colour] if said.colour else None),
        Line(_("Your word"), said.word), *answered,
    ]  # fmt: skip


def wishes(person: User) -> Iterable[Record]:
    for row in CheckInWish.objects.filter(user=person):
        yield [
            Line(_("The first page asks how you are"), row.asked), Line(_("Put away until"), row.away_until),
            Line(_("Your colour may be counted"), row.counted),
        ]  # fmt: skip


def pauses(person: User) -> Iterable[Record]:
    for row in Pause.objects.filter(user=person).order_by("since"):
        yield [
            Line(pgettext_lazy("pause", "From"), row.since), Line(_("You think of coming back on"), row.back_on),
            Line(pgettext_lazy("pause", "Ended"), row.ended_at),
        ]  # fmt: skip


def erase(person: User) -> Counter[str]:
    given: Any = CheckInShare.objects.filter(check_in__user=person) | CheckInShare.objects.filter(supervisor=person)
    return (
        delete_rows(given)
        + delete_rows(CheckIn.objects.filter(user=person))
        + delete_rows(CheckInWish.objects.filter(user=person))
        + delete_rows(Pause.objects.filter(user=person))
    )


def register() -> None:
    add_topic(TOPIC)
    declare(*MAP)
    add_section(Section("check_ins", _("How you were"), check_ins, CHECK_INS - {"supporters.checkinwish"}, order=64))
    add_section(
        Section("check_in_wishes", _("Whether we ask how you are"), wishes, frozenset({"supporters.checkinwish"}), 65)
    )
    add_section(Section("pauses", _("Your pauses"), pauses, PAUSES, order=66))
    add_eraser(Eraser("wellbeing", CHECK_INS | PAUSES, erase, order=28))
