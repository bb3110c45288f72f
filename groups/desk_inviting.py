"""What the desk shows of invitations: on a group's page, and on the front page. Views write the access log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups import next_offers
from groups.choices import GroupState, InvitationState
from groups.group_parts import GroupPart, add_part
from groups.invitation_pages import TAG_KINDS, until
from groups.models import Invitation, PeerGroup
from intake.choices import WaitingState
from intake.models import WaitingPlace
from psp.asking import Question, Rows
from psp.dashboard import Card, add_card
from psp.models import User

# A wish that nobody could meet for so long is not shown any more: the person is on the waiting list.
WISH_SHOWN = timedelta(days=90)
ORDER = (InvitationState.OPEN, InvitationState.OTHER_TIME, InvitationState.ACCEPTED)


def invitations(group: PeerGroup, reader: User) -> dict[str, Any] | None:
    """Everybody who was asked, those first who have not answered."""
    found = Invitation.objects.filter(group=group).select_related("participant__user", "user")
    rows = sorted(found, key=lambda row: (ORDER.index(row.state) if row.state in ORDER else len(ORDER), row.sent_at))
    if not rows:
        return None
    open_ones = [row for row in rows if row.state == InvitationState.OPEN]
    return {
        "rows": [row_of(row, reader) for row in rows], "read": rows, "open": len(open_ones),
        "answers": [
            (InvitationState.ACCEPTED, _("Says yes")), (InvitationState.DECLINED, _("Says no")),
            (InvitationState.OTHER_TIME, _("Wishes for another time")),
        ],
        "tasks": [*_awaited(open_ones), *_nobody_fits(group)],
    }  # fmt: skip


def row_of(invitation: Invitation, reader: User) -> dict[str, Any]:
    person = invitation.participant.user if invitation.participant is not None else invitation.user
    assert person is not None
    return {
        "invitation": invitation, "name": person.name or person.username,
        "tag": TAG_KINDS[InvitationState(invitation.state)], "open": invitation.state == InvitationState.OPEN,
        "until": until(invitation.answer_by, reader.time_zone),
        "by_itself": invitation.sent_by_id is None,
    }  # fmt: skip


def _awaited(rows: list[Invitation]) -> list[dict[str, str]]:
    if not rows:
        return []
    text = ngettext(
        "%(count)d person has not answered yet.", "%(count)d people have not answered yet.", len(rows)
    )  # fmt: skip
    return [{"text": text % {"count": len(rows)}, "url": "#invitations"}]


def _nobody_fits(group: PeerGroup) -> list[dict[str, str]]:
    """A place became free, and nobody on the waiting list fits: a coordinator decides how to go on."""
    if group.opened_at is not None or group.state != GroupState.FORMING:
        return []
    if not next_offers.offers_due(group, timezone.now()) or next(next_offers.next_ones(group), None) is not None:
        return []
    return [{"text": _("A place became free, and nobody who waits fits this group at the moment."), "url": ""}]


# --- The front page ---


def _open(reader: User) -> QuerySet[Any]:
    groups = PeerGroup.objects.in_regions_of(reader)
    return Invitation.objects.open().filter(group__in=groups).order_by().values_list("pk")


def _wishes(reader: User, *, since: Any) -> QuerySet[Any]:
    """Another time was wished for, and the person waits still: nobody has asked them anew."""
    groups = PeerGroup.objects.in_regions_of(reader)
    rows = Invitation.objects.filter(group__in=groups, state=InvitationState.OTHER_TIME, answered_at__gte=since)
    person = OuterRef("participant")
    newer = Invitation.objects.filter(participant=person, sent_at__gt=OuterRef("sent_at"))
    waiting = WaitingPlace.objects.filter(participant=person, service=OuterRef("kind"), state=WaitingState.WAITING)
    rows = rows.filter(Exists(waiting)).exclude(Exists(newer)).order_by("answered_at")
    return rows.values_list("participant", "group", "group__name_en", "group__name_fr")


OPEN = Question(_open, of="count(*)")
WISHES = Question(_wishes, lambda _reader: {"since": timezone.now() - WISH_SHOWN})


def card(_request: HttpRequest, number: Rows, wishes: Rows) -> dict[str, Any] | None:
    """How many have not answered, and who wishes for another time: by group, the names are one page further."""
    ((unanswered,),) = number
    if not unanswered and not wishes:
        return None
    groups: dict[Any, PeerGroup] = {}
    counts: dict[Any, int] = {}
    for _person, pk, english, french in wishes:
        groups[pk] = PeerGroup(id=pk, name_en=english, name_fr=french)
        counts[pk] = counts.get(pk, 0) + 1
    listed = [{"group": group, "count": counts[pk]} for pk, group in groups.items()]
    return {"unanswered": unanswered, "wishes": listed, "waits": len(wishes)}


def register() -> None:
    add_part(GroupPart("invitations/group_part.html", invitations, order=10))
    add_card(Card("desk", "invitations/desk_card.html", card, 33, (OPEN, WISHES)))
