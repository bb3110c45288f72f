"""Row heads in a tagged PDF: the first cell of each row says what the figures beside it belong to (TH, Scope Row).

The maker of papers knows such cells (`pdf.header-cell`), but only where a switch is on (`a11y-extras`) that its Python
package never turns on. So they are marked here, in the tags of a paper that is made: nothing that is seen changes. A
paper whose tags are not as expected is refused, never guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

# A tag: a dictionary of which the library knows no more than that.
Tag = Any


class NotAsExpected(ValueError):
    """The file is not one that this module knows. Says nothing of what stands in it."""


def with_row_heads(pdf: bytes) -> bytes:
    """The same paper, in which the first cell of each row of each table heads its row. NotAsExpected."""
    try:
        reader = PdfReader(BytesIO(pdf), strict=True)
        writer = PdfWriter(clone_from=reader)
        writer.pdf_header = reader.pdf_header
        _mark_rows(writer.root_object["/StructTreeRoot"])
    except (PyPdfError, LookupError, TypeError, AttributeError) as error:
        # Without the error itself, which may quote the file.
        raise NotAsExpected(type(error).__name__) from None
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _mark_rows(root: Tag) -> None:
    rows = list(_rows(root))
    if not rows:
        return
    named = root["/IDTree"]["/Names"]
    heads = dict(zip(named[::2], named[1::2], strict=True))
    for number, row in enumerate(rows):
        name = TextStringObject(f"R{number}")
        # As a list: what stands in it are the places of cells, which the list of names needs.
        first, *others = list(row["/K"])
        head = first.get_object()
        head.update({NameObject("/S"): NameObject("/TH"), NameObject("/ID"): name})
        _of_table(head)[NameObject("/Scope")] = NameObject("/Row")
        for cell in others:
            _of_table(cell.get_object())["/Headers"].append(name)
        heads[name] = first
    # Whoever looks a name up expects them in their order.
    named[:] = [one for pair in sorted(heads.items()) for one in pair]


def _rows(root: Tag) -> Iterator[Tag]:
    """Each row below the heads of its table."""
    for body in _tags(root, "/TBody"):
        yield from _tags(body, "/TR")


def _tags(above: Tag, kind: str) -> Iterator[Tag]:
    """The tags of this kind, wherever they stand below."""
    below = above.get("/K", ())
    for one in below if isinstance(below, ArrayObject) else (below,):
        tag = one.get_object()
        if isinstance(tag, DictionaryObject) and "/S" in tag:
            if str(tag["/S"]) == kind:
                yield tag
            else:
                yield from _tags(tag, kind)


def _of_table(cell: Tag) -> Tag:
    """What a cell says of its place in the table."""
    (said,) = (one for one in cell["/A"] if one["/O"] == "/Table")
    return said
