"""Reports in the navigation, and those that wait for a second person on the privacy officer's front page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.dashboard import Card, Place, add_card, add_place
from reporting.models import Release
from reporting.querysets import READERS


def register() -> None:
    add_place(Place("reports", _("Reports"), "list", "reports:releases", holds(*READERS), order=15, key="o"))
    add_card(Card("privacy", "reports/releases/card.html", to_decide, order=7))


def to_decide(request: HttpRequest) -> dict[str, Any] | None:
    waits = Release.objects.to_decide(account(request)).count()
    return {"waits": waits} if waits else None
