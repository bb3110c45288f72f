"""Searches as the board tells of them: how far one is, what the last one found, and what was tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.arrangement import Arrangement
from groups.board import Board
from groups.board_words import time_of_week
from groups.choices import RunState
from groups.models import FormingRun
from groups.services_runs import GOING
from psp.bilingual import reader_language

# What was tried is told of so many times, the last first.
TRIED = 5


@dataclass(frozen=True, slots=True)
class Going:
    """A search under way. `reached` and `bound` are people; 0 where nothing can be said yet."""

    active: bool
    doing: str
    detail: str
    reached: int
    bound: int


def progress_of(run: FormingRun | None) -> Going | None:
    if run is None:
        return None
    aims = {
        "placed": _("Looking for a place for as many as possible"),
        "waiting_days": _("Putting those first who have waited longest"),
        "sizes": _("Making the groups alike in size"),
    }
    people = run.aim == "placed" and run.bound > 0
    numbers = {"reached": run.reached, "bound": run.bound}
    found = _("%(reached)d people have a group so far; nobody can place more than %(bound)d.") % numbers
    detail = found if people else _("The groups below stay until it is over.")
    doing = aims.get(run.aim, _("The search begins"))
    if run.stop_asked:
        doing = _("The search stops")
    return Going(True, doing, detail, run.reached if people else 0, run.bound if people else 0)


def headline(board: Board, last: FormingRun | None) -> str:
    if not board.columns:
        return (
            _("No groups yet")
            if last is None or last.state in GOING
            else _("No group is possible with these rules and times")
        )
    groups = ngettext("%(n)d group", "%(n)d groups", len(board.columns)) % {"n": len(board.columns)}
    people = ngettext("%(n)d person", "%(n)d people", board.placed) % {"n": board.placed}
    return _("%(groups)s for %(people)s") % {"groups": groups, "people": people}


def last_words(board: Board, last: FormingRun | None, found: Arrangement) -> list[str]:
    """How good the groups are, how the last search ended, and who is not there any more."""
    lines = _of_run(board, last) if last is not None else []
    gone = [card.name for column in board.columns for card in column.people if card.place.participant_id in found.gone]
    if gone:
        words = ngettext(
            "%(names)s is not free for these groups any more. Nothing is lost: move the others, or search again.",
            "%(names)s are not free for these groups any more. Nothing is lost: move the others, or search again.",
            len(gone),
        )  # fmt: skip
        lines.append(words % {"names": ", ".join(gone)})
    return lines


def _of_run(board: Board, last: FormingRun) -> list[str]:
    result = last.result
    if last.state == RunState.STOPPED and result.get("changed_meanwhile"):
        return [_("The groups were changed by hand during the search, so its answer was not taken. Search again.")]
    ends = {
        RunState.STOPPED: _("The search was stopped. The groups are as they were."),
        RunState.LOST: _("The search broke off. Nothing was changed; you can search again."),
        RunState.FAILED: _("The search could not be carried out. Nothing was changed."),
    }
    if last.state in ends:
        return [ends[RunState(last.state)]]
    if last.state != RunState.DONE or result.get("placed") != board.placed:
        return []
    return [_how_good(result)]


def _how_good(result: dict[str, Any]) -> str:
    if not result["placed"]:
        return _("This is proven. Look below at what is missing, or try another rule.")
    if result["placed"] >= result["bound"]:
        return _("Proven: with these rules and times nobody can place more people.")
    more = result["bound"] - result["placed"]
    words = ngettext(
        "At most %(n)d person more could have a group; the search had no time to find out.",
        "At most %(n)d people more could have a group; the search had no time to find out.", more,
    )  # fmt: skip
    return words % {"n": more}


def tried_of(runs: Iterable[FormingRun], placed: int) -> list[dict[str, Any]]:
    """What was tried, beside what the board shows now."""
    done = [run for run in runs if run.change and run.state == RunState.DONE][:TRIED]
    return [
        {"words": change_words(run.change), "placed": run.result["placed"], "groups": run.result["groups"],
         "compared": _compared(run.result["placed"] - placed)}
        for run in done
    ]  # fmt: skip


def _compared(more: int) -> str:
    if more == 0:
        return _("no difference")
    words = (
        ngettext("%(n)d person more", "%(n)d people more", more)
        if more > 0
        else ngettext("%(n)d person fewer", "%(n)d people fewer", -more)
    )
    return words % {"n": abs(more)}


def change_words(change: dict[str, Any]) -> str:
    """As in "smallest size 3; also Thursday, 6:00 p.m."."""
    parts = []
    if "min_size" in change:
        parts.append(_("smallest size %(n)d") % {"n": change["min_size"]})
    code = reader_language()
    parts += [_("also %(time)s") % {"time": time_of_week(minute, code)} for minute in change.get("times", [])]
    if leaders := change.get("leaders"):
        words = ngettext("%(n)d facilitator more", "%(n)d facilitators more", leaders)
        parts.append(words % {"n": leaders})
    return "; ".join(parts)
