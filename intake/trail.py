"""The list that a file was opened from: it stays in the address, so that the way on and back is never lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from intake import desk
from intake.forms_desk import chosen_in
from intake.models import Application
from psp.areas import account

# The only parts of an address that travel from page to page.
KEYS = ("state", "service", "language", "assigned", "page")
LIST = "list"


def of_list(request: HttpRequest) -> str:
    """What a list adds to the addresses of its files, e.g. "list=1&state=submitted&page=2"."""
    return _carried(request.GET, {LIST: "1"})


def carried(request: HttpRequest) -> str:
    """The same on a page that came from a list; "" on any other."""
    return _carried(request.GET, {LIST: "1"}) if LIST in request.GET else ""


def way(request: HttpRequest) -> str:
    """What links of such a page end with, so that what is done there leads back to the same list."""
    query = carried(request)
    return f"?{query}" if query else ""


def _carried(query: QueryDict, first: dict[str, str]) -> str:
    found = QueryDict(mutable=True)
    found.update(first | {key: str(query[key])[:40] for key in KEYS if query.get(key)})
    return found.urlencode()


def file_url(request: HttpRequest, participant_id: UUID) -> str:
    """A person's file, with the list that one came from."""
    return reverse("desk:file", args=[participant_id]) + way(request)


def back(request: HttpRequest) -> str:
    """The list that one came from, with its filters; "" when there is none."""
    query = QueryDict(carried(request), mutable=True)
    if not query:
        return ""
    query.pop(LIST)
    return reverse("desk:applications") + (f"?{query.urlencode()}" if query else "")


def around(request: HttpRequest, application: Application | None) -> dict[str, Any] | None:
    """Addresses of the list and of the files before and after this one in it; None when no list was left.

    By place in the list's order, so that it also works once this application fits the filters no more.
    """
    query = carried(request)
    if not query or application is None:
        return None
    rows = desk.filtered(desk.applications_of(account(request)), account(request), **chosen_in(request.GET)).exclude(
        participant=application.participant_id
    )
    here = (application.submitted_at, application.pk)
    before = rows.filter(_beyond("lt", *here)).order_by("-submitted_at", "-pk")
    found = {"previous": _first(before), "next": _first(rows.filter(_beyond("gt", *here)))}
    return {
        "back": back(request),
        **{name: reverse("desk:file", args=[pk]) + f"?{query}" if pk else "" for name, pk in found.items()},
    }


def _beyond(side: str, submitted_at: Any, pk: UUID) -> Q:
    return Q(**{f"submitted_at__{side}": submitted_at}) | Q(submitted_at=submitted_at, **{f"pk__{side}": pk})


def _first(rows: QuerySet[Any]) -> UUID | None:
    found: UUID | None = rows.values_list("participant_id", flat=True).first()
    return found
