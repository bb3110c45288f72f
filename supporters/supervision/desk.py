"""For coordinators: who of their regions has nobody at their side. They see nothing else of supervision."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from psp.areas import account, requires
from psp.asking import Question, Rows
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.dashboard import Card, add_card
from psp.models import User
from psp.sight import coordinated_regions
from supporters.choices import SupporterState
from supporters.models import Pairing, Supporter


def alone(reader: User) -> QuerySet[Any]:
    """Peer supporters of these regions, and whoever is getting ready, without a supervisor."""
    going_on = [SupporterState.JOINING, SupporterState.ACTIVE]
    rows: QuerySet[Any] = Supporter.objects.filter(
        program_region__in=coordinated_regions(reader), state__in=going_on, user__is_active=True
    )
    return rows.exclude(user__in=Pairing.objects.current().values("user"))


ALONE = Question(lambda reader: alone(reader).order_by().values_list("pk"), of="count(*)")


def register() -> None:
    add_card(Card("desk", "supporters/supervision/card_alone.html", card, 70, (ALONE,)))


def card(request: HttpRequest, counted: Rows) -> dict[str, Any] | None:
    """Supervisors act on it: for coordinators it is news, and nothing that waits for them."""
    ((count,),) = counted
    return {"count": count} if count else None


@require_GET
@requires(Role.COORDINATOR)
def page(request: HttpRequest) -> HttpResponse:
    found = list(alone(account(request)).select_related("user", "program_region"))
    audit.record_reads(found, purpose=Purpose.CARE)
    people = sorted(found, key=lambda one: one.user.name.casefold())
    return render(request, "supporters/supervision/alone.html", {"people": people})
