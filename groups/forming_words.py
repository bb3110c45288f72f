"""Sentences for the board: why somebody fits no group, what would make one, what a group lacks.

Each says something that a coordinator can act on. None tells that two people must not meet ([NH] rule 24): what is
said then is said in other cases too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from groups.forming_checks import Fault, Misfit
from groups.models import Forming, FormingPlace
from groups.pool import series_of
from intake.choices import Composition, Modality
from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS, time_of_day
from psp.choices import Language

MISFITS: dict[Misfit, Promise] = {
    Misfit.GONE: _(
        "This person is not free for a group here any more: they were invited to another one, or are not waiting now."
    ),
    Misfit.NOT_LEADING: _(
        "This person cannot lead a group here now: no times are noted, they lead as many groups as they may, or "
        "something is still to be settled before."
    ),
    Misfit.LANGUAGE: _("The group is held in a language that this person did not choose."),
    Misfit.MODALITY: _("The group meets in a way that this person did not choose."),
    Misfit.REGION: _("The group meets in person in another province or territory."),
    Misfit.COMPOSITION: _("This is not the company that this person wished."),
    Misfit.NO_TIMES: _("Nobody knows yet when this person is free. Ask them, and note their times."),
    Misfit.TIME: _("This person is not free at that time on every date of the group."),
    Misfit.ELSEWHERE: _(
        "This group cannot be this person’s, for a reason such as something else in the program at that time. "
        "Choose another group."
    ),
    Misfit.FULL: _("The group is full. Move somebody out of it first."),
    Misfit.LEADS_ENOUGH: _("This person leads as many groups as they wish, or another one at that time."),
}
REASONS: dict[str, Promise] = {
    "no_language": _("Too few people here speak a language of this person."),
    "no_common_slot": _("In this search, there is no time at which enough others are free together with this person."),
    "too_few": _("Too few people share a way to meet and the wished company with this person at one time."),
    "no_facilitator": _("Enough people are there, but nobody is free to lead them."),
    "capacity": _("No group that suits this person has a place for them as the groups are now."),
}


def misfit_sentence(misfit: Misfit) -> str:
    return str(MISFITS[misfit])


def fault_sentence(fault: Fault, forming: Forming) -> str:
    if fault == Fault.TOO_SMALL:
        return ngettext(
            "At least %(count)d person is needed.", "At least %(count)d people are needed.", forming.min_size
        ) % {"count": forming.min_size}
    if fault == Fault.TOO_LARGE:
        return ngettext("At most %(count)d person fits.", "At most %(count)d people fit.", forming.max_size) % {
            "count": forming.max_size
        }
    return ngettext(
        "%(count)d facilitator is needed.", "%(count)d facilitators are needed.", forming.facilitators
    ) % {"count": forming.facilitators}  # fmt: skip


def why_unplaced(place: FormingPlace, forming: Forming, *, has_times: bool = True) -> list[str]:
    """Why somebody is in no group, and what would make one for them; nothing before the first search."""
    if not place.reason:
        return []
    if not has_times:
        return [misfit_sentence(Misfit.NO_TIMES)]
    sentences = [str(REASONS[place.reason])]
    return [*sentences, lack_sentence(place.lack, forming)] if place.lack else sentences


def lack_sentence(lack: Mapping[str, Any], forming: Forming) -> str:
    """As in "2 more people would make a group: in French, by video, Tuesday at 7:00 p.m."."""
    needed = []
    if lack["people"]:
        text = ngettext("%(count)d more person", "%(count)d more people", lack["people"])
        needed.append(text % {"count": lack["people"]})
    if lack["leaders"]:
        text = ngettext("%(count)d more facilitator", "%(count)d more facilitators", lack["leaders"])
        needed.append(text % {"count": lack["leaders"]})
    values = {"needed": gettext(" and ").join(needed), "group": ", ".join(_traits(lack, forming))}
    return gettext("What would make a group: %(needed)s (%(group)s).") % values


def _traits(lack: Mapping[str, Any], forming: Forming) -> list[str]:
    found = (
        [gettext("in French") if lack["language"] == Language.FR else gettext("in English")] if lack["language"] else []
    )
    if lack["modality"]:
        way = _small(Modality(lack["modality"]).label)
        found.append(f"{way} ({lack['region']})" if lack["region"] else way)
    if lack["slot"]:
        found += [
            when(one.starts()[0], forming)
            for one in series_of(forming, forming.times)
            if list(one.slot()) == list(lack["slot"])
        ]
    if lack["composition"] not in ("", Composition.ANY):
        found.append(_small(Composition(lack["composition"]).label))
    return found


def _small(label: object) -> str:
    text = str(label)
    return text[:1].lower() + text[1:]


def when(moment: datetime, forming: Forming) -> str:
    """The weekly time on the forming's clock: "Tuesday at 7:00 p.m.", « mardi à 19 h »."""
    language = reader_language()
    there = moment.astimezone(ZoneInfo(forming.time_zone))
    day = WEEKDAYS[language][there.weekday()]
    return gettext("%(day)s at %(time)s") % {"day": day, "time": time_of_day(there, language)}
