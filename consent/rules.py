"""What a consent text says to the letter, when a signature is complete, and when it is in force.

Domain rules 20 to 23; the seven points come from Annex F of [NH].
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

LONGEST_NAME = 200
LANGUAGES = ("en", "fr")
OPTIONAL = {"en": "(optional)", "fr": "(facultatif)"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One line that is ticked by itself."""

    code: str
    text_en: str
    text_fr: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class ConsentVersion:
    """One version of the text for one purpose, in both languages."""

    purpose: str
    version: int
    title_en: str
    title_fr: str
    summary_en: str
    summary_fr: str
    statements: tuple[Statement, ...]

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> ConsentVersion:
        """From an item of the content file `consents`; KeyError for what is missing."""
        texts = {key: str(item[key]) for key in ("title_en", "title_fr", "summary_en", "summary_fr")}
        statements = tuple(
            Statement(line["code"], line["text_en"], line["text_fr"], bool(line["required"]))
            for line in item["statements"]
        )
        return cls(purpose=str(item["code"]), version=int(item["version"]), statements=statements, **texts)


class ProblemCode(StrEnum):
    """What keeps a signature from being complete."""

    STATEMENT_NOT_TICKED = "statement_not_ticked"
    STATEMENT_UNKNOWN = "statement_unknown"
    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"


@dataclass(frozen=True, slots=True)
class Problem:
    """`statement` is the code of the line concerned, if there is one."""

    code: ProblemCode
    statement: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """`signed_at` must be aware, as must every moment it is compared with."""

    purpose: str
    version: int
    signed_at: datetime


def _line(text: str) -> str:
    """One line of text: composed characters, single spaces; no-break spaces stay, French needs them."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", unicodedata.normalize("NFC", text)).strip()


def _in(language: str, english: str, french: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language}")
    return _line(french if language == "fr" else english)


def _statement(statement: Statement, number: int, language: str) -> str:
    text = _in(language, statement.text_en, statement.text_fr)
    return f"{number}. {text}" if statement.required else f"{number}. {text} {OPTIONAL[language]}"


def canonical_text(version: ConsentVersion, language: str) -> str:
    """The exact text that was shown, as it is kept with a signature.

    The same version in the same language always gives the same characters, and texts that differ in more than
    white space give different ones: each part has its own line, in a fixed order.
    """
    statements = (_statement(item, number, language) for number, item in enumerate(version.statements, start=1))
    title = _in(language, version.title_en, version.title_fr)
    summary = _in(language, version.summary_en, version.summary_fr)
    heading = f"{_line(version.purpose)}, version {version.version}, {language}"
    return "\n".join([heading, "", title, "", summary, "", *statements]) + "\n"


def text_hash(version: ConsentVersion, language: str) -> str:
    """SHA-256 of the canonical text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_text(version, language).encode()).hexdigest()


def _visible(name: str) -> str:
    return "".join(char for char in name if unicodedata.category(char) not in ("Cf", "Cc")).strip()


def _name_problems(typed_name: str) -> list[Problem]:
    if not _visible(typed_name):
        return [Problem(ProblemCode.NAME_MISSING)]
    return [Problem(ProblemCode.NAME_TOO_LONG)] if len(typed_name) > LONGEST_NAME else []


def check_signature(version: ConsentVersion, *, ticked: Collection[str], typed_name: str) -> tuple[Problem, ...]:
    """What is missing before this may be signed, in the order of the page; empty when it is complete.

    Any name will do: it is the person's mark, not a proof of identity.
    """
    known = {statement.code for statement in version.statements}
    missing = [
        Problem(ProblemCode.STATEMENT_NOT_TICKED, statement.code)
        for statement in version.statements
        if statement.required and statement.code not in ticked
    ]
    unknown = [Problem(ProblemCode.STATEMENT_UNKNOWN, code) for code in sorted(set(ticked) - known)]
    return (*missing, *unknown, *_name_problems(typed_name))


def in_force(signature: Signature, withdrawals: Iterable[datetime], now: datetime) -> bool:
    """Whether the consent holds at `now`: signed by then and not withdrawn since.

    `withdrawals` are those for the same purpose. One at the very moment of signing counts: in doubt, no.
    """
    signed = signature.signed_at
    return signed <= now and not any(signed <= moment <= now for moment in withdrawals)


@dataclass(frozen=True, slots=True)
class Published:
    """A published version of a text: `older_until` is the last day on which earlier signatures still count."""

    number: int
    valid_from: date
    older_until: date | None = None


def grace_until(valid_from: date, published_on: date, days: int) -> date:
    """The last day of earlier signatures: the period begins when people can read the new text, not before."""
    return max(valid_from, published_on) + timedelta(days=days)


def lapsed(signature: Signature, versions: Iterable[Published], today: date) -> bool:
    """Whether a newer text has asked for too long: the signature counts no more, though it was not withdrawn."""
    newer = (version for version in versions if version.number > signature.version)
    return any(version.older_until is not None and version.older_until < today for version in newer)


def days_in_force(number: int, versions: Iterable[Published]) -> tuple[date, date | None]:
    """First and last day on which this was the text to sign; the last is None while no newer one has begun or will.

    KeyError for a number that is not among them. A text whose newer one begins on the same day had no day: the last
    is before the first then.
    """
    known = {version.number: version for version in versions}
    first = known[number].valid_from
    begins = [version.valid_from for version in known.values() if version.number > number]
    return first, min(begins) - timedelta(days=1) if begins else None


def asks_again(signature: Signature, current_version: int) -> bool:
    """Whether the person should be asked anew because the text has a newer version than the one signed.

    The old consent holds until they answer, withdraw, or the period of grace ends (`lapsed`); it is never carried
    over to the new text.
    """
    return signature.version < current_version
