"""What contact adds to the first lines of the person's pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.choosing import standing_choice
from contact.services import safe_contact_of
from psp.models import User
from psp.steps import Rank, Step, add_steps


def steps(person: User) -> Iterator[Step]:
    choices = standing_choice(safe_contact_of(person))
    yield from paused(
        recheck_on=choices.recheck_on, today=timezone.localdate(), do_not_contact=choices.do_not_contact,
        reachable=bool(choices.safe_channels & choices.consented_channels),
    )  # fmt: skip


def paused(*, recheck_on: date | None, today: date, do_not_contact: bool, reachable: bool) -> Iterator[Step]:
    """Why nothing is sent, if so. Pure."""
    look = {"label": _("Look at my choices"), "url": reverse("contact:confirm")}
    if recheck_on is not None and recheck_on < today:
        yield Step(
            _("The date that you set for how we reach you has passed."),
            _("Please look at your choices again. Until you save them we send you nothing."),
            Rank.NEEDS_YOU, **look,
        )  # fmt: skip
    elif do_not_contact:
        yield Step(
            _("You asked us not to contact you."),
            _("You find what is new here. Come and look from time to time."), Rank.NOTE, **look,
        )  # fmt: skip
    elif not reachable:
        yield Step(
            _("We have no way to reach you."),
            _("No way is both safe and agreed to. You find what is new here."), Rank.NOTE, **look,
        )  # fmt: skip


def register() -> None:
    add_steps(steps)
