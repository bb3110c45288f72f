"""What a reader sees on a page: the sentences of its main part, step by step, from the HTML that was sent."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    """address article aside blockquote br button caption dd details div dl dt fieldset figcaption form h1 h2 h3 h4 h5
    h6 header label legend li main nav ol p section summary table td th tr ul""".split()  # noqa: SIM905 - a list to read
)
UNSEEN = frozenset(("script", "style", "svg", "template", "select", "textarea"))
VOID = frozenset(("br", "input", "hr", "img", "link", "meta", "use", "wbr"))


class Reader(HTMLParser):
    """`blocks`: (step, text) of every block of the main part; the step is 0 outside the steps of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[int, str]] = []
        self._open: list[tuple[str, bool, bool]] = []
        self._text: list[str] = []
        self._steps = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._flush()
        if tag in VOID:
            return
        names = {name for name, _value in attrs}
        is_step = "data-step" in names
        self._steps += is_step
        self._open.append((tag, tag in UNSEEN or "hidden" in names, is_step))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
        if any(tag == one for one, _unseen, _step in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        in_main = any(tag == "main" for tag, _unseen, _step in self._open)
        if in_main and not any(unseen for _tag, unseen, _step in self._open):
            self._text.append(data)

    def _flush(self) -> None:
        text = re.sub(r"[ \n\t]+", " ", "".join(self._text)).strip()
        self._text.clear()
        if text:
            in_step = any(step for _tag, _unseen, step in self._open)
            self.blocks.append((self._steps if in_step else 0, text))


def blocks_of(page: str) -> list[tuple[int, str]]:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.blocks
