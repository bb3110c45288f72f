"""What people need to know to come: where a group meets, and what somebody wants its leads to know about them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from groups import permissions
from groups.choices import RUNNING, MembershipState
from groups.models import Membership, PeerGroup
from groups.refusals import judged
from groups.services import locked_group, locked_participant
from intake.choices import NeedCode
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User

FIELDS = ("link", "address", "asks_who_comes")


@transaction.atomic
def set_place(
    *, group: PeerGroup | UUID, by: User, link: str, address: str, asks_who_comes: bool, revision: int | None = None
) -> PeerGroup:
    """Where the group meets, and whether its members are asked who comes.

    DomainError: `link_https`, `ended`; Conflict: `stale`.
    """
    locked = locked_group(group)
    require(permissions.can_manage_group(by, locked), "set_place")
    if revision is not None and revision != locked.revision:
        raise Conflict(_("This group has changed since you opened it. Look at it again, then decide."), code="stale")
    if locked.state not in RUNNING:
        raise DomainError(_("This group has ended. Nothing was changed."), code="ended")
    if link and not link.startswith("https://"):
        raise DomainError(_("Write a link that begins with https://."), code="link_https", field="link")
    said = {"link": link.strip(), "address": " ".join(address.split()), "asks_who_comes": asks_who_comes}
    changed = [name for name in FIELDS if getattr(locked, name) != said[name]]
    if changed:
        for name in changed:
            setattr(locked, name, said[name])
        locked.revision += 1
        with judged():
            locked.save()
        audit.record(Action.CHANGE, locked, purpose=Purpose.GROUPS, fields=changed)
    return locked


@transaction.atomic
def share_needs(*, membership: Membership | UUID, needs: Iterable[str], by: User) -> Membership:
    """What those who lead this group may know: said by the person alone, and taken back as easily.

    DomainError: `need_unknown`, `no_place`.
    """
    found = Membership.objects.get(pk=membership if isinstance(membership, UUID) else membership.pk)
    person = locked_participant(found.participant_id)
    require(person.user_id == by.pk, "share_needs")
    locked: Membership = Membership.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if locked.state != MembershipState.MEMBER:
        raise DomainError(_("You have no place in this group any more. Nothing was changed."), code="no_place")
    wanted = set(needs)
    if wanted - set(NeedCode.values):
        raise DomainError(_("Choose from the list."), code="need_unknown", field="needs")
    codes = [code for code in NeedCode.values if code in wanted]
    if codes != locked.shared_needs:
        locked.shared_needs = codes
        locked.save()
        audit.record(Action.CHANGE, locked, person=by.pk, purpose=Purpose.OWN, fields=("shared_needs",))
    return locked
