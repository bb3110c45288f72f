"""What this app adds to the first lines of the person's pages."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.models import Affected
from psp.models import User
from psp.steps import Rank, Step, add_steps


def steps(person: User) -> Iterator[Step]:
    """Something to read stays among the first lines: nobody has to find it by chance."""
    if Affected.objects.visible_to(person).exists():
        yield Step(
            _("There is something for you to read."),
            _("It is about your information. You can read it when it suits you."),
            Rank.CHOICE, label=_("Read it"), url=reverse("rights:notices"),
        )  # fmt: skip


def register() -> None:
    add_steps(steps)
