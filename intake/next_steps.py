"""Where an application stands, as the first line of the person's pages. Pure: facts in, a step out.

A new state of applications needs a line in STEPS; a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from psp.steps import Rank, Step


@dataclass(frozen=True, slots=True)
class Where:
    """`state`: of the last application, "" where there is none. `meeting`: when the set meeting is, in words that
    fit after a verb; `by_phone`: how it is held; `held`: whether its coordinator is still there."""

    state: str = ""
    meeting: str = ""
    by_phone: bool = False
    held: bool = True


def step_of(where: Where) -> Step:
    """What happens next with this application, and whether the person has to do anything."""
    if where.meeting:
        return _meeting(where)
    return STEPS[where.state]()


def _meeting(where: Where) -> Step:
    if not where.held:
        return Step(
            _("You meet a coordinator %(when)s. Somebody else of the team takes this meeting over.")
            % {"when": where.meeting},
            _("You do not have to do anything. Should the time have to change, we ask you to choose another."),
            Rank.DATED,
        )
    sentence = (
        _("You speak with a coordinator by phone %(when)s.")
        if where.by_phone
        else _("You meet a coordinator by video %(when)s.")
    )
    return Step(
        sentence % {"when": where.meeting},
        _("You do not have to do anything until then. If the time does not suit you, say so below."),
        Rank.DATED,
    )


def _nothing_to_do() -> str:
    return _("You do not have to do anything now.")


def _none() -> Step:
    return Step(_("Nothing is open at the moment."), _("You can apply when it suits you."), Rank.ENDED)


def _submitted() -> Step:
    return Step(
        _("A coordinator for your region has your application and will offer you a time to meet."), _nothing_to_do()
    )


def _meeting_being_set() -> Step:
    return Step(_("Your meeting is being set."), _nothing_to_do())


def _accepted() -> Step:
    return Step(_("You are accepted. We will tell you when a place is ready for you."), _nothing_to_do())


def _deferred() -> Step:
    return Step(_("We look at your application again on a day that is set. You can read it below."), _nothing_to_do())


def _referred() -> Step:
    return Step(
        _("There is a decision about your application. You can read below who can help."), _nothing_to_do(), Rank.ENDED
    )


def _declined() -> Step:
    return Step(
        _("There is a decision about your application. You can read it and its reasons below."), _nothing_to_do(),
        Rank.ENDED,
    )  # fmt: skip


def _withdrawn() -> Step:
    return Step(
        _("You took back your application, and nothing more happens with it."),
        _("You do not have to do anything. You can apply again whenever you like."),
        Rank.ENDED,
    )


STEPS: dict[str, Callable[[], Step]] = {
    "": _none, "submitted": _submitted, "meeting_set": _meeting_being_set, "accepted": _accepted,
    "deferred": _deferred, "referred": _referred, "declined": _declined, "withdrawn": _withdrawn,
}  # fmt: skip
