"""What invitations add to a person's front page: the first line while an answer is awaited, and a card."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import invitation_pages
from groups.choices import GroupState, InvitationState
from groups.models import Invitation
from psp.areas import account
from psp.dashboard import Card, add_card
from psp.models import User
from psp.steps import Rank, Step, add_steps

# What has ended stays on the front page for a while, so that an answer can be found and taken back.
RECENT = timedelta(days=14)


def steps(person: User) -> Iterator[Step]:
    for invitation in invitation_pages.own(person).filter(state=InvitationState.OPEN):
        yield waiting_for_answer(invitation, person)
    said_yes = Q(state=InvitationState.ACCEPTED, group__state=GroupState.FORMING)
    for invitation in invitation_pages.own(person).filter(said_yes):
        if invitation_pages.place_of(invitation) is not None:
            yield Step(
                _("You said yes to a place. The group will begin when enough people have said yes."),
                _("You do not have to do anything now."), Rank.PLACED,
            )  # fmt: skip


def waiting_for_answer(invitation: Invitation, person: User) -> Step:
    until = invitation_pages.until(invitation.answer_by, person.time_zone)
    return Step(
        _("A place is kept for you."),
        _("You can say yes or no until %(until)s. Both are fine.") % {"until": until},
        Rank.NEEDS_YOU, _("Read and answer"), reverse("my_invitations:one", args=[invitation.pk]),
    )  # fmt: skip


def card(request: HttpRequest) -> dict[str, Any] | None:
    me = account(request)
    recent = Q(state=InvitationState.OPEN) | Q(answered_at__gte=timezone.now() - RECENT)
    rows = invitation_pages.own(me).filter(recent)[: invitation_pages.SHOWN]
    return {"rows": [invitation_pages.line(row, me) for row in rows]} if rows else None


def register() -> None:
    add_steps(steps)
    add_card(Card("my", "invitations/my_card.html", card, order=12))
