"""Opening the account of somebody who joins: apart from everything that was said before ([NH] rule 34)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.accounts.services import send_password_link
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.errors import DomainError, require
from psp.logs import get_logger
from psp.models import REFERENCE_ALPHABET, User
from supporters.choices import SupporterState
from supporters.joining.former import ties_of
from supporters.joining.permissions import can_review
from supporters.joining.services_interest import begins, remove
from supporters.models import FormerTie, Interest, Supporter

log = get_logger(__name__)
# A noted interest of somebody from outside that nobody takes up is not kept for ever.
KEEP_NOTED = timedelta(days=365)


def open_accounts(now: datetime) -> int:
    """For each interest that was taken up: the account, and nothing that leads back. How many were opened.

    One transaction each, in no particular order, so that what one of them does says nothing about another.
    """
    waiting = list(Interest.objects.filter(taken_up_at__lte=now).values_list("pk", "user_id"))
    secrets.SystemRandom().shuffle(waiting)
    return sum(_open(pk, account, now) for pk, account in waiting)


@transaction.atomic
def _open(pk: UUID, account: UUID | None, now: datetime) -> bool:
    if account is not None:
        list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=account).values_list("pk"))
    interest = Interest.objects.select_for_update(of=("self",)).filter(pk=pk, taken_up_at__isnull=False).first()
    if interest is None:
        return False
    taken = User.objects.by_email(interest.address).exists()
    too_early = interest.user is not None and not begins(interest.user).open(timezone.localdate(now))
    if too_early or (taken and interest.user_id is not None):
        _give_back(interest, taken=taken)
        return False
    # Whoever noted an address of somebody else learns nothing from it: not that somebody here has it. An account that
    # nobody can reach is opened, and the person, to whom nothing came, says so.
    _make(interest, address="" if taken else interest.address)
    remove(interest)
    return True


def _give_back(interest: Interest, *, taken: bool) -> None:
    """Open again: another address is needed, or the person is in a group since."""
    interest.taken_up_at = interest.taken_up_by = None
    interest.address_taken = taken
    interest.save(update_fields=["taken_up_at", "taken_up_by", "address_taken"])
    log.info("interest_given_back", reason="address" if taken else "early")


def _make(interest: Interest, *, address: str) -> Supporter:
    region = interest.program_region
    user = User.objects.create_user(
        _new_username(), kind=Kind.SUPPORTER, name=interest.name, email=address,
        language=interest.language, time_zone=region.time_zone,
    )  # fmt: skip
    supporter = Supporter.objects.create(user=user, program_region=region)
    _tie(user, interest.user_id)
    audit.record(Action.CREATE, supporter, person=user.pk, purpose=Purpose.CARE)
    _send_link(user)
    return supporter


def _send_link(user: User) -> None:
    if user.sealed_email:
        send_password_link(user=user, request=None)


def _tie(user: User, earlier: UUID | None) -> None:
    """Written in an order that says nothing: neither which digest is the own one nor which are of nobody. Everybody
    has some, whether they took part before or not."""
    ties = list(ties_of(earlier).items())
    secrets.SystemRandom().shuffle(ties)
    FormerTie.objects.bulk_create([FormerTie(user=user, key=key, own=own) for key, own in ties])


def _new_username() -> str:
    """To sign in with where the address is not at hand; it says nothing about anybody."""
    return "s-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _position in range(10)).lower()


@transaction.atomic
def send_link_again(*, supporter: Supporter, by: User) -> None:
    """For somebody who is joining and has never signed in: the first link did not arrive, or its time is over."""
    require(can_review(by, supporter), "send_link_again")
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=supporter.user_id)
    if supporter.state != SupporterState.JOINING or user.last_login is not None:
        raise DomainError(
            _("This person has signed in already. Whoever forgot the password asks for a new one at sign-in."),
            code="signed_in_before",
        )
    audit.record(Action.SEND, supporter, person=user.pk, purpose=Purpose.CARE)
    _send_link(user)


def forget_noted(now: datetime) -> int:
    """Interests of people from outside that nobody took up in a year go, with their keys. How many."""
    old = Interest.objects.open().filter(user__isnull=True, said_at__lt=now - KEEP_NOTED)
    return sum(_forget_noted(key, old) for key in list(old.values_list("pk", flat=True)))


@transaction.atomic
def _forget_noted(key: UUID, old: QuerySet[Interest]) -> bool:
    """Unless somebody takes it up at this moment."""
    found = old.select_for_update(of=("self",)).filter(pk=key).first()
    if found is not None:
        remove(found)
    return found is not None
