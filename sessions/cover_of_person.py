"""That somebody could not lead a session, or stood in for somebody: as information about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from psp.models import User
from sessions.choices_cover import CoverState
from sessions.models import Cover

MODELS = frozenset({"peer_sessions.cover"})
MAP = (
    Holding(
        "peer_sessions.cover", "lead", "team",
        these("id session lead state stand_in single decided made_at changed_at"),
        Use.TEAM, Basis.PROGRAM, "cover", Erased.DELETED, exported=("covers",), also=("stand_in",),
    ),
)  # fmt: skip


def covers(person: User) -> Iterable[Record]:
    own = Cover.objects.filter(lead=person) | Cover.objects.filter(stand_in=person)
    for row in own.select_related("session__group").order_by("session__starts_at"):
        yield [
            Line(_("Group"), Both(row.session.group.name_en, row.session.group.name_fr)),
            Line(_("Session"), row.session.starts_at),
            Line(_("Your part"), _part(row, person)),
            Line(_("State"), CoverState(row.state).label),
        ]  # fmt: skip


def _part(row: Cover, person: User) -> Promise:
    if row.stand_in_id == person.pk:
        return _("You stood in")
    return _("A coordinator asked somebody else to lead it") if row.decided else _("You could not lead it")


def erase(person: User) -> Counter[str]:
    """What they stood in for is open again, if it is still to come; what they could not lead is nobody's task."""
    stood_in = Cover.objects.filter(stand_in=person)
    stood_in.filter(session__ends_at__gt=timezone.now()).update(state=CoverState.OPEN, stand_in=None)
    stood_in.update(state=CoverState.NOT_NEEDED, stand_in=None)
    return delete_rows(Cover.objects.filter(lead=person))


def register() -> None:
    declare(*MAP)
    add_section(Section("covers", _("Sessions that somebody led in your place, or you for them"), covers, MODELS, 67))
    add_eraser(Eraser("covers", MODELS, erase, order=9))
