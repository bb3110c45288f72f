"""What is missing before somebody leads, in words: for themselves, for whoever supervises them, for coordinators.

Coordinators read what they can act on. That somebody is away, or that something is to be settled with the supervisor,
is as much as they learn ([NH] rules 30 and 32). Nobody reads here who must not meet whom, nor who took part before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from psp.bilingual import reader_language
from psp.calendar_text import long_date
from supporters.models import Course
from supporters.rules import Lacks, Missing

# Never said: known to the check alone, or said elsewhere to those who may know.
HIDDEN = frozenset({Lacks.APART, Lacks.FORMER_COHORT})
AWAY = frozenset({Lacks.PAUSED, Lacks.ON_LEAVE})
WITH_SUPERVISOR = frozenset({Lacks.NOT_READY, Lacks.NO_SUPERVISOR, Lacks.SUPERVISION_OVERDUE})
Sentence = Callable[[Missing], str]


# By code, where nothing but the code is kept.
NAMES = {
    Lacks.AGREEMENT: gettext_lazy("The role agreement as it is now"),
    Lacks.NOT_READY: gettext_lazy("The conversation about being ready to lead"),
    Lacks.NOT_TRAINED: gettext_lazy("A training that leading needs"),
    Lacks.TRAINING_EXPIRED: gettext_lazy("A training that was to be renewed"),
    Lacks.NO_SUPERVISOR: gettext_lazy("A supervisor"),
    Lacks.SUPERVISION_OVERDUE: gettext_lazy("A supervision meeting"),
    Lacks.PAUSED: gettext_lazy("You had paused the role"),
    Lacks.ON_LEAVE: gettext_lazy("You were on leave"),
    Lacks.GROUPS: gettext_lazy("Room: you led as many groups as you may, or more"),
    Lacks.SESSIONS: gettext_lazy("Room: there were many sessions in one week already"),
    Lacks.HOURS: gettext_lazy("Room: there were many hours in one week already"),
}


def day(one: date) -> str:
    return long_date(one, reader_language(), article=False)


def course_names(missing: Iterable[Missing]) -> dict[str, str]:
    """Code → name of every course among them, in the reader's language. One question for all, none where none is."""
    codes = {one.what for one in missing if one.what}
    return {row.pk: row.name for row in Course.objects.filter(pk__in=codes)} if codes else {}


def named(missing: Iterable[Missing], names: Mapping[str, str] | None) -> list[Missing]:
    """The same with the names of courses in place of their codes. `names`: for a list, asked for once."""
    rows = list(missing)
    known = course_names(rows) if names is None else names
    return [replace(one, what=known.get(one.what, one.what)) for one in rows]


# To the person themselves ------------------------------------------------------------------------------------


def for_themselves(missing: Iterable[Missing]) -> list[str]:
    """What they can do about each; nothing about anybody else."""
    return [OWN[one.lacks](one) for one in named(missing, None) if one.lacks not in HIDDEN]


def _own_agreement(one: Missing) -> str:
    if one.number is None:
        return _("The role agreement is not published yet. Please speak with the team.")
    return _("Read the role agreement (version %(number)d) and say that you work by it.") % {"number": one.number}


def _own_not_ready(one: Missing) -> str:
    if one.on is None:
        return _("The conversation about being ready to lead is still to come. Speak with your supervisor.")
    return _("You and your supervisor look again on %(day)s whether it is time to lead.") % {"day": day(one.on)}


def _own_overdue(one: Missing) -> str:
    number = one.number or 0
    return ngettext(
        "Your supervision meeting is late by %(number)d day. Choose a time with your supervisor.",
        "Your supervision meeting is late by %(number)d days. Choose a time with your supervisor.", number,
    ) % {"number": number}  # fmt: skip


def _own_trained(one: Missing) -> str:
    return _("You have not completed this training yet: %(course)s.") % {"course": one.what}


def _own_expired(one: Missing) -> str:
    values = {"course": one.what, "day": day(one.on) if one.on else ""}
    return _("This training counted until %(day)s and is to be renewed: %(course)s.") % values


def _own_leave(one: Missing) -> str:
    return _("You are on leave until %(day)s.") % {"day": day(one.on) if one.on else ""}


def _own_groups(one: Missing) -> str:
    return _groups(one, _("With this group you would lead %(now)d at once; at most, it is %(limit)d."))


def _own_sessions(one: Missing) -> str:
    return _groups(one, _("In one week you would lead %(now)d sessions; at most, it is %(limit)d."))


def _own_hours(one: Missing) -> str:
    return _groups(one, _("In one week you would work %(now)d hours; at most, it is %(limit)d."))


def _groups(one: Missing, text: str) -> str:
    return text % {"now": one.number or 0, "limit": one.limit or 0}


