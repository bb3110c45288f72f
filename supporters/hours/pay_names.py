"""How pay knows somebody whose information is destroyed: as long as it takes to pay them, and no longer (ADR 15).

A row without a file waits for the next one. In a file the name stays for one pay period after two people agreed to it,
so that the file can be handed over; then it goes, by night.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.letting_go import letting_go
from psp.models import User
from supporters.hours.choices import HoursState
from supporters.models import HoursLine, PayExport, PayExportPerson
from supporters.reference import settings


def waits_for_answer(accounts: list[UUID]) -> str:
    """Why these accounts cannot go now: after that nobody could say whether these hours were worked."""
    if not HoursLine.objects.filter(user__in=accounts, state=HoursState.SUBMITTED).exists():
        return ""
    return _("Hours that this person handed in wait for an answer. A supervisor looks at them first, so that they are"
             " paid.")  # fmt: skip


def keep_for_pay(person: User) -> None:
    """While the account still has its name. Inside `letting_go`; twice is once."""
    if HoursLine.objects.filter(user=person, state=HoursState.APPROVED).exists():
        PayExportPerson.objects.get_or_create(user=person, export=None, defaults={"key": person.username})
    named = PayExportPerson.objects.filter(user=person, export__isnull=False).exclude(key="")
    for row in named.select_related("export"):
        until = known_until(row.export)
        row.key, row.key_until = (row.key, until) if until > timezone.localdate() else ("", None)
        row.save(update_fields=["key", "key_until"])


def known_until(export: PayExport | None) -> date:
    """The day on which the names of those who were erased go from a file that was agreed to, or is so just now."""
    agreed = export.approved_at if export is not None else None
    return timezone.localdate(agreed) + timedelta(days=settings().pay_period_days)


def is_owed(person: User) -> bool:
    """Whether this is nobody's account any more, and hours of it are still to be paid."""
    return bool(PayExportPerson.objects.filter(user=person, export__isnull=True).exists())


def put_in(export: PayExport, lines: Collection[HoursLine]) -> dict[UUID, str]:
    """Keep how each person is called in this file: by the name to sign in, which pay knows. Account → name.

    Of those who are nobody by now the name that was kept; it stays with hours that only a later file will hold.
    """
    people = {line.user_id for line in lines}
    keys = dict(User.objects.filter(pk__in=people).values_list("pk", "username"))
    kept = PayExportPerson.objects.filter(user__in=people, export__isnull=True)
    owed = dict(kept.values_list("user_id", "key"))
    keys |= owed
    PayExportPerson.objects.bulk_create([
        PayExportPerson(export=export, user_id=pk, key=keys[pk], key_until=known_until(export) if pk in owed else None)
        for pk in keys
    ])  # fmt: skip
    others = HoursLine.objects.filter(user__in=owed, state=HoursState.APPROVED).exclude(
        pk__in=[one.pk for one in lines]
    )
    kept.exclude(user__in=others.values("user")).delete()
    return keys


@transaction.atomic
def forget_names(now: datetime) -> int:
    """By night: names of nobody, in files that were handed over a while ago; and what nothing is owed to any more."""
    over = PayExportPerson.objects.filter(key_until__lte=timezone.localdate(now))
    with letting_go():
        count: int = over.update(key="", key_until=None)
    owed = HoursLine.objects.filter(user=OuterRef("user"), state=HoursState.APPROVED)
    return count + PayExportPerson.objects.filter(~Exists(owed), export__isnull=True).delete()[0]
