"""What is there for somebody who leads, as a person: one page of links that each part of the app fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the page "For me". `hint`: one sentence; `allowed(user)` decides who sees it."""

    label: Any
    hint: Any
    url_name: str
    order: int
    allowed: Callable[[Any], bool]


_links: list[Link] = []


def add_link(link: Link) -> None:
    _links.append(link)


def links_for(user: Any) -> list[dict[str, str]]:
    """[{"url", "label", "hint"}] in order, in the present language."""
    shown = sorted((one for one in _links if one.allowed(user)), key=lambda one: one.order)
    return [{"url": reverse(one.url_name), "label": str(one.label), "hint": str(one.hint)} for one in shown]
