"""Where a story waits for somebody: a neutral line on the person's own first page, and a card on the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.asking import Question, Rows
from psp.dashboard import Card, add_card
from psp.models import User
from psp.steps import Rank, Step, add_steps
from reporting.models import Story
from reporting.stories.choices import StoryState


def _offered(reader: User, *, today: date) -> QuerySet[Any]:
    rows = Story.objects.in_regions_of(reader, on=today).filter(state=StoryState.OFFERED)
    return rows.order_by().values_list("pk")


OFFERED = Question(_offered, lambda _reader: {"today": timezone.localdate()}, of="count(*)")


def steps(person: User) -> Iterator[Step]:
    """While a wording waits for their yes or no. Who looks over their shoulder learns nothing of what it is."""
    if Story.objects.visible_to(person).consented().filter(state=StoryState.PROPOSED).exists():
        yield Step(
            _("Something waits for you."), _("You can read it and say yes or no when it suits you. Both are fine."),
            Rank.CHOICE, label=_("Read and answer"), url=reverse("my_words:words"),
        )  # fmt: skip


def offered(_request: HttpRequest, number: Rows) -> dict[str, Any] | None:
    """How many wait for a coordinator to read them."""
    ((count,),) = number
    return {"count": count, "waits": count} if count else None


def register() -> None:
    add_steps(steps)
    add_card(Card("desk", "reports/stories/desk_card.html", offered, 60, (OFFERED,)))
