"""The participant's consents among their places, and a card when a text has a new version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.words import until_words
from psp.areas import account, is_participant
from psp.dashboard import Card, Place, add_card, add_place


def register() -> None:
    add_place(Place("my", _("My consents"), "pen", "consent:list", is_participant, order=30))
    add_card(Card("my", "consent/card.html", asked_again, order=20))


def asked_again(request: HttpRequest) -> dict[str, Any] | None:
    """Texts that the person signed in an older version ([NH Annex F] rule 23); None where there are none."""
    from consent.services import texts_asked_again

    texts = texts_asked_again(person=account(request))
    return {"rows": [{"text": text, **until_words(text)} for text in texts]} if texts else None