OWN: dict[Lacks, Sentence] = {
    Lacks.AGREEMENT: _own_agreement,
    Lacks.NOT_READY: _own_not_ready,
    Lacks.NOT_TRAINED: _own_trained,
    Lacks.TRAINING_EXPIRED: _own_expired,
    Lacks.NO_SUPERVISOR: lambda _one: _("Nobody supervises you yet. Please speak with the team."),
    Lacks.SUPERVISION_OVERDUE: _own_overdue,
    Lacks.PAUSED: lambda _one: _("You have paused. Say that you are back before you lead."),
    Lacks.ON_LEAVE: _own_leave,
    Lacks.GROUPS: _own_groups,
    Lacks.SESSIONS: _own_sessions,
    Lacks.HOURS: _own_hours,
}


def as_they_lead(one: Missing) -> str:
    """The same to themselves, where no further group is thought of."""
    return AS_THEY_LEAD.get(one.lacks, OWN[one.lacks])(one)


AS_THEY_LEAD: dict[Lacks, Sentence] = {
    Lacks.GROUPS: lambda one: _groups(one, _("You lead %(now)d groups at once; at most, it is %(limit)d.")),
    Lacks.SESSIONS: lambda one: _groups(one, _("You lead %(now)d sessions in one week; at most, it is %(limit)d.")),
    Lacks.HOURS: lambda one: _groups(one, _("You work %(now)d hours in one week; at most, it is %(limit)d.")),
}


# To whoever supervises them ----------------------------------------------------------------------------------


def for_supervisor(missing: Iterable[Missing], names: Mapping[str, str] | None = None) -> list[str]:
    """Each sentence once: whether somebody is away for leave or for a pause is told by nobody but them."""
    return list(dict.fromkeys(TOLD[one.lacks](one) for one in named(missing, names) if one.lacks not in HIDDEN))


def _agreement(one: Missing) -> str:
    if one.number is None:
        return _("No role agreement is published yet.")
    return _("Version %(number)d of the role agreement is not acknowledged.") % {"number": one.number}


def _not_ready(one: Missing) -> str:
    if one.on is None:
        return _("The conversation about being ready to lead is still to come.")
    return _("Not now: to be looked at again on %(day)s.") % {"day": day(one.on)}


def _trained(one: Missing) -> str:
    return _("Training not completed: %(course)s.") % {"course": one.what}


def _expired(one: Missing) -> str:
    values = {"course": one.what, "day": day(one.on) if one.on else ""}
    return _("Training expired on %(day)s: %(course)s.") % values


def _overdue(one: Missing) -> str:
    number = one.number or 0
    return ngettext(
        "Supervision is overdue by %(number)d day.", "Supervision is overdue by %(number)d days.", number
    ) % {"number": number}  # fmt: skip


def _away(_one: Missing) -> str:
    return _("This person is not available now.")


TOLD: dict[Lacks, Sentence] = {
    Lacks.AGREEMENT: _agreement,
    Lacks.NOT_READY: _not_ready,
    Lacks.NOT_TRAINED: _trained,
    Lacks.TRAINING_EXPIRED: _expired,
    Lacks.NO_SUPERVISOR: lambda _one: _("No supervisor yet."),
    Lacks.SUPERVISION_OVERDUE: _overdue,
    Lacks.PAUSED: _away,
    Lacks.ON_LEAVE: _away,
    Lacks.GROUPS: lambda one: _groups(one, _("Leads %(now)d groups at once; the limit is %(limit)d.")),
    Lacks.SESSIONS: lambda one: _groups(one, _("Leads %(now)d sessions in one week; the limit is %(limit)d.")),
    Lacks.HOURS: lambda one: _groups(one, _("Works %(now)d hours in one week; the limit is %(limit)d.")),
}


# To coordinators ---------------------------------------------------------------------------------------------


def for_coordinator(missing: Iterable[Missing], names: Mapping[str, str] | None = None) -> list[str]:
    """Each sentence once: several things behind one sentence are not told apart."""
    said = [_to_coordinator(one) for one in named(missing, names) if one.lacks not in HIDDEN]
    return list(dict.fromkeys(said))


def _to_coordinator(one: Missing) -> str:
    if one.lacks in AWAY:
        return _away(one)
    if one.lacks in WITH_SUPERVISOR:
        return _("Something is to be settled with their supervisor first, who sees to it.")
    return WITH_GROUP.get(one.lacks, TOLD[one.lacks])(one)


# Beside the group that they would lead as well.
WITH_GROUP: dict[Lacks, Sentence] = {
    Lacks.GROUPS: lambda one: _groups(
        one, _("With one more group they would lead %(now)d at once; the limit is %(limit)d.")
    ),
    Lacks.SESSIONS: lambda one: _groups(
        one, _("With one more group they would lead %(now)d sessions in one week; the limit is %(limit)d.")
    ),
    Lacks.HOURS: lambda one: _groups(
        one, _("With one more group they would work %(now)d hours in one week; the limit is %(limit)d.")
    ),
}
