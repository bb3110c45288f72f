"""What decisions put on the desk's front page: applications that were put off until today, and who waits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intake import apart, desk, desk_lines, waiting
from intake.desk_cards import SHOWN
from intake.desk_figures import LOOK, figures
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Application
from psp.areas import holds
from psp.asking import Question, Rows
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.models import User


def _due_today(reader: User, *, today: date) -> QuerySet[Any]:
    rows: Any = desk.applications_of(reader)
    found: QuerySet[Any] = rows.to_look_at_again(today)
    return found.values_list("id", "look_again_on", *desk_lines.columns("participant__"))[:SHOWN]


DUE_TODAY = Question(_due_today, lambda reader: {"today": desk.day_of(reader)[0].date()})


def to_look_at_again(_request: HttpRequest, look: Rows, first: Rows) -> dict[str, Any] | None:
    """Those whose day has come, the longest due first; no card while there is none."""
    count = figures(look).again
    if not count:
        return None
    audit.record_reads_of(Application, [(row[0], row[3]) for row in first], purpose=Purpose.INTAKE)
    people = [desk_lines.of(row[2:], long_date(row[1], reader_language())) for row in first]
    return {"count": count, "waits": count, "people": people}


WAITING = Question(waiting.by_service)


def waiting_list(_request: HttpRequest, numbers: Rows) -> dict[str, Any]:
    """How many wait for each service; no names."""
    return {"services": waiting.totals(numbers)}


MATCHES = Question(lambda reader: apart.to_decide(reader).order_by().values_list("pk"), of="count(*)")


def matches(_request: HttpRequest, answer: Rows) -> dict[str, Any] | None:
    """How many names are to be looked at; no card while there is none."""
    ((count,),) = answer
    return {"count": count, "waits": count} if count else None


def register() -> None:
    allowed = holds(Role.COORDINATOR)
    add_place(Place("desk", _("Waiting list"), "list", "desk:waiting", allowed, order=30, key="w"))
    add_card(Card("desk", "desk/cards/matches.html", matches, 7, (MATCHES,)))
    add_part(FilePart("desk/file_apart.html", apart.file_part, Tab.NOW, order=40))
    add_card(Card("desk", "desk/cards/waiting.html", waiting_list, 29, (WAITING,)))
    add_card(Card("desk", "desk/cards/look_again.html", to_look_at_again, 6, (LOOK, DUE_TODAY)))
