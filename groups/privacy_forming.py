"""What is held while groups are being thought of, and about those who lead.

A draft is a piece of work of the team. A person's copy says that they were part of it, and what was written about
them: whether they were in one of its groups, and why not. Never who else was.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from groups.choices import FormingState, GroupKind
from groups.models import FormingPlace
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.holdings import Line, Record, Section, add_section
from psp.models import User

ABOUT_TEAM = _("About a member of the team")
MAP = (
    Holding(
        "groups.formingplace", "participant__user", "groups",
        these("id forming participant group excluded pinned waiting_since reason lack"),
        Use.PLACE, Basis.PROGRAM, "forming", Erased.DELETED, exported=("forming",),
    ),
    Holding(
        "groups.forming", "created_by", "team",
        these("id kind program_regions languages modalities starts_after time_zone times min_size max_size facilitators"
              " session_count minutes weeks_apart state revision created_by created_at changed_at"),
        Use.GROUPS, Basis.PROGRAM, "forming", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "groups.formingrun", "asked_by", "team",
        these("id forming asked_by asked_at state change aim reached bound begun_at beat_at ended_at stop_asked"
              " result"),
        Use.GROUPS, Basis.PROGRAM, "forming", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "groups.forminggroup", "forming__created_by", "team",
        these("id forming number starts_at language modality region composition pinned made"),
        Use.GROUPS, Basis.PROGRAM, "forming", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "groups.forminglead", "user", "team", these("id group user role"),
        Use.GROUPS, Basis.PROGRAM, "forming", Erased.DELETED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "groups.leadprofile", "user", "team",
        these("user program_region region languages modalities availability max_groups paused changed_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip

# What the board says about somebody, said to them. Codes as in `groups.forming_words.REASONS`.
WHY = {
    "no_language": _("Too few people who waited speak one of your languages."),
    "no_common_slot": _("Too few others were free at the times when you are."),
    "too_few": _(
        "Too few others wished for the same way to meet and the same company as you, at a time when you are free."
    ),
    "no_facilitator": _("There were enough people, but nobody was free to lead a group."),
    "capacity": _("No group that suited you had a place for you at that time."),
}


def thought_of(person: User) -> Iterable[Record]:
    rows = FormingPlace.objects.filter(participant__user=person).select_related("forming").order_by("pk")
    for row in rows:
        yield [
            Line(_("Kind"), GroupKind(row.forming.kind).label), Line(_("Begun"), row.forming.created_at),
            Line(_("State of this work"), FormingState(row.forming.state).label),
            Line(_("Waiting since"), row.waiting_since),
            Line(_("In one of the groups"), _("yes") if row.group_id else _("no")),
            Line(_("Why in none"), WHY.get(row.reason, "")),
        ]  # fmt: skip


def register() -> None:
    declare(*MAP)
    add_section(
        Section("forming", _("Groups that were being formed"), thought_of, frozenset({"groups.formingplace"}), order=52)
    )
