"""Finding each other ([NH] rule 33): in and out of the directory at once, and in touch only when both said so.

Locks: accounts in the order of their ids, then the entry or the wish.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.retention_floor import keep_holds_still, standing_holds
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import Conflict, DomainError, require
from psp.models import User
from psp.sight import sight_of
from supporters.choices import SupporterState
from supporters.models import Supporter
from supporters.network.choices import TouchState
from supporters.network.models import DirectoryEntry, EventPlace, Touch
from supporters.network.notices import tell_asked
from supporters.network.querysets import ASKED_FOR

# Wishes that one person may have open at once: an address book is not filled by asking everybody.
MOST_ASKED = 5


@transaction.atomic
def join_directory(*, by: User, interests: Collection[str], line: str) -> DirectoryEntry:
    """Be found from now on, or say something else about oneself. DomainError `not_leading`."""
    _locked(by.pk)
    leads = Supporter.objects.filter(pk=by.pk, state=SupporterState.ACTIVE).exists()
    if not (leads and sight_of(by).has(Role.SUPPORTER)):
        raise DomainError(_("The directory is for people who lead groups now."), code="not_leading")
    entry: DirectoryEntry = DirectoryEntry.objects.filter(user=by).first() or DirectoryEntry(user=by)
    entry.interests, entry.line = sorted(set(interests)), line
    entry.save()
    audit.record(Action.CHANGE, entry, person=by.pk, purpose=Purpose.OWN)
    return entry


@transaction.atomic
def leave_directory(*, by: User) -> None:
    """Found by nobody from now on; wishes in both directions go. Whoever is in touch already stays so, until one ends
    it. Twice is once."""
    _locked(by.pk)
    entry = DirectoryEntry.objects.filter(user=by).first()
    Touch.objects.visible_to(by).exclude(state=TouchState.AGREED).delete()
    if entry is not None:
        audit.record(Action.DELETE, entry, person=by.pk, purpose=Purpose.OWN)
        entry.delete()


@transaction.atomic
def ask_touch(*, by: User, entry: DirectoryEntry, way: str) -> Touch:
    """Ask whoever stands behind the entry; `way`: how they would reach `by`, shown once they agree. Twice is once.

    DomainError `not_there` (left meanwhile, or `by` is not in the directory), `too_many`, `oneself`.
    """
    if entry.user_id == by.pk:
        raise DomainError(_("This is your own entry. Choose somebody else."), code="oneself")
    _locked(by.pk, entry.user_id)
    both = DirectoryEntry.objects.shown().filter(user__in=(by.pk, entry.user_id)).values_list("user", flat=True)
    if len(set(both)) < 2:
        raise DomainError(_("This person is not in the directory any more. Choose somebody else."), code="not_there")
    standing = _between(by, entry.user_id)
    if standing is not None and not _over(standing):
        return standing
    if Touch.objects.unanswered(by, timezone.now()).count() >= MOST_ASKED:
        raise DomainError(
            _("You have asked several people already. Wait for an answer, or take one back."), code="too_many"
        )
    if standing is not None:
        standing.delete()
    made = Touch.objects.create(asker=by, asked_id=entry.user_id, asker_way=way)
    audit.record(Action.CREATE, made, person=by.pk, purpose=Purpose.OWN)
    tell_asked(made)
    return made


def _between(by: User, other: UUID) -> Touch | None:
    """In whichever direction: asked by the other one, it is theirs to be answered."""
    found: Touch | None = Touch.objects.filter(
        Q(asker=by, asked=other) | Q(asker=other, asked=by, state__in=(TouchState.ASKED, TouchState.AGREED))
    ).first()  # fmt: skip
    return found


def _over(touch: Touch) -> bool:
    return touch.state != TouchState.AGREED and touch.asked_at <= timezone.now() - ASKED_FOR


@transaction.atomic
def answer_touch(*, touch: Touch, by: User, agree: bool, way: str = "") -> Touch:
    """Agree, with how one can be reached; or say not now, which is never told. Conflict `answered`; DomainError
    `way_missing`."""
    fresh = _touch(touch, by)
    require(fresh.asked_id == by.pk, "answer_touch")
    wanted = TouchState.AGREED if agree else TouchState.DECLINED
    if fresh.state == wanted:
        return fresh
    waits = Touch.objects.waiting_for(by, timezone.now()).filter(pk=fresh.pk).exists()
    if fresh.state != TouchState.ASKED or not waits:
        raise Conflict(_("This is not open any more. Look at it as it is now."), code="answered")
    if agree and not way:
        raise DomainError(_("Write how this person can reach you."), code="way_missing", field="way")
    fresh.state, fresh.answered_at, fresh.asked_way = wanted, timezone.now(), way if agree else ""
    fresh.save()
    audit.record(Action.CHANGE, fresh, person=by.pk, purpose=Purpose.OWN)
    return fresh


@transaction.atomic
def end_touch(*, touch: Touch, by: User) -> None:
    """Take a wish back, or be in touch no more: the row goes, and the other is not told. Conflict `gone`."""
    fresh = _touch(touch, by)
    audit.record(Action.DELETE, fresh, person=by.pk, purpose=Purpose.OWN)
    fresh.delete()


def _touch(touch: Touch, by: User) -> Touch:
    _locked(touch.asker_id, touch.asked_id)
    fresh: Touch | None = Touch.objects.visible_to(by).filter(pk=touch.pk).first()
    if fresh is None:
        raise Conflict(_("This is not open any more. Look at it as it is now."), code="gone")
    return fresh


@transaction.atomic
def forget_wishes(now: datetime) -> int:
    """Wishes that stand no more, unanswered or answered "not now": by their age alone, so that neither can tell which
    it was. Whoever is in touch stays so. Returns how many. What a hold protects stays."""
    keep_holds_still()
    held = standing_holds()
    old = Touch.objects.exclude(state=TouchState.AGREED).filter(asked_at__lte=now - ASKED_FOR)
    count: int = old.exclude(Q(asker__in=held) | Q(asked__in=held)).delete()[0]
    return count


def forget_in_network(user: User) -> None:
    """Whoever is no longer a peer supporter stands nowhere in it."""
    DirectoryEntry.objects.filter(user=user).delete()
    Touch.objects.filter(Q(asker=user) | Q(asked=user)).delete()
    EventPlace.objects.filter(user=user, event__starts_at__gt=timezone.now()).delete()


def _locked(*accounts: UUID) -> None:
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=accounts).order_by("pk"))
