"""Hours and rates by role, in plain words: what is paid for the same hour."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from psp.choices import Role
from supporters.hours.choices import HoursKind
from supporters.hours.pay_by_role import FEWEST, OTHER, ROLES, RoleHours, hours_by_role, rates_on
from supporters.hours.rules import Period
from supporters.hours.words import length, money, rate_text
from supporters.models import PayRate


def by_role_table(period: Period, today: date) -> dict[str, Any]:
    """For `components/data_table.html`: one row for each kind of work, one column for each role."""
    found = {row.role: row for row in hours_by_role(period)}
    rates = rates_on(today)
    kinds = [*HoursKind, OTHER]
    used = [kind for kind in kinds if any(str(kind) in row.minutes for row in found.values())]
    rows = [_row(_("An hour is paid"), [rate_text(rates.get(role)) for role in ROLES])]
    rows += [_row(_label(kind), [_length(found[role], str(kind)) for role in ROLES]) for kind in used]
    rows.append(_row(_("All hours"), [_whole(found[role]) for role in ROLES]))
    return {
        "columns": [{"label": _("What")}, *({"label": role.label, "numeric": True} for role in ROLES)], "rows": rows,
        "sentences": differences(rates),
    }  # fmt: skip


def _label(kind: Any) -> str:
    return _("Other kinds together") if kind == OTHER else str(HoursKind(kind).label)


def _row(label: str, texts: list[str]) -> dict[str, Any]:
    cells = [{"text": text, "label": role.label, "numeric": True} for role, text in zip(ROLES, texts, strict=True)]
    return {"cells": [{"text": label, "label": _("What")}, *cells]}


def _length(row: RoleHours, kind: str) -> str:
    return length(row.minutes[kind]) if kind in row.minutes else "–"


def _whole(row: RoleHours) -> str:
    if row.people is None:
        return _("fewer than %(number)d people") % {"number": FEWEST}
    return length(sum(row.minutes.values()))


def differences(rates: dict[Role, PayRate]) -> list[str]:
    """Peer supporters beside each other role, in a sentence each."""
    own = rates.get(Role.SUPPORTER)
    if own is None:
        return [_("No rate is set for peer supporters.")]
    return [_difference(own.cents, role, rates.get(role)) for role in (Role.CLINICIAN, Role.COORDINATOR)]


def _difference(own: int, role: Role, other: PayRate | None) -> str:
    words = {"role": str(role.label)}
    if other is None:
        return _("%(role)s: no rate is set, so nothing can be compared.") % words
    if own == other.cents:
        return _("%(role)s: peer supporters are paid the same for an hour.") % words
    words |= {"money": money(own - other.cents)}
    if own < other.cents:
        return _("%(role)s: peer supporters are paid %(money)s less for an hour.") % words
    return _("%(role)s: peer supporters are paid %(money)s more for an hour.") % words
