"""The private address of a calendar, as somebody's information: their copy, and erasure.

It belongs to an account and not to a file: of two files that become one the merged account closes, and its address
leads nowhere from then on. What it shows follows places, roles and consents by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_closer, add_eraser
from privacy.holdings import Line, Record, Section, add_section
from psp.models import User
from sessions.models import CalendarFeed
from sessions.services_calendar import end_feed_of

MODELS = frozenset({"peer_sessions.calendarfeed"})
HOLDING = Holding(
    "peer_sessions.calendarfeed", "person", "groups", these("person digest shows_names made_at idle_since"),
    Use.GROUPS, Basis.CONSENT, "calendar", Erased.DELETED, exported=("calendar_address",),
)  # fmt: skip


def register() -> None:
    declare(HOLDING)
    add_section(Section("calendar_address", _("Private address of your calendar"), told, MODELS, order=63))
    add_closer(close)
    add_eraser(Eraser("calendar_address", MODELS, erase, order=10))


def close(person: User, _by: User) -> None:
    """From the approval of an erasure on, nothing is fetched any more."""
    end_feed_of(person)


def told(person: User) -> Iterable[Record]:
    """That there is one. The address itself is kept nowhere."""
    for feed in CalendarFeed.objects.filter(person=person):
        yield [
            Line(_("Made"), feed.made_at), Line(_("It shows the name of your group"), feed.shows_names),
            Line(_("Without any group since"), feed.idle_since),
        ]  # fmt: skip


def erase(person: User) -> Counter[str]:
    count, _models = CalendarFeed.objects.filter(person=person).delete()
    return Counter({"peer_sessions.calendarfeed": count} if count else {})
