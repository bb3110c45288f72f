"""A signature as a paper: the exact text, what was ticked, whose name stands where. Made on demand, kept nowhere."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from consent.models import Consent
from consent.rules import LANGUAGES, canonical_text
from psp.calendar_text import long_date, long_datetime
from psp.choices import Language
from psp.models import User
from psp.pdf import make_pdf

Row = dict[str, Any]
_NUMBERED = re.compile(r"^\d+\. ")


def signed_paper(consent: Consent, *, reader: User, both: bool = False) -> bytes:
    """A tagged PDF in the language in which it was signed; with `both`, the same text in the other one follows.

    What was signed is shown to the letter. The other language is a help to read it and says so: nobody signed that.
    """
    language = str(consent.language)
    texts = [_text_of(consent.text, consent, language)]
    if both:
        other = next(code for code in LANGUAGES if code != language)
        texts.append(_text_of(canonical_text(consent.version.as_text(), other), consent, other))
    with override(language):
        title = _("Document")
        rows = [*facts(consent, reader, language), [_("Fingerprint of the text"), consent.text_hash]]
        data = {"heading": _("What was signed"), "texts": texts, "facts": rows}
    return make_pdf("consent", data, language=language, title=title)


def _text_of(text: str, consent: Consent, language: str) -> Row:
    """Title, summary and statements of a text as it is kept with a signature (`canonical_text`)."""
    lines = [line for line in text.splitlines()[2:] if line] or [text.strip()]
    statements = [line for line in lines if _NUMBERED.match(line)]
    headings = [line for line in lines if not _NUMBERED.match(line)] or [""]
    codes = [item["code"] for item in consent.version.statements]
    with override(language):
        ticked = [_("Ticked") if code in consent.ticked else _("Not ticked") for code in codes]
        translated = (
            _("The same text in English. It was signed in the other language.")
            if language == "en"
            else _("The same text in French. It was signed in the other language.")
        )
    marks = ticked if len(ticked) == len(statements) else [""] * len(statements)
    rows = [[_NUMBERED.sub("", line), mark] for line, mark in zip(statements, marks, strict=True)]
    return {
        "language": language, "title": headings[0], "paragraphs": headings[1:], "statements": rows,
        "translated": "" if language == consent.language else translated,
    }  # fmt: skip


def facts(consent: Consent, reader: User, language: str) -> list[list[str]]:
    """Who, when, how: [label, value]; what does not apply is left out."""
    beside, ended = getattr(consent, "countersignature", None), getattr(consent, "withdrawal", None)

    def moment(at: Any) -> str:
        return long_datetime(at, reader.time_zone, language)

    rows = [
        (_("Name typed as signature"), consent.typed_name),
        (_("Kept on"), moment(consent.signed_at)),
        (_("Date on the paper"), long_date(consent.signed_on, language) if consent.signed_on else ""),
        (_("How"), str(consent.get_manner_display())),
        (_("Language"), str(Language(consent.language).label)),
        (_("Version"), str(consent.version.number)),
        (_("Signed beside it"), f"{beside.by.name}, {moment(beside.at)}" if beside else ""),
        (_("Taken back"), moment(ended.at) if ended else ""),
    ]
    return [[label, value] for label, value in rows if value]
