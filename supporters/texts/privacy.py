"""What the texts hold about a person: which version they agreed to, and when; and who published it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Line, Record, Section, add_section
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import newest
from psp.choices import Language
from psp.models import User
from supporters.choices import TextKind
from supporters.models import Acknowledgement

MAP = (
    Holding(
        "supporters.programtext", "published_by", "team",
        these("id kind number title_en title_fr sections published_at published_by"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=_("About a member of the team"),
    ),
    Holding(
        "supporters.acknowledgement", "user", "team", these("id user text language at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("agreements",),
    ),
)  # fmt: skip


def agreements(person: User) -> Iterable[Record]:
    for row in Acknowledgement.objects.filter(user=person).select_related("text").order_by("at"):
        yield [
            Line(_("Text"), TextKind(row.text.kind).label), Line(_("Version"), row.text.number),
            Line(_("Agreed"), row.at), Line(_("Language"), Language(row.language).label),
        ]  # fmt: skip


def last_uses(people: Collection[UUID]) -> Iterable[Used]:
    yield from newest(Acknowledgement.objects.filter(user__in=people), "user_id", "at")


def register() -> None:
    declare(*MAP)
    mine = frozenset({"supporters.acknowledgement"})
    add_section(Section("agreements", _("What you agreed to work by"), agreements, mine, order=60))
    add_eraser(
        Eraser("agreements", mine, lambda person: delete_rows(Acknowledgement.objects.filter(user=person)), order=32)
    )
    add_last_use(LastUse("agreements", last_uses))
