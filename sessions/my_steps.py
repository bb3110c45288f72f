"""What places in groups add to the first lines of the person's pages. A session that is coming says so on its card."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.choices import GroupState
from groups.models import Membership
from psp.models import User
from psp.steps import Rank, Step, add_steps
from sessions.choices import CallOffer
from sessions.models import FollowUpOffer, GroupSession

BEGUN = (GroupState.ESTABLISHED, GroupState.COMPLETED)


def steps(person: User) -> Iterator[Step]:
    sessions = GroupSession.objects.filter(group=OuterRef("group"))
    places = Membership.objects.active_of(person).filter(group__state__in=BEGUN)
    rows = places.annotate(dated=Exists(sessions), coming=Exists(sessions.upcoming(timezone.now()).order_by()))
    yield from of_places([(row.dated, row.coming) for row in rows])
    offers = FollowUpOffer.objects.of_person(person).standing(timezone.now())
    for key in offers.filter(state=CallOffer.OFFERED).values_list("pk", flat=True):
        yield Step(
            _("Would you like to talk, now that your group is over?"),
            _("We can call you. You can say yes or no; both are fine."), Rank.CHOICE,
            _("Read and answer"), reverse("my_sessions:call", args=[key]),
        )  # fmt: skip


def of_places(places: list[tuple[bool, bool]]) -> Iterator[Step]:
    """One step for all places in groups that have begun. Each: has dates at all, has one to come. Pure."""
    if any(not dated for dated, _coming in places):
        yield Step(
            _("You have a place in a group. We tell you its dates as soon as they are set."),
            _("You do not have to do anything now."), Rank.PLACED,
        )  # fmt: skip
    elif places and not any(coming for _dated, coming in places):
        yield Step(
            _("Your group has held its last session."),
            _("You do not have to do anything. If you wait for something else, we tell you when a place is ready."),
            Rank.PLACED,
        )  # fmt: skip


def register() -> None:
    add_steps(steps)
