"""On a supporter's page, for the supervisor at their side: that hours wait to be approved."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum

from psp.models import User
from supporters.hours.words import length
from supporters.models import HoursLine


def to_approve(person: User, reader: User) -> dict[str, Any] | None:
    """How long it is in all; the lines are on the page where one approves. None where nothing waits."""
    rows = HoursLine.objects.looked_after(reader).filter(user=person).submitted()
    found = rows.aggregate(lines=Count("pk"), minutes=Sum("minutes"))
    return {"whole": length(found["minutes"])} if found["lines"] else None
