"""That somebody was to lead and something was missing: what was held, in the person's own copy and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Line, Record, Section, add_section
from privacy.people import roles_of
from psp.models import User
from supporters.choices import ConcernState
from supporters.may_lead.words import NAMES
from supporters.models import LeadConcern

MINE = frozenset({"supporters.leadconcern"})
MAP = (
    Holding(
        "supporters.leadconcern", "user", "team",
        these("id user lacks first_day state found_at taken_by taken_at settled_at"),
        Use.TEAM, Basis.PROGRAM, "over", Erased.DELETED, exported=("before_leading",), also=("taken_by",),
    ),
)  # fmt: skip


def concerns(person: User) -> Iterable[Record]:
    rows = list(LeadConcern.objects.filter(user=person).order_by("found_at"))
    roles = roles_of({row.taken_by_id for row in rows if row.taken_by_id})
    for row in rows:
        yield [
            Line(_("Noted"), row.found_at), Line(_("Day on which you were to lead"), row.first_day),
            *(Line(_("Missing"), NAMES[code]) for code in row.lacks),
            Line(_("State"), ConcernState(row.state).label), Line(_("Who supported you"), roles.get(row.taken_by_id)),
            Line(_("Settled"), row.settled_at),
        ]  # fmt: skip


def erase(person: User) -> Counter[str]:
    """Also what they took upon themselves for others: whoever is left takes it up anew."""
    taken = LeadConcern.objects.filter(taken_by=person).exclude(user=person)
    taken.filter(settled_at__isnull=True).update(state=ConcernState.OPEN, taken_by=None, taken_at=None)
    taken.update(taken_by=None, taken_at=None)
    return delete_rows(LeadConcern.objects.filter(user=person))


def register() -> None:
    declare(*MAP)
    add_section(Section("before_leading", _("What was missing before you led"), concerns, MINE, order=61))
    add_eraser(Eraser("before_leading", MINE, erase, order=32))
