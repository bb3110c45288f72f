"""The tags of a paper as a voice follows them: what each is, what it says, and which heads a cell of a table has.

Read here by no code of the program. A tag is looked up by its place in the tree; its text comes from the pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, Destination

from tests.papers import said

# What stands on a page, by the number of the page's object and the mark that a tag points at.
Marked = dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Tag:
    """`name`: by which cells call a head. `heads`: the names that a cell calls. `alt`: said instead of a picture.
    `language`: where it is not that of what stands around it."""

    kind: str
    text: str
    children: tuple[Tag, ...]
    name: str = ""
    scope: str = ""
    heads: tuple[str, ...] = ()
    alt: str = ""
    language: str = ""

    def every(self, *kinds: str) -> Iterator[Tag]:
        """Those of these kinds in it, in the order in which they are read."""
        for child in self.children:
            if child.kind in kinds:
                yield child
            yield from child.every(*kinds)


def tags_of(pdf: bytes) -> Tag:
    reader = PdfReader(BytesIO(pdf))
    marked: Marked = defaultdict(str)
    for sheet in reader.pages:
        for mark, text in said(sheet):
            if mark is not None:
                marked[sheet.indirect_reference.idnum, mark] += text
    (document,) = reader.root_object["/StructTreeRoot"]["/K"]
    return _tag(document.get_object(), marked)


def names_of(pdf: bytes) -> list[str]:
    """The list in which a reader looks up the names of heads."""
    listed = PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"]["/IDTree"]["/Names"]
    return [str(name) for name in listed[::2]]


def bookmarks_of(pdf: bytes) -> list[str]:
    """From first to last, each before those within it."""
    return list(_titles(PdfReader(BytesIO(pdf)).outline))


def heard(table: Tag) -> dict[tuple[str, str], str]:
    """What each cell says by the heads of its row and its column, as a voice finds them by their names."""
    heads = {cell.name: cell for cell in table.every("TH")}
    found = {}
    for cell in table.every("TD"):
        by_scope = {heads[name].scope: heads[name].text for name in cell.heads}
        found[by_scope["Row"], by_scope["Column"]] = cell.text
    return found


def _titles(entries: list[Any]) -> Iterator[str]:
    for one in entries:
        if isinstance(one, Destination):
            yield str(one.title)
        else:
            yield from _titles(one)


def _tag(tag: Any, marked: Marked) -> Tag:
    children, texts = list[Tag](), list[str]()
    for one in tag.get("/K", ()):
        child = one.get_object()
        if isinstance(child, int):
            texts.append(marked.get((tag.raw_get("/Pg").idnum, child), ""))
        elif "/MCID" in child:
            texts.append(marked.get((child.raw_get("/Pg").idnum, child["/MCID"]), ""))
        elif "/S" in child:
            children.append(_tag(child, marked))
            texts.append(children[-1].text)
    own = tag.get("/A", ArrayObject())
    of_table = {key: value for one in own for key, value in one.items()} if isinstance(own, ArrayObject) else own
    return Tag(
        tag["/S"][1:], " ".join("".join(texts).split()), tuple(children), name=str(tag.get("/ID", "")),
        scope=of_table.get("/Scope", "/")[1:], heads=tuple(map(str, of_table.get("/Headers", ()))),
        alt=str(tag.get("/Alt", "")), language=str(tag.get("/Lang", "")),
    )  # fmt: skip
