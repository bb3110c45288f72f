"""Row heads in a tagged PDF: the first cell of each row says what the figures beside it belong to (TH, Scope Row).

The maker of papers knows such cells (`pdf.header-cell`), but only where a switch is on (`a11y-extras`) that its Python
package never turns on. So they are marked here, in the tags of a paper that is made: nothing that is seen changes, and
every other object stays byte for byte as it was. A paper that is not written as expected is refused, never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# A tag, the one above it, and its language if it has one of its own. Nothing that people wrote stands before these.
_TAG = rb"\A\d+ 0 obj\n<</Type/StructElem/S/%s/P (\d+) 0 R(/Lang\([\w-]+\))?"
_BODY, _ROW = re.compile(_TAG % b"TBody"), re.compile(_TAG % b"TR" + rb"/K\[((?:\d+ 0 R ?)+)\]")
_CELL = re.compile(_TAG % b"TD" + rb"/A\[<</O/Table/Headers\[((?:\(\w+\))*)\]>>")
_START = re.compile(rb"startxref\n(\d+)\n%%EOF\s*\Z")
_PLACES = re.compile(rb"\Axref\n0 (\d+)\n0000000000 65535 f\r\n((?:\d{10} 00000 n\r\n)+)")
_NAMED = re.compile(rb"/IDTree<</Names\[((?:\(\w+\)\d+ 0 R ?)+)\]>>")
_NAME = re.compile(rb"(\(\w+\))(\d+) 0 R")


class NotAsExpected(ValueError):
    """The file is not written as this module knows them. Says nothing of what stands in it."""


def with_row_heads(pdf: bytes) -> bytes:
    """The same paper, in which the first cell of each row of each table heads its row. NotAsExpected."""
    objects, trailer = _opened(pdf)
    named: dict[bytes, int] = {}
    for number, cells in _rows(objects):
        name = b"(R%d)" % number
        for place, cell in enumerate(cells):
            objects[cell] = _marked(objects.get(cell, b""), name, is_head=not place)
        named[name] = cells[0]
    if named:
        _add_names(objects, named)
    return _closed(pdf[: pdf.index(b"1 0 obj\n")], objects, trailer)


def _opened(pdf: bytes) -> tuple[dict[int, bytes], bytes]:
    """Objects by number, as they follow each other in the file, and what comes after the list of their places."""
    start = _START.search(pdf)
    table = _PLACES.match(pdf[int(start[1]) :]) if start else None
    if start is None or table is None:
        raise NotAsExpected("list of objects")
    places = [int(line[:10]) for line in table[2].splitlines()]
    ends = [*sorted(places)[1:], int(start[1])]
    end_of = dict(zip(sorted(places), ends, strict=True))
    found = {number: pdf[place : end_of[place]] for number, place in enumerate(places, 1)}
    if int(table[1]) != len(found) + 1 or not all(body.startswith(b"%d 0 obj\n" % at) for at, body in found.items()):
        raise NotAsExpected("places of objects")
    trailer = pdf[int(start[1]) + table.end() : start.start()]
    return dict(sorted(found.items(), key=lambda one: places[one[0] - 1])), trailer


def _rows(objects: dict[int, bytes]) -> Iterator[tuple[int, list[int]]]:
    """Each row below the heads of its table, with its cells."""
    for number, body in list(objects.items()):
        row = _ROW.match(body)
        if row and _BODY.match(objects.get(int(row[1]), b"")):
            yield number, [int(one) for one in row[3].replace(b" 0 R", b"").split()]


def _marked(cell: bytes, name: bytes, *, is_head: bool) -> bytes:
    """A cell that heads its row under this name, or one that names the head of its row beside that of its column."""
    found = _CELL.match(cell)
    if found is None:
        raise NotAsExpected("cell of a table")
    if not is_head:
        return cell[: found.end(3)] + name + cell[found.end(3) :]
    before, after = cell[: found.end(1)].replace(b"/S/TD/", b"/S/TH/", 1), cell[found.end() :]
    language = found[2] or b""
    scope = b"/ID" + name + b"/A[<</O/Table/Scope/Row/Headers[" + found[3] + b"]>>"
    return before + b" 0 R" + language + scope + after


def _add_names(objects: dict[int, bytes], named: dict[bytes, int]) -> None:
    """Names are looked up in one list, in their order."""
    for number, body in objects.items():
        found = _NAMED.search(body) if body.startswith(b"%d 0 obj\n<</Type/StructTreeRoot" % number) else None
        if found:
            every = {name: int(cell) for name, cell in _NAME.findall(found[1])} | named
            listed = b"".join(b"%s%d 0 R" % one for one in sorted(every.items()))
            objects[number] = body[: found.start(1)] + listed + body[found.end(1) :]
            return
    raise NotAsExpected("list of names")


def _closed(head: bytes, objects: dict[int, bytes], trailer: bytes) -> bytes:
    """The file with the places where its objects stand now."""
    places, at = dict.fromkeys(objects, 0), len(head)
    for number, body in objects.items():
        places[number], at = at, at + len(body)
    listed = b"".join(b"%010d 00000 n\r\n" % places[number] for number in sorted(places))
    table = b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(objects) + 1) + listed
    return b"".join([head, *objects.values(), table, trailer, b"startxref\n%d\n%%%%EOF" % at])
