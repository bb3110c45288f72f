"""What this app holds about a person: other files of theirs that count or counted with theirs.

The copy takes in another file once nobody can take the two apart any more. Until then a mistake is possible, and the
name, number and address in it may be those of somebody who lives in the same home.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models_desk import Merge
from intake.rules_merge import UNDO_FOR
from privacy.holdings import Line, Record, Section, add_section
from privacy.identities import Joined, add_joined, identities
from privacy.people import role_of
from psp.models import User


def others(person: User) -> list[User]:
    """Accounts of files that became part of this one's for good, also by way of a file in between."""
    found: list[User] = []
    ids = [person.pk]
    while ids:
        rows = Merge.objects.standing().filter(final_at__isnull=False, kept__user__in=ids)
        more = [row.merged.user for row in rows.select_related("merged__user").order_by("at")]
        found += more
        ids = [user.pk for user in more]
    return found


def main(person: User) -> User:
    rows = Merge.objects.standing().filter(final_at__isnull=False).select_related("kept__user")
    while (row := rows.filter(merged__user=person).first()) is not None:
        person = row.kept.user
    return person


def merges(person: User) -> Iterable[Record]:
    mine = {user.pk for user in identities(person)}
    rows = Merge.objects.filter(Q(kept__user__in=mine) | Q(merged__user__in=mine))
    for row in rows.select_related("kept", "merged", "by").order_by("at"):
        # Two files that were taken apart again may be two people's: the other reference is not told.
        together = row.undone_at is None
        kept, merged = (file.reference if together or file.user_id in mine else None for file in (row.kept, row.merged))
        yield [
            Line(_("Made one"), row.at), Line(_("File that is kept"), kept),
            Line(_("File that counts with it"), merged), Line(_("By"), role_of(row.by)),
            Line(_("Taken apart again"), row.undone_at),
            Line(_("What it holds is in the copy from"), in_copy_from(row)),
        ]  # fmt: skip


def in_copy_from(row: Merge) -> date | None:
    return None if row.undone_at else (row.final_at or row.at + UNDO_FOR).date()


def register() -> None:
    models = frozenset({"intake.merge"})
    title = _("Files of yours that became one")
    add_section(Section("merges", title, merges, models, order=16, together=True))
    add_joined(Joined(others, main))
