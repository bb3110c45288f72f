"""Incidents on front pages: what waits for somebody to take it, and steps that are late. Nobody's name."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.asking import Question, Rows
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.models import User
from psp.sight import coordinated_regions
from supporters.for_me import Link, add_link
from supporters.incidents.choices import Desk
from supporters.incidents.models import Incident, IncidentPerson, IncidentStep

TEMPLATE = "supporters/incidents/card.html"


def register() -> None:
    add_place(Place("care", _("Incidents"), "flag", "care:incidents", holds(Role.SUPERVISOR), order=60, key="i"))
    add_place(Place("desk", _("Incidents"), "flag", "desk:incidents", holds(Role.COORDINATOR), order=47, key="n"))
    add_place(Place("privacy", _("Incidents"), "flag", "office:incidents", holds(Role.PRIVACY_OFFICER), order=32))
    leads = holds(Role.SUPPORTER, Role.CLINICIAN)
    hint = _("Something happened, or nearly did: say it in a minute, and see what is done.")
    add_link(Link(_("Report what happened"), hint, "lead:incidents", 15, leads))
    add_card(Card("care", TEMPLATE, lambda request: card(request, "care"), order=5))
    add_card(Card("privacy", TEMPLATE, lambda request: card(request, "office"), order=2))
    add_card(Card("lead", TEMPLATE, on_the_phone, order=5))
    add_card(Card("desk", TEMPLATE, on_the_desk, 2, (WAITING, LATE)))


def card(request: HttpRequest, area: str) -> dict[str, Any] | None:
    me = account(request)
    waits = Incident.objects.visible_to(me).waiting().exclude(reporter=me).count()
    return _card(waits, IncidentStep.objects.of(me).overdue().count(), area)


def on_the_phone(request: HttpRequest) -> dict[str, Any] | None:
    """Those who lead: steps of their own that are to be done."""
    return _card(0, IncidentStep.objects.of(account(request)).to_do().count(), "lead")


def _card(waits: int, steps: int, area: str) -> dict[str, Any] | None:
    if not waits and not steps:
        return None
    return {"waits": waits + steps, "waiting": waits, "steps": steps, "url": reverse(f"{area}:incidents"), "area": area}


def _waiting(reader: User) -> QuerySet[Any]:
    """By the role of a coordinator alone: what somebody was brought into is taken already."""
    touched = IncidentPerson.objects.filter(incident=OuterRef("pk"), user=reader.pk)
    rows = Incident.objects.waiting().filter(
        program_region__in=coordinated_regions(reader), goes_to__contains=[Desk.COORDINATORS.value]
    )
    return rows.exclude(Exists(touched)).order_by().values_list("pk")


def _late(reader: User, *, today: date) -> QuerySet[Any]:
    rows = IncidentStep.objects.filter(owner=reader.pk, done_at__isnull=True, due_on__lt=today)
    return rows.order_by().values_list(F("pk"))


WAITING = Question(_waiting, of="count(*)")
LATE = Question(_late, lambda _reader: {"today": timezone.localdate()}, of="count(*)")


def on_the_desk(_request: HttpRequest, waiting: Rows, late: Rows) -> dict[str, Any] | None:
    return _card(waiting[0][0], late[0][0], "desk")
