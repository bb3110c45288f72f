"""Whether two files may become one, and for how long that can be undone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNDO_FOR = timedelta(days=30)


class Refusal(StrEnum):
    """Why two files stay apart for now, gravest first."""

    SAME_FILE = "same_file"
    MERGED_ALREADY = "merged_already"
    GOING = "going"
    UNDO_FIRST = "undo_first"
    QUIET_DIFFERS = "quiet_differs"
    CONSENTS_DIFFER = "consents_differ"
    NO_CONSENT = "no_consent"
    MEETING_SET = "meeting_set"


@dataclass(frozen=True, slots=True)
class File:
    """One file as far as merging asks.

    `agreed`, `withdrawn`: purposes with a consent in force, and those whose last consent was withdrawn. `standing`:
    an application that is open or accepted. `open`, `meeting_set`: an open application, and whether its intake
    meeting is set. `going`: two people have approved that it is erased. `took_up_lately`: it took up another file and
    that can still be undone.
    """

    id: str
    merged: bool = False
    going: bool = False
    took_up_lately: bool = False
    agreed: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    quiet: bool = False
    standing: bool = False
    open: bool = False
    meeting_set: bool = False


def refusals(kept: File, merged: File, *, taking_part: str) -> list[Refusal]:
    """Why `merged` may not become part of `kept`; nothing where it may. `taking_part`: that purpose's code.

    No consent is ever carried over: what somebody said no to under one identity must not become a yes by a merge.
    """
    checks = {
        Refusal.SAME_FILE: kept.id == merged.id,
        Refusal.MERGED_ALREADY: kept.merged or merged.merged,
        Refusal.GOING: kept.going or merged.going,
        Refusal.UNDO_FIRST: kept.id != merged.id and merged.took_up_lately,
        Refusal.QUIET_DIFFERS: merged.quiet and not kept.quiet,
        Refusal.CONSENTS_DIFFER: bool(kept.agreed & merged.withdrawn),
        Refusal.NO_CONSENT: merged.standing and taking_part not in kept.agreed,
        # Only one application can be open: the one of the merged file rests, and a set meeting must not be forgotten.
        Refusal.MEETING_SET: kept.open and merged.meeting_set,
    }
    return [refusal for refusal, holds in checks.items() if holds]


def can_be_undone(made_at: datetime, now: datetime) -> bool:
    return now < made_at + UNDO_FOR
