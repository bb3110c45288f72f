"""What this app holds about a person: the groups they are or were in. Nobody else in them is told."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind, GroupState, MembershipState
from groups.models import Membership
from privacy.holdings import Both, Line, Record, Section, add_section
from psp.models import User


def places(person: User) -> Iterable[Record]:
    rows = Membership.objects.filter(participant__user=person).select_related("group").order_by("joined_at")
    for row in rows:
        yield [
            Line(_("Group"), Both(row.group.name_en, row.group.name_fr)),
            Line(_("Kind"), GroupKind(row.group.kind).label),
            Line(_("State of the group"), GroupState(row.group.state).label),
            Line(_("Your place"), MembershipState(row.state).label), Line(_("Since"), row.joined_at),
            Line(_("Left"), row.left_at),
        ]  # fmt: skip


def register() -> None:
    add_section(Section("groups", _("Your groups"), places, frozenset({"groups.membership"}), order=50))
