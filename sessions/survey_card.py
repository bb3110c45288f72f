"""What a person may answer now, for their front page and the page of their sessions. Nothing of it is urgent.

The line under a session looks alike before and after a slip was taken: whoever looks over a shoulder learns nothing.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from psp.areas import account
from psp.dashboard import Card, add_card
from psp.models import User
from sessions import words
from sessions.services_feedback import open_sessions
from sessions.services_questions import offers


def register() -> None:
    add_card(Card("my", "sessions/survey_card.html", card, order=25))


def card(request: HttpRequest) -> dict[str, Any] | None:
    asked = asked_of(account(request))
    return asked if any(asked.values()) else None


def asked_of(person: User) -> dict[str, Any]:
    """{"felt": [session line], "offers": [{"group", "id", "moment", "label", "begun", "sent"}]}."""
    return {
        "felt": [words.line(session, person.time_zone) for session in open_sessions(person)],
        "offers": [
            {"group": one.group.name, "id": one.group.pk, "moment": one.moment.value, "label": one.moment.label,
             "begun": one.sheet is not None and one.sheet.sent_at is None,
             "sent": one.sheet is not None and one.sheet.sent_at is not None}
            for one in offers(person)
        ],
    }  # fmt: skip
