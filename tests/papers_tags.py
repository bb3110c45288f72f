"""The tags of a paper as a voice follows them: what each is, what it says, and which heads a cell of a table has.

Read here by no code of the program. A tag is looked up by its place in the tree; its text comes from the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.papers import _OBJECT, _ONE, _STRING, _inflated, _letters, _reference, _said

_MARKED = re.compile(
    rb"/(f\d+) [\d.]+ Tf|((?:" + _ONE + rb")Tj|\[(?:" + _ONE + rb"|[-\d. ])*\]TJ)|/MCID (\d+)|(EMC)", re.S
)
_CHILD = re.compile(rb"(\d+) 0 R|<</Type/(MCR|OBJR)/Pg (\d+) 0 R/(?:MCID|Obj) (\d+)[^>]*>>|(\d+)")


@dataclass(frozen=True, slots=True)
class Tag:
    """`name`: by which cells call a head. `heads`: the names that a cell calls. `alt`: said instead of a picture."""

    kind: str
    text: str
    children: tuple[Tag, ...]
    name: str = ""
    scope: str = ""
    heads: tuple[str, ...] = ()
    alt: str = ""

    def every(self, *kinds: str) -> Iterator[Tag]:
        """Those of these kinds in it, in the order in which they are read."""
        for child in self.children:
            if child.kind in kinds:
                yield child
            yield from child.every(*kinds)


def tags_of(pdf: bytes) -> Tag:
    objects = {int(number): body for number, body in _OBJECT.findall(b"\n" + pdf)}
    root = next(body for body in objects.values() if body.startswith(b"<</Type/StructTreeRoot"))
    pages = {number: _by_mark(body, objects) for number, body in objects.items()
             if re.match(rb"<</Type/Page[/>]", body)}  # fmt: skip
    return _tag(objects[int(re.search(rb"/K\[(\d+) 0 R\]", root)[1])], objects, pages)


def names_of(pdf: bytes) -> list[str]:
    """The list in which a reader looks up the names of heads."""
    listed = re.search(rb"/IDTree<</Names\[(.*?)\]>>", pdf)[1]
    return [name.decode() for name in re.findall(rb"\((\w+)\)", listed)]


def bookmarks_of(pdf: bytes) -> list[str]:
    """From first to last, each before those within it."""
    objects = {int(number): body for number, body in _OBJECT.findall(b"\n" + pdf)}

    def titles(number: int) -> Iterator[str]:
        body = objects[number]
        yield _text(body, b"/Title")
        for link in (rb"/First (\d+) 0 R", rb"/Next (\d+) 0 R"):
            if found := re.search(link, body):
                yield from titles(int(found[1]))

    outline = next(body for body in objects.values() if body.startswith(b"<</Type/Outlines"))
    return list(titles(_reference(outline, b"/First")))


def heard(table: Tag) -> dict[tuple[str, str], str]:
    """What each cell says by the heads of its row and its column, as a voice finds them by their names."""
    heads = {cell.name: cell for cell in table.every("TH")}
    found = {}
    for cell in table.every("TD"):
        by_scope = {heads[name].scope: heads[name].text for name in cell.heads}
        found[by_scope["Row"], by_scope["Column"]] = cell.text
    return found


def _tag(body: bytes, objects: dict[int, bytes], pages: dict[int, dict[int, str]]) -> Tag:
    bare = _STRING.sub(b"()", body)
    children, said = list[Tag](), list[str]()
    page = re.search(rb"/Pg (\d+) 0 R>>\Z", bare)
    for ref, kind, on, mark, own in _CHILD.findall(re.search(rb"/K\[(.*?)\](?:/Pg \d+ 0 R)?>>\Z", bare, re.S)[1]):
        if ref:
            children.append(_tag(objects[int(ref)], objects, pages))
            said.append(children[-1].text)
        elif kind != b"OBJR":
            said.append(pages[int(on or page[1])].get(int(mark or own), ""))
    name, scope = re.search(rb"/ID\((\w+)\)", body), re.search(rb"/Scope/(\w+)", bare)
    heads = re.search(rb"/Headers\[((?:\(\w+\))*)\]", body)
    return Tag(
        re.search(rb"/S/(\w+)", bare)[1].decode(), " ".join("".join(said).split()), tuple(children),
        name=name[1].decode() if name else "", scope=scope[1].decode() if scope else "",
        heads=tuple(one.decode() for one in re.findall(rb"\w+", heads[1])) if heads else (), alt=_text(body, b"/Alt"),
    )  # fmt: skip


def _text(body: bytes, key: bytes) -> str:
    found = re.search(key + _STRING.pattern, body, re.S)
    if not found:
        return ""
    if found[2] is not None:
        return bytes.fromhex(found[2].decode()).decode("utf-16")
    return re.sub(rb"\\(.)", rb"\1", found[1], flags=re.S).decode("latin-1")


def _by_mark(body: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """What stands on a page, by the marks that tags point at."""
    resources = objects[_reference(body, rb"/Resources")] if rb"/Resources<<" not in body else body
    fonts = {name: _letters(objects, int(number)) for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources)}
    found, letters, mark = dict[int, str](), dict[int, str](), None
    for font, shown, begins, ends in _MARKED.findall(_inflated(objects[_reference(body, rb"/Contents")])):
        letters = fonts.get(font, letters)
        mark = int(begins) if begins else None if ends else mark
        if shown and mark is not None:
            found[mark] = found.get(mark, "") + _said(shown, letters)
    return found
