"""What follows a session, as information about people: copy, erasure, files that become one, last use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest
from psp.models import User
from sessions.choices import CallOffer, CallTime, DropInState
from sessions.models import Debrief, DropIn, FollowUpOffer

CODES, CALLS = frozenset({"peer_sessions.dropin"}), frozenset({"peer_sessions.followupoffer"})
DEBRIEFS = frozenset({"peer_sessions.debrief"})
ABOUT_TEAM = _("About a member of the team")
GROUP, STATE = _("Group"), _("State")
MAP = (
    Holding(
        "peer_sessions.dropin", "participant__user", "groups",
        these("id participant digest state made_at expires_at session by used_at settled_by settled_at"),
        Use.GROUPS, Basis.PROGRAM, "drop_in", Erased.DELETED, exported=("drop_ins",), also=("by", "settled_by"),
    ),
    Holding(
        "peer_sessions.followupoffer", "participant__user", "groups",
        these("id group participant state times offered_at until answered_at finished_at finished_by"),
        Use.GROUPS, Basis.PROGRAM, "file", Erased.DELETED, exported=("follow_ups",), also=("finished_by",),
    ),
    Holding(
        "peer_sessions.debrief", "lead", "team",
        these("id session lead how told support supervisor asked made_at changed_at"),
        Use.TEAM, Basis.PROGRAM, "over", Erased.DELETED, not_exported=ABOUT_TEAM, also=("supervisor",),
    ),
)  # fmt: skip


def register() -> None:
    declare(*MAP)
    add_section(Section("drop_ins", _("Codes with which you came, or meant to come, to a session"), codes, CODES, 63))
    add_section(Section("follow_ups", _("Calls that were offered to you after a group"), calls, CALLS, 64))
    add_eraser(Eraser("after_sessions", CODES | CALLS | DEBRIEFS, erase, order=10))
    add_mover(Mover("drop_ins", _nothing, _nothing, move_codes, back_codes, order=23))
    add_mover(Mover("follow_ups", _nothing, _nothing, move_calls, back_calls, order=24))
    add_last_use(LastUse("drop_ins", codes_used))
    add_last_use(LastUse("follow_ups", calls_used))


def codes(person: User) -> Iterable[Record]:
    rows = DropIn.objects.filter(participant__user=person).select_related("session__group").order_by("made_at")
    for row in rows:
        group = row.session.group if row.session else None
        yield [
            Line(pgettext_lazy("code", "Made"), row.made_at), Line(pgettext_lazy("code", "Used"), row.used_at),
            Line(GROUP, Both(group.name_en, group.name_fr) if group else None),
            Line(STATE, DropInState(row.state).label),
        ]  # fmt: skip


def calls(person: User) -> Iterable[Record]:
    rows = FollowUpOffer.objects.filter(participant__user=person).select_related("group").order_by("offered_at")
    for row in rows:
        yield [
            Line(GROUP, Both(row.group.name_en, row.group.name_fr)), Line(_("Offered"), row.offered_at),
            Line(STATE, CallOffer(row.state).label), Line(_("Answered"), row.answered_at),
            Line(_("It suits you"), [CallTime(time).label for time in row.times]), Line(_("Over"), row.finished_at),
        ]  # fmt: skip


def erase(person: User) -> Counter[str]:
    return (
        delete_rows(DropIn.objects.filter(participant__user=person))
        + delete_rows(FollowUpOffer.objects.filter(participant__user=person))
        + delete_rows(Debrief.objects.filter(lead=person))
    )


def codes_used(people: Collection[UUID]) -> Iterable[Used]:
    yield from newest(DropIn.objects.filter(participant__user__in=people), "participant__user_id", "used_at")


def calls_used(people: Collection[UUID]) -> Iterable[Used]:
    mine = FollowUpOffer.objects.filter(participant__user__in=people)
    yield from newest(mine, "participant__user_id", "answered_at")
    yield from newest(mine, "participant__user_id", "finished_at")
    yield from in_use(mine.filter(state=CallOffer.WISHED), "participant__user_id")


# --- Two files that become one --------------------------------------------------------------------


def _nothing(_kept: Participant, _merged: Participant) -> list[str]:
    return []


def move_codes(kept: Participant, merged: Participant) -> list[str]:
    """A code that was not used yet was shown by somebody who signed in with the other file: they make a new one."""
    DropIn.objects.filter(participant=merged, state=DropInState.OPEN).delete()
    return _hand_over(DropIn.objects.filter(participant=merged), kept)


def back_codes(kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand_over(DropIn.objects.filter(pk__in=ids, participant=kept), merged)


def move_calls(kept: Participant, merged: Participant) -> list[str]:
    known = FollowUpOffer.objects.filter(participant=kept).values("group")
    return _hand_over(FollowUpOffer.objects.filter(participant=merged).exclude(group__in=known), kept)


def back_calls(kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand_over(FollowUpOffer.objects.filter(pk__in=ids, participant=kept), merged)


def _hand_over(rows: QuerySet[Any], to: Participant) -> list[str]:
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.model._default_manager.filter(pk__in=ids).update(participant=to)
    return ids
