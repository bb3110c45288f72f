"""Asked whenever somebody is to lead a group: everything that is missing, in the words that the reader may have.

Who is kept apart from whom, and who took part before, is nobody's to learn here ([NH] rules 24 and 34): whoever may
not know of a pair reads the one sentence that has many reasons.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.utils import timezone

from groups import invited
from groups.choices import RUNNING, LeadRole
from groups.dates import dates_of
from groups.models import GroupLead, LeadProfile, Membership, PeerGroup
from groups.refusals import KNOWN_APART, SENTENCES
from intake.models import KeepApart
from intake.querysets_apart import KeepApartQuerySet
from psp.choices import Kind
from psp.errors import DomainError
from psp.models import User
from supporters.may_lead import leading
from supporters.may_lead.standing import Adding, missing
from supporters.may_lead.words import HIDDEN, for_coordinator, for_themselves
from supporters.rules import LOADS, Lacks, Missing

# The code of a refusal that says what is missing.
MISSING = "may_not_lead"
STAFF = Case(When(role=LeadRole.CLINICIAN, then=Value(True)), default=Value(False), output_field=BooleanField())


class LedGroups:
    """`supporters.may_lead.leading.Source`."""

    def led(self, accounts: leading.Accounts | None) -> QuerySet[Any]:
        rows = GroupLead.objects.filter(group__state__in=RUNNING)
        rows = rows if accounts is None else rows.filter(user__in=accounts)
        return rows.order_by().values_list("user_id", "group_id", STAFF)

    def wishes(self, accounts: leading.Accounts | None) -> QuerySet[Any]:
        rows = LeadProfile.objects.all() if accounts is None else LeadProfile.objects.filter(user__in=accounts)
        return rows.values_list("user_id", "max_groups", "paused")


def adding_of(group: PeerGroup, *, proposed: bool = True) -> Adding:
    """The group as something more to lead."""
    members = Membership.objects.active().filter(group=group).values_list("participant__user_id", flat=True)
    known = frozenset([*members, *invited.accounts(group)])
    return Adding(group.pk, known, tuple(dates_of(group)), proposed)


def lacking(group: PeerGroup, user: User, role: str, *, proposed: bool = True) -> tuple[Missing, ...]:
    """Everything that is missing for this account to lead the group, as of today."""
    # A peer supporter's account stays one, whatever roles it was given beside: nobody gets around readiness by a role.
    staff = (user.pk,) if role == LeadRole.CLINICIAN and user.kind != Kind.SUPPORTER else ()
    adding = adding_of(group, proposed=proposed)
    return missing((user.pk,), timezone.localdate(), staff=staff, adding=adding)[user.pk]


def check(group: PeerGroup, user: User, role: str, by: User | None) -> None:
    """DomainError `may_not_lead` with everything that is missing; `lead_kept_apart` where that is all."""
    own = by is not None and by.pk == user.pk
    found = lacking(group, user, role, proposed=not own)
    if not found:
        return
    said = for_themselves(found) if own else for_coordinator(found)
    if any(one.lacks is Lacks.APART for one in found) and may_know(group, user, by):
        said.append(str(KNOWN_APART))
    code = "lead_kept_apart" if all(one.lacks in HIDDEN for one in found) else MISSING
    raise DomainError(" ".join(said) or SENTENCES["lead_kept_apart"], code=code, field="user" if said else None)


def able_staff(account: UUID) -> bool:
    """Whether a clinician may lead now; how much they carry is counted once the group is there."""
    found = missing((account,), timezone.localdate(), staff=(account,))[account]
    return all(one.lacks in LOADS for one in found)


def may_know(group: PeerGroup, user: User, by: User | None) -> bool:
    """Whether the reader may know of the pair; never the one who leads, whatever else they are."""
    if by is None or by.pk == user.pk:
        return False
    pairs: KeepApartQuerySet = KeepApart.objects.between(user.pk, list(adding_of(group).members))
    return pairs.visible_to(by).exists()


def register() -> None:
    leading.set_source(LedGroups)
