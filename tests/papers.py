"""Reading and checking PDFs, for every test that makes one."""

from __future__ import annotations

import re
import zlib
from typing import Any

import page

_OBJECT = re.compile(rb"\n(\d+) 0 obj\r?\n(.*?)\r?\nendobj", re.S)
_STREAM = re.compile(rb"/Length (\d+)\b.*?>>\s*stream\r?\n", re.S)
_INSIDE = rb"(?:\\.|[^\\()])*"
for _depth in range(4):
    # Brackets that balance stand in a string as they are, one pair within another.
    _INSIDE = rb"(?:\\.|[^\\()]|\(" + _INSIDE + rb"\))*"
_ONE = rb"\(" + _INSIDE + rb"\)|<[0-9A-Fa-f]*>"
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|((?:" + _ONE + rb")Tj|\[(?:" + _ONE + rb"|[-\d. ])*\]TJ)|(\nET)", re.S)
_STRING = re.compile(rb"\((" + _INSIDE + rb")\)|<([0-9A-Fa-f]*)>", re.S)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.S)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def assert_pdf_ua(pdf: bytes, *, language: str = "", title: str = "") -> None:
    """A PDF/UA-1 file for an independent validator, with its language and its title if they are given."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, [(one.rule_id, one.message) for one in report.failures]
    assert report.rules.total > 50, "the validator looked at hardly anything"
    if language:
        assert f"/Lang({language}-CA)".encode() in pdf
    if title:
        assert f'<rdf:li xml:lang="x-default">{title}</rdf:li>'.encode() in pdf


def pdf_text(pdf: bytes) -> str:
    """What somebody reads in a PDF of ours, in the order in which it was written, with single spaces."""
    objects = {int(number): body for number, body in _OBJECT.findall(b"\n" + pdf)}
    pages = [body for body in objects.values() if b"/Type/Page/" in body or b"/Type/Page>" in body]
    return " ".join(" ".join(_page_text(one, objects).split()) for one in pages)


def _page_text(body: bytes, objects: dict[int, bytes]) -> str:
    resources = objects[_reference(body, rb"/Resources")] if rb"/Resources<<" not in body else body
    fonts = {name: _letters(objects, int(number)) for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources)}
    text: list[str] = []
    letters: dict[Any, Any] = {}
    for font, shown, end in _SHOWN.findall(_inflated(objects[_reference(body, rb"/Contents")])):
        letters = fonts.get(font, letters)
        text.append(" " if end else _said(shown, letters))
    return "".join(text)


def _reference(body: bytes, key: bytes) -> int:
    found = re.search(key + rb" (\d+) 0 R", body)
    assert found, key
    return int(found[1])


def _said(shown: bytes, letters: dict[int, str]) -> str:
    codes = b"".join(bytes.fromhex(hexed.decode()) if hexed else _ESCAPE.sub(_escaped, plain)
                     for plain, hexed in _STRING.findall(shown))  # fmt: skip
    return "".join(letters.get(int.from_bytes(codes[at : at + 2], "big"), "") for at in range(0, len(codes), 2))


def _escaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    return bytes([int(sign, 8)]) if sign[:1].isdigit() else _PLAIN.get(sign, b"" if sign.endswith(b"\n") else sign)


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """Which text each sign of a font stands for."""
    table = _inflated(objects[_reference(objects[font], rb"/ToUnicode")]).decode("latin-1")
    pairs = re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s*\n", table)
    found = {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}
    for first, last, text in re.findall(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>", table):
        start = int(text, 16)
        found |= {code: chr(start + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return found


def _inflated(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found, body[:80]
    # By its length: what is squeezed together may itself end in a sign that looks like a line's end.
    stream = body[found.end() : found.end() + int(found[1])]
    return zlib.decompress(stream) if b"/FlateDecode" in found[0] else stream
