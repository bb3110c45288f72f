"""Whether people and rooms are free when a group meets.

The bookings know (`models_bookings`), and their exclusion constraint is the last judge. Asked here first, so that
whoever is told no reads which date it is. Of somebody else nobody learns more than that they are not free then.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.models import GroupLead, Membership, PeerGroup
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime
from psp.errors import DomainError
from psp.models import User
from sessions.choices import SessionState
from sessions.models import GroupSession, Room

Spans = Sequence[tuple[datetime, datetime]]

TAKEN = """
    SELECT booking.holder, span.number - 1, booking.group_id
      FROM unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY AS span (starts, ends, number)
      JOIN peer_sessions_booking AS booking
        ON booking.holder = ANY (%s) AND booking.during && tstzrange(span.starts, span.ends)
     WHERE booking.group_id <> %s
     ORDER BY span.number, booking.holder
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """`holder` (an account or a room) is with `group` during the span with this index."""

    holder: UUID
    span: int
    group: UUID


@dataclass(frozen=True, slots=True)
class NotFree:
    """Who is not free during one span: leads by name, members as a number, the room."""

    span: int
    leads: tuple[str, ...]
    members: int
    room: str

    def words(self) -> list[str]:
        said = [_("%(name)s is not free then.") % {"name": name} for name in self.leads]
        if self.members:
            text = ngettext("%(count)d member is not free then.", "%(count)d members are not free then.", self.members)
            said.append(text % {"count": self.members})
        return [*said, *([_("The room is taken then.")] if self.room else [])]


def taken(holders: Collection[UUID], spans: Spans, *, besides: UUID) -> list[Taken]:
    """Which of the holders are somewhere else during which spans; what `besides` itself takes does not count."""
    if not holders or not spans:
        return []
    starts, ends = [start for start, _end in spans], [end for _start, end in spans]
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [starts, ends, list(holders), besides])
        return [Taken(*row) for row in cursor.fetchall()]


def not_free(group: PeerGroup, spans: Spans, room: Room | None = None) -> list[NotFree]:
    """For each span during which somebody of the group, or the room, is not free: who."""
    leads = set(GroupLead.objects.filter(group=group).values_list("user_id", flat=True))
    members = set(Membership.objects.active().filter(group=group).values_list("participant__user_id", flat=True))
    holders = {*leads, *members, *([room.pk] if room else [])}
    found: dict[int, set[UUID]] = {}
    for one in taken(holders, spans, besides=group.pk):
        found.setdefault(one.span, set()).add(one.holder)
    names = {user.pk: user.name for user in User.objects.filter(pk__in=leads)} if found else {}
    return [_not_free(span, who, names, members, room) for span, who in sorted(found.items())]


def _not_free(span: int, who: set[UUID], names: dict[UUID, str], members: set[UUID], room: Room | None) -> NotFree:
    leads = sorted(names[one] or _("Somebody who leads") for one in who if one in names)
    return NotFree(span, tuple(leads), len(who & members), room.name if room and room.pk in who else "")


def check_free(group: PeerGroup, spans: Spans, room: Room | None = None, *, field: str | None = None) -> None:
    """DomainError `not_free` with the first date at which it does not work, and who."""
    found = not_free(group, spans, room)
    if found:
        first = found[0]
        when = long_datetime(spans[first.span][0], group.time_zone, reader_language())
        words = " ".join(first.words())
        message = _("%(when)s: %(who)s Choose another time; nothing was changed.") % {"when": when, "who": words}
        raise DomainError(message, code="not_free", field=field)


# --- A place in a group, or leading it ------------------------------------------------------------


def check_place(group: PeerGroup, user_id: UUID, by: Any) -> None:
    """Whether this account is free at all dates of the group that are set. DomainError `not_free`.

    Their own other group is named to the person; everybody else learns the date alone.
    """
    spans = planned(group)
    found = taken([user_id], spans, besides=group.pk)
    if not found:
        return
    own = by is not None and by.pk == user_id
    raise DomainError(_own_words(found[0], spans, by) if own else _words(group, spans[found[0].span]), code="not_free")


def planned(group: PeerGroup) -> list[tuple[datetime, datetime]]:
    rows = GroupSession.objects.filter(group=group, state=SessionState.SCHEDULED, ends_at__gt=timezone.now())
    return list(rows.order_by("starts_at").values_list("starts_at", "ends_at"))


def _words(group: PeerGroup, span: tuple[datetime, datetime]) -> str:
    when = long_datetime(span[0], group.time_zone, reader_language())
    sentence = _("This person is not free at one of the group’s times: %(when)s. Nothing was changed.")
    return sentence % {"when": when}


def _own_words(one: Taken, spans: Spans, by: User) -> str:
    when = long_datetime(spans[one.span][0], by.time_zone, reader_language())
    other = PeerGroup.objects.get(pk=one.group)
    sentence = _("You are in another group at one of these times: “%(group)s”, %(when)s. Nothing was changed.")
    return sentence % {"group": other.name, "when": when}
