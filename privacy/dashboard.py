"""The places of this app: the privacy officer's, the person's rights, and corrections on the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from privacy.choices import DECIDERS
from privacy.models import RightsRequest
from privacy.quick_changes import QuickChange, add_quick_change
from privacy.words import day
from psp.areas import account, holds, is_participant
from psp.asking import Question, Rows
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place


def register() -> None:
    from privacy import breach, glass

    office = holds(Role.PRIVACY_OFFICER)
    add_place(Place("privacy", _("Today"), "home", "privacy:office", office, order=5, key="t"))
    add_place(Place("privacy", _("Access log"), "lock", "privacy:access_log", office, order=10, key="l"))
    add_place(Place("privacy", _("Opened from elsewhere"), "alert", "privacy:glass", office, order=15, key="e"))
    add_place(Place("privacy", _("Requests"), "list", "privacy:requests", office, order=20, key="r"))
    decide = holds(*DECIDERS)
    add_place(Place("privacy", _("Deletions"), "list", "privacy:erasures", decide, order=25, key="d"))
    add_place(Place("privacy", _("Retention"), "calendar", "privacy:retention", decide, order=40, key="p"))
    add_card(Card("privacy", "privacy/cards/disposals.html", disposals_to_decide, order=40))
    add_card(Card("privacy", "privacy/cards/erasures.html", erasures_to_decide, order=15))
    add_place(Place("my", _("My rights"), "key", "rights:overview", is_participant, order=95))
    add_card(Card("privacy", "privacy/cards/requests.html", open_requests, order=10))
    add_card(Card("desk", "privacy/desk/card.html", open_corrections, 70, (CORRECTIONS,)))
    add_place(Place("privacy", _("Breaches"), "flag", "privacy:breaches", office, order=30, key="b"))
    add_place(Place("privacy", _("Approvals"), "check", "privacy:approvals", decide, order=70, key="v"))
    add_card(Card("privacy", "privacy/cards/breaches.html", breach.card, order=3))
    add_card(Card("privacy", "privacy/cards/approvals.html", breach.approvals_card, order=4))
    add_card(Card("privacy", "privacy/cards/unusual.html", findings_card, order=6))
    add_card(Card("privacy", "privacy/cards/glass.html", glass.card, order=5))
    add_quick_change(QuickChange(_("My name and my language"), "rights:details", order=10))


def disposals_to_decide(request: HttpRequest) -> dict[str, Any] | None:
    """What is past its time and waits for a person."""
    from privacy.views_retention import waiting_card

    return waiting_card(request)


def open_requests(request: HttpRequest) -> dict[str, Any] | None:
    """For the privacy officer: every open request, and the nearest last day."""
    days = list(
        RightsRequest.objects.of_office(account(request)).open().order_by("due_on").values_list("due_on", flat=True)
    )
    return {"waits": len(days), "due": day(days[0])} if days else None


def erasures_to_decide(request: HttpRequest) -> dict[str, Any] | None:
    """What waits to be prepared, and what somebody else prepared; no card where nothing does."""
    from privacy.choices import ErasureState, RequestKind
    from privacy.models import Erasure

    prepared = Erasure.objects.of_office(account(request)).filter(state=ErasureState.PREPARED)
    asked = RightsRequest.objects.of_office(account(request)).open().filter(kind=RequestKind.ERASURE)
    waits = (
        asked.exclude(person__in=Erasure.objects.standing().values("person")).count()
        + prepared.exclude(prepared_by=account(request)).count()
    )
    return {"waits": waits} if waits else None


CORRECTIONS = Question(
    lambda reader: RightsRequest.objects.on_desk_of(reader).open().order_by().values_list("due_on"),
    of="count(*), min(due_on)",
)


def open_corrections(_request: HttpRequest, answer: Rows) -> dict[str, Any] | None:
    """How many wait for an answer, and the nearest last day; no card where none does."""
    ((count, nearest),) = answer
    return {"count": count, "due": day(nearest)} if count else None


def findings_card(request: HttpRequest) -> dict[str, Any] | None:
    """How many unusual patterns nobody has looked at; no card while there is none."""
    from privacy.models import Finding

    waits = Finding.objects.of_office(account(request)).to_look_at().count()
    return {"waits": waits} if waits else None
