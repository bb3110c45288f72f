"""A call after the last session of an informal group: offered once, wished or not, and held by a coordinator.

Offered to whoever has a place in the group then; nobody has to answer, and nothing is asked about why.
Locks as everywhere: participant → offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from contact.models import OutboxMessage
from contact.services import queue_message
from groups.choices import GroupKind, GroupState
from groups.models import Membership, PeerGroup
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from sessions.choices import CALL_OFFER_TRANSITIONS, CallOffer, CallTime, SessionState
from sessions.models import FollowUpOffer, GroupSession
from sessions.permissions import can_call

OFFER = "one_more_word"
OVER = (CallOffer.DONE, CallOffer.ENDED)
LAPSES = (CallOffer.OFFERED, CallOffer.NOT_WISHED)


# --- By beat --------------------------------------------------------------------------------------


def offer_calls(now: datetime) -> int:
    """Offer a call where a series is over, and end what nobody answered in time; how many offers are new.

    A call that somebody wishes is held, however late: only they take it back.
    """
    for offer in FollowUpOffer.objects.filter(state__in=LAPSES, until__lte=now).values_list("pk", flat=True):
        _lapse(offer, now)
    return sum(_offer_in(group, now) for group in _just_over(now))


def _just_over(now: datetime) -> QuerySet[PeerGroup]:
    """Informal groups whose last session ended a short while ago, from that session's end on."""
    since = now - timedelta(days=settings.PSP_FOLLOW_UP_DAYS)
    sessions = GroupSession.objects.filter(group=OuterRef("pk")).exclude(state=SessionState.CANCELLED)
    running = (GroupState.ESTABLISHED, GroupState.COMPLETED)
    rows = PeerGroup.objects.filter(kind=GroupKind.INFORMAL, state__in=running)
    return rows.filter(Exists(sessions.filter(ends_at__gt=since)), ~Exists(sessions.filter(ends_at__gt=now)))


def _offer_in(group: PeerGroup, now: datetime) -> int:
    members = Membership.objects.active().filter(group=group)
    members = members.filter(agrees(ConsentPurpose.TAKING_PART, "participant__user_id"))
    known = FollowUpOffer.objects.filter(group=group).values("participant")
    people = members.exclude(participant__in=known).order_by("participant").values_list("participant", flat=True)
    return sum(_offer(group, person, now) for person in people)


@transaction.atomic
def _offer(group: PeerGroup, participant: UUID, now: datetime) -> bool:
    person = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant)
    if not Membership.objects.active().filter(group=group, participant=person).exists():
        return False
    until = now + timedelta(days=settings.PSP_FOLLOW_UP_DAYS)
    offer, new = FollowUpOffer.objects.get_or_create(
        group=group, participant=person, defaults={"offered_at": now, "until": until}
    )
    if new:
        audit.record(Action.CREATE, offer, person=person.user_id, purpose=Purpose.SESSIONS)
        queue_message(
            person=person.user, template=OFFER, key=f"{OFFER}|{offer.pk}", context={"offer": str(offer.pk)},
            useful_until=until,
        )  # fmt: skip
    return new


def still_offered(message: OutboxMessage) -> bool:
    """Not answered, and the person did not leave the group meanwhile."""
    offers = FollowUpOffer.objects.filter(pk=message.context["offer"], state=CallOffer.OFFERED)
    place = Membership.objects.active().filter(group=OuterRef("group"), participant=OuterRef("participant"))
    return offers.filter(Exists(place)).exists()


@transaction.atomic
def _lapse(offer: UUID, now: datetime) -> None:
    held = _held(offer)
    if held.state in LAPSES and held.until <= now:
        _move(held, CallOffer.ENDED)


# --- The person -----------------------------------------------------------------------------------


@transaction.atomic
def answer(*, offer: FollowUpOffer | UUID, by: User, wishes: bool, times: Sequence[str] = ()) -> FollowUpOffer:
    """Yes with the times that suit, or no; as often as they like until the call is held.

    DomainError: `offer_over`, `times_unknown`, `times_needed`. Forbidden for anybody else.
    """
    held = _held(offer)
    require(held.person_id == by.pk, "answer_offer")
    if held.state in OVER or (held.state in LAPSES and held.until <= timezone.now()):
        message = _("This offer is over. You can always ask a coordinator for a call.")
        raise DomainError(message, code="offer_over")
    if set(times) - set(CallTime.values):
        raise DomainError(_("Choose from the list."), code="times_unknown", field="times")
    if wishes and not times:
        raise DomainError(_("Choose when a call suits you."), code="times_needed", field="times")
    held.times = [time for time in CallTime.values if wishes and time in times]
    held.answered_at = timezone.now()
    _move(held, CallOffer.WISHED if wishes else CallOffer.NOT_WISHED, fields=("state", "times"))
    return held


@transaction.atomic
def end_offers(*, person: User, purpose: str) -> None:
    """Who no longer takes part is called about nothing ([NH Annex F] rule 22)."""
    if purpose == ConsentPurpose.TAKING_PART:
        rows = FollowUpOffer.objects.filter(participant__user=person).exclude(state__in=OVER)
        for offer in rows.select_for_update(of=("self",)).select_related("participant").order_by("pk"):
            _move(offer, CallOffer.ENDED)


# --- The coordinator ------------------------------------------------------------------------------


@transaction.atomic
def note_held(*, offer: FollowUpOffer | UUID, by: User) -> FollowUpOffer:
    """The call took place, or was settled with the person in another way. Twice is as once."""
    held = _held(offer)
    require(can_call(by, held), "call")
    if held.state == CallOffer.DONE:
        return held
    if held.state != CallOffer.WISHED:
        message = _("The person does not want this call any more. Nothing was changed.")
        raise DomainError(message, code="not_wished")
    held.finished_by = by
    _move(held, CallOffer.DONE)
    return held


def _held(offer: FollowUpOffer | UUID) -> FollowUpOffer:
    """The person's file first, then the offer."""
    key = offer if isinstance(offer, UUID) else offer.pk
    owner = FollowUpOffer.objects.values_list("participant", flat=True).get(pk=key)
    person = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=owner)
    held: FollowUpOffer = FollowUpOffer.objects.select_for_update(of=("self",)).get(pk=key)
    held.participant = person
    return held


def _move(offer: FollowUpOffer, state: CallOffer, fields: tuple[str, ...] = ("state",)) -> None:
    assert state == offer.state or state in CALL_OFFER_TRANSITIONS[CallOffer(offer.state)]
    offer.state = state
    if state in OVER:
        offer.finished_at = timezone.now()
    offer.save()
    audit.record(Action.CHANGE, offer, person=offer.person_id, purpose=Purpose.SESSIONS, fields=fields)
