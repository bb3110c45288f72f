"""What this app holds about a person: the groups they are or were in. Nobody else in them is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind, GroupState, MembershipState
from groups.models import Membership
from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Use, declare, these
from privacy.holdings import Both, Line, Record, Section, add_section, earlier_of_each, past_of
from psp.models import User

IN_DANGER = _("Left out, because it could put someone in danger")
ABOUT_TEAM = _("About a member of the team")
MAP = (
    Holding(
        "groups.membership", "participant__user", "groups",
        these("id group participant state joined_at left_at shared_needs"),
        Use.GROUPS, Basis.PROGRAM, "file", Erased.ANONYMISED, exported=("groups", "groups_before"), history=True,
    ),
    Holding(
        "groups.peergroup", "created_by", "team",
        these("id kind name_en name_fr program_region region language modality state min_size max_size session_count"
              " minutes weeks_apart facilitators composition time_zone starts_on start_time established_at opened_at"
              " asks_who_comes link address created_by created_at revision"),
        Use.GROUPS, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM, history=True,
    ),
    Holding(
        "groups.grouplead", "user", "team", these("id group user role"),
        Use.GROUPS, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM, history=True,
    ),
    Holding(
        "groups.historicalkindsetting", "history_user", "team",
        (*these("kind min_size max_size session_count minutes weeks_apart facilitators answer_days"
               " remind_days"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "groups.conflictcare", "apart__person", "safety", these("id apart group by since"),
        Use.SAFETY, Basis.PROTECT, "apart", Erased.DELETED, not_exported=IN_DANGER, also=("by",),
    ),
)  # fmt: skip


def places(person: User) -> Iterable[Record]:
    rows = Membership.objects.filter(participant__user=person).select_related("group").order_by("joined_at")
    for row in rows:
        yield [
            *_place(row), Line(_("Kind"), GroupKind(row.group.kind).label),
            Line(_("State of the group"), GroupState(row.group.state).label),
        ]  # fmt: skip


def _place(row: Any) -> list[Line]:
    return [
        Line(_("Group"), Both(row.group.name_en, row.group.name_fr)),
        Line(_("Your place"), MembershipState(row.state).label), Line(_("Since"), row.joined_at),
        Line(_("Left"), row.left_at),
    ]  # fmt: skip


def places_before(person: User) -> Iterable[Record]:
    rows = past_of(Membership.objects.filter(participant__user=person)).select_related("group")
    return earlier_of_each(rows, dict.fromkeys(("state", "joined_at", "left_at")), _("From"), _place)


def register() -> None:
    declare(*MAP)
    before = _("Your groups, earlier")
    add_section(Section("groups_before", before, places_before, frozenset(), order=51))
    add_section(Section("groups", _("Your groups"), places, frozenset({"groups.membership"}), order=50))
