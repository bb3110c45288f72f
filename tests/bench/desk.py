"""The coordinator's pages: the first one, the board, the list, and finding one person among all."""

from __future__ import annotations

from tests.bench import people
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect
from tests.bench.forms import hidden

TIMES = 100
PAGES = (
    ("desk's first page", "/fr/desk/", "at most 8 × one indexed query"),
    ("board", "/fr/desk/board/", "at most 8 × one indexed query"),
    ("coordinator's list of 25", "/fr/desk/applications/?state=all", "at most 6 × one indexed query"),
)


def figures(port: int, floor: Site) -> list[Figure]:
    desk, found = Site(port, people.cookies_of(people.coordinator())), people.somebody_to_find()
    user = found.user
    looked_for = {
        "name": user.name,
        "e-mail": user.sealed_email,
        "phone": people.ONLY_PHONE,
        "reference": found.reference,
    }
    return [
        *(page(desk, floor, str(user.pk), *one) for one in PAGES),
        *(search(desk, floor, str(user.pk), what, text) for what, text in looked_for.items()),
    ]


def page(desk: Site, floor: Site, person: str, name: str, path: str, aim: str) -> Figure:
    """A page with names, each reading noted in the access log."""
    ours, theirs = in_turn(
        lambda: expect(200, *desk.request("GET", path)),
        lambda: expect(200, *floor.request("GET", f"/one-query?id={person}")), TIMES,
    )  # fmt: skip
    return against_floor(name, ours, theirs, aim)


def search(desk: Site, floor: Site, person: str, what: str, text: str) -> Figure:
    """From the button to the address of the one file that is found; beside it, that person read by primary key."""
    form = hidden(expect(200, *desk.request("GET", "/fr/desk/search/"))) | {"text": text}
    ours, theirs = in_turn(
        lambda: expect(302, *desk.request("POST", "/fr/desk/search/", form)),
        lambda: expect(200, *floor.request("GET", f"/one-person?id={person}")), TIMES,
    )  # fmt: skip
    return against_floor(f"search by {what}", ours, theirs, "at most 3 × one person by primary key")
