"""The registry of places: each app adds its own when it is ready, so imports never run upward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from psp.areas import account
from psp.asking import Question, ask
from psp.bilingual import reader_language
from psp.once import keep_once


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. `area`: desk, lead, care, reports, my, privacy. `allowed(user)` decides who sees it.

    `key`: the letter that goes there after `g` on the desk. `below`: what the pages behind an area's front begin with
    that belong to it and to no other place.
    """

    area: str
    label: Any
    icon: str
    url_name: str
    allowed: Callable[[Any], bool]
    order: int = 50
    key: str = ""
    below: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One thing on an area's front page. `context(request, *answers)` gives the template its data; None hides the card.

    `asks`: what it wants to know from the database, answered for all cards of the page together (`psp.asking`).

    On the desk, "waits" in it is how many things on the card wait for somebody to act: if none does on any card, the
    page says so.
    """

    area: str
    template: str
    context: Callable[..., dict[str, Any] | None]
    order: int = 50
    asks: tuple[Question, ...] = ()


_places: dict[tuple[str, str], Place] = {}
_letters: dict[tuple[str, str], Place] = {}
_cards: list[Card] = []
_figures: dict[str, list[Callable[[], dict[str, Any]]]] = defaultdict(list)


def add_place(place: Place) -> None:
    """Each address stands in an area once, and each letter leads to one place of it."""
    keep_once(_places, (place.area, place.url_name), place)
    if place.key:
        keep_once(_letters, (place.area, place.key), place)


def add_public_figures(figures: Callable[[], dict[str, Any]], page: str = "offer") -> None:
    """What public pages tell: "offer" the program's settings, e.g. how many people a group has; "after" the waits."""
    _figures[page].append(figures)


def public_figures(page: str = "offer") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for figures in _figures[page]:
        found |= figures()
    return found


def add_card(card: Card) -> None:
    _cards.append(card)


class Link(NamedTuple):
    """A place as one reader meets it on one page; `current`: where they are."""

    url: str
    label: str
    icon: str
    key: str
    current: bool
    area: str


def places_for(request: HttpRequest) -> tuple[Link, ...]:
    """The navigation of every area that this account may enter, in order."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ()
    shown = sorted((place for place in _places.values() if place.allowed(user)), key=lambda place: place.order)
    language = reader_language()
    return tuple(_as_link(place, request.path, language) for place in shown)


def _as_link(place: Place, path: str, language: str) -> Link:
    url, label = _words(place, language)
    is_front = url.count("/") <= 3
    current = path == url if is_front else path.startswith(url)
    if place.below:
        current = current or path.startswith(url + place.below)
    return Link(url, label, place.icon, place.key, current, place.area)


@cache
def _words(place: Place, _language: str) -> tuple[str, str]:
    """Address and name in the present language."""
    return reverse(place.url_name), str(place.label)


def cards_for(request: HttpRequest, area: str) -> list[dict[str, Any]]:
    """Cards of an area's front page that have something to show: [{"template", …context}]."""
    cards = sorted((card for card in _cards if card.area == area), key=lambda card: card.order)
    asked = list(dict.fromkeys(question for card in cards for question in card.asks))
    answers = dict(zip(asked, ask(account(request), asked), strict=True)) if asked else {}
    found = []
    for card in cards:
        context = card.context(request, *[answers[question] for question in card.asks])
        if context is not None:
            found.append({"template": card.template, **context})
    return found
