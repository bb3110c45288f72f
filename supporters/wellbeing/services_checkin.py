"""A check-in: voluntary, about oneself, and shared one by one with whomever one chooses ([NH] rule 32).

The access log notes that somebody keeps something of their own and who read what they were given; never what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, require
from psp.models import User
from supporters.models import CareOffer, CheckIn, CheckInQuestion, CheckInShare, CheckInWish, Supporter
from supporters.wellbeing.permissions import can_check_in
from supporters.wellbeing.rules_checkin import EVERY, Answer, Colour, Said, is_asked

LONGEST_WORD = 30


def today_of(user: User) -> date:
    """The day on the clock of this account."""
    return timezone.now().astimezone(ZoneInfo(user.time_zone)).date()


def supervisors_for(user: User) -> QuerySet[User]:
    """With whom somebody may share: every supervisor, theirs or another; never oneself."""
    rows: QuerySet[User] = User.objects.filter(roles__role=Role.SUPERVISOR, is_active=True)
    return rows.exclude(pk=user.pk).distinct()


def offers_for(user: User) -> QuerySet[CareOffer]:
    """What is there for this person: everywhere, or in their region."""
    region = Supporter.objects.filter(pk=user.pk).values_list("program_region", flat=True).first()
    rows: QuerySet[CareOffer] = CareOffer.objects.filter(active=True)
    return rows.filter(program_region=None) | rows.filter(program_region=region)


# --- One check-in ---------------------------------------------------------------------------------


@transaction.atomic
def check_in(
    *, user: User, by: User, colour: str = "", word: str = "", answers: Mapping[str, str] | None = None
) -> CheckIn | None:
    """Keep how somebody is today; said again on the same day it stands instead. Saying nothing keeps nothing.

    DomainError: `colour_unknown`, `answer_unknown`, `word_long`. Forbidden for everybody but the person.
    """
    require(can_check_in(by, user), "check_in")
    said = Said(colour, " ".join(word.split()), {code: one for code, one in (answers or {}).items() if one})
    _check(said)
    if said.is_empty:
        return None
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    day = today_of(account)
    found: CheckIn | None = CheckIn.objects.filter(user=account, day=day).first()
    row = found or CheckIn(user=account, day=day)
    row.said = said
    row.save(force_insert=found is None)
    audit.record(Action.CREATE if found is None else Action.CHANGE, row, person=account.pk, purpose=Purpose.OWN)
    return row


def _check(said: Said) -> None:
    if said.colour and said.colour not in set(Colour):
        raise DomainError(_("Choose one of the three, or none."), code="colour_unknown", field="colour")
    known = set(CheckInQuestion.objects.filter(active=True).values_list("code", flat=True))
    if not set(said.answers) <= known or not set(said.answers.values()) <= set(Answer):
        raise DomainError(_("Choose one of the answers, or none."), code="answer_unknown")
    if len(said.word) > LONGEST_WORD:
        message = _("One word is enough, or two: at most %(most)d letters.") % {"most": LONGEST_WORD}
        raise DomainError(message, code="word_long", field="word")


@transaction.atomic
def remove_check_in(*, check_in: CheckIn | UUID, by: User) -> None:
    """It is gone, and nobody reads it any more. Gone already is as well."""
    key = check_in if isinstance(check_in, UUID) else check_in.pk
    found = CheckIn.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if found is None:
        return
    require(can_check_in(by, found.user), "check_in")
    audit.record(Action.DELETE, found, person=found.user_id, purpose=Purpose.OWN)
    found.delete()


# --- Who may read it ------------------------------------------------------------------------------


@transaction.atomic
def share(*, check_in: CheckIn | UUID, with_whom: User, by: User) -> None:
    """This supervisor may read this one check-in from now on. No message is sent. DomainError: `no_supervisor`."""
    row = _mine(check_in, by)
    if not supervisors_for(by).filter(pk=with_whom.pk).exists():
        message = _("Choose one of the supervisors, or nobody.")
        raise DomainError(message, code="no_supervisor", field="supervisor")
    CheckInShare.objects.get_or_create(check_in=row, supervisor=with_whom)
    audit.record(Action.CHANGE, row, person=row.user_id, purpose=Purpose.OWN, fields=("shares",))


@transaction.atomic
def take_back(*, check_in: CheckIn | UUID, from_whom: User | UUID, by: User) -> None:
    """At once, at any time, without a reason. Not shared with them is as well."""
    row = _mine(check_in, by)
    person = from_whom if isinstance(from_whom, UUID) else from_whom.pk
    CheckInShare.objects.filter(check_in=row, supervisor=person).delete()
    audit.record(Action.CHANGE, row, person=row.user_id, purpose=Purpose.OWN, fields=("shares",))


def _mine(check_in: CheckIn | UUID, by: User) -> CheckIn:
    key = check_in if isinstance(check_in, UUID) else check_in.pk
    row: CheckIn = CheckIn.objects.select_for_update(of=("self",)).get(pk=key)
    require(can_check_in(by, row.user), "share_check_in")
    return row


# --- How they want it -----------------------------------------------------------------------------


def wish_of(user: User) -> CheckInWish:
    """The stored one, or one that is not stored yet."""
    return CheckInWish.objects.filter(pk=user.pk).first() or CheckInWish(user=user)


@transaction.atomic
def set_wish(*, user: User, by: User, **wanted: Any) -> CheckInWish:
    """`asked`: the first page asks once a week; `counted`: the colour counts in the program's figures."""
    require(can_check_in(by, user), "check_in")
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    wish = wish_of(account)
    for name in {"asked", "counted"} & set(wanted):
        setattr(wish, name, wanted[name])
    wish.save()
    audit.record(Action.CHANGE, account, person=account.pk, purpose=Purpose.OWN)
    return wish


@transaction.atomic
def put_away(*, user: User, by: User) -> None:
    """The card comes back in a week."""
    require(can_check_in(by, user), "check_in")
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    wish = wish_of(account)
    wish.away_until = today_of(account) + EVERY
    wish.save()


def is_asked_now(user: User) -> bool:
    """Whether the first page asks gently how they are."""
    wish, last = wish_of(user), CheckIn.objects.filter(user=user).values_list("day", flat=True).first()
    return is_asked(today_of(user), wanted=wish.asked, last=last, away_until=wish.away_until)
