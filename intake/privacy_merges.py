"""What this app holds about a person: other files of theirs that count or counted with theirs."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models_desk import Merge
from privacy.holdings import Line, Record, Section, add_section
from privacy.people import role_of
from psp.models import User


def merges(person: User) -> Iterable[Record]:
    rows = Merge.objects.filter(Q(kept__user=person) | Q(merged__user=person))
    for row in rows.select_related("kept", "merged", "by").order_by("at"):
        # Two files that were taken apart again may be two people's: the other reference is not told.
        together = row.undone_at is None
        kept, merged = (
            file.reference if together or file.user_id == person.pk else None for file in (row.kept, row.merged)
        )
        yield [
            Line(_("Made one"), row.at), Line(_("File that is kept"), kept),
            Line(_("File that counts with it"), merged), Line(_("By"), role_of(row.by)),
            Line(_("Taken apart again"), row.undone_at),
        ]  # fmt: skip


def register() -> None:
    models = frozenset({"intake.merge"})
    add_section(Section("merges", _("Files of yours that became one"), merges, models, order=16))
