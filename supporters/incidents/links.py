"""What an incident needs to know of groups and sessions: told by the app above that holds them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psp.models import User


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that one may have led or been to: a session, or a group as a whole. `label`: in the reader's words."""

    group: UUID
    session: UUID | None
    region: str
    label: str


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody in a group that one leads. `name`: the chosen one. `leads`: beside oneself."""

    user: UUID
    name: str
    where: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """`occasions(user)`: what this account may say that it was at; the likeliest first. `people(user)`: whom they may
    name because they see them there. `label(group, session, reader)`: the same in words, and an address where the
    reader may go there, or "". `leads(group)`: who leads it. `end_lead(group, user, by)`: they lead it no more;
    whether they did until now. `cover(group, user, by)`: somebody else leads its coming sessions in their place; how
    many sessions that is. `lead_in(regions)`: accounts of those who lead a running group there.
    """

    occasions: Callable[[User], list[Occasion]]
    people: Callable[[User], list[Named]]
    label: Callable[[UUID, UUID | None, User], tuple[str, str]]
    leads: Callable[[UUID], list[User]]
    end_lead: Callable[[UUID, User, User], bool]
    cover: Callable[[UUID, User, User], int]
    lead_in: Callable[[Collection[str]], Iterable[UUID]]


_links: list[Links] = []


def add_links(links: Links) -> None:
    _links.append(links)


def occasions(user: User) -> list[Occasion]:
    return _all(links.occasions(user) for links in _links)


def people(user: User) -> list[Named]:
    return _all(links.people(user) for links in _links)


def label(group: UUID | None, session: UUID | None, reader: User) -> tuple[str, str]:
    """("", "") outside any group, and where nothing above knows it any more."""
    if group is None:
        return "", ""
    found = (links.label(group, session, reader) for links in _links)
    return next((one for one in found if one[0]), ("", ""))


def leads(group: UUID | None) -> list[User]:
    return _all(links.leads(group) for links in _links) if group is not None else []


def lead_in(regions: Collection[str]) -> set[UUID]:
    return {one for links in _links for one in links.lead_in(regions)}


def end_lead(group: UUID, user: User, by: User) -> bool:
    return sum(links.end_lead(group, user, by) for links in _links) > 0


def cover(group: UUID, user: User, by: User) -> int:
    return sum(links.cover(group, user, by) for links in _links)


def _all(found: Iterable[list[Any]]) -> list[Any]:
    return [one for some in found for one in some]
