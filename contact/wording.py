"""Filling in a message template. Pure: a template and its values in, subject and text out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from contact.lint import neutral_violations

PLACEHOLDERS = frozenset({"name", "when", "code", "link"})
_PLACE = re.compile(r"\{([^{}]*)\}")


class WordingError(ValueError):
    """A template that cannot be used as it stands, or values that do not fit it."""


@dataclass(frozen=True, slots=True)
class Message:
    sender: str
    subject: str
    text: str


def placeholders(text: str) -> frozenset[str]:
    """The names in braces; WordingError for a brace that stands alone."""
    if re.search(r"[{}]", _PLACE.sub("", text)):
        raise WordingError("a brace stands alone")
    return frozenset(_PLACE.findall(text))


def check_template(template: Mapping[str, Any], language: str) -> None:
    """WordingError unless the neutral texts are neutral, and all use the declared placeholders and no other."""
    subject, text = (str(template[f"{name}_{language}"]) for name in ("subject", "text"))
    short, explicit = sms_of(template, language), explicit_of(template, language)
    if problem := _problem(language, subject, text, short, explicit, frozenset(template["placeholders"])):
        raise WordingError(problem)


@lru_cache(maxsize=200)
def _problem(language: str, subject: str, text: str, short: str, explicit: str, declared: frozenset[str]) -> str:
    """Asked for every message, and the same for all messages of a template."""
    telling = neutral_violations(f"{subject}\n{text}\n{short}", language)
    if telling:
        return f"not neutral: {', '.join(telling)}"
    if placeholders(subject):
        return "a subject has no placeholders: it shows on a locked screen"
    texts = [text, short, *filter(None, [explicit])]
    if any(placeholders(one) != declared for one in texts) or not declared <= PLACEHOLDERS - {"name"}:
        return "the placeholders differ from those that the template declares"
    return ""


def explicit_of(template: Mapping[str, Any], language: str) -> str:
    """The text that says what the message is about, "" where the template has none."""
    return str(template.get(f"explicit_{language}") or "")


def sms_of(template: Mapping[str, Any], language: str) -> str:
    """The text message; the e-mail's words where the template has no shorter ones."""
    return str(template.get(f"sms_{language}") or template[f"text_{language}"])


def _fill(text: str, values: Mapping[str, str]) -> str:
    # One pass: braces inside a value are text, never a placeholder.
    return _PLACE.sub(lambda match: values[match[1]], text)


def compose(
    content: Mapping[str, Any],
    code: str,
    language: str,
    values: Mapping[str, str],
    *,
    name: str | None = None,
    explicit: bool = False,
) -> Message:
    """The e-mail `code` of `content` (the file `messages`) in "en" or "fr".

    `name` is the name the person chose to see in messages, None when they chose none. `values` must be
    exactly the template's placeholders. `explicit` for those who chose to read what it is about: where the template
    has such a text, it is used. WordingError for an unknown code, missing or extra values.
    """
    template = _checked(content, code, language, values)
    greeting = content[f"greeting_{language}" if name else f"greeting_without_name_{language}"]
    open_text = explicit_of(template, language) if explicit else ""
    text = _fill(open_text or template[f"text_{language}"], values)
    opening = _fill(greeting, {"name": _one_line(name or "")})
    return Message(content[f"sender_{language}"], template[f"subject_{language}"], f"{opening}\n\n{text}\n")


def compose_sms(
    content: Mapping[str, Any], code: str, language: str, values: Mapping[str, str], *, name: str | None = None
) -> str:
    """The text message `code`, neutral always; arguments and errors as for `compose`."""
    template = _checked(content, code, language, values)
    greeting = f"{_fill(content[f'greeting_{language}'], {'name': _one_line(name)})} " if name else ""
    return greeting + _fill(sms_of(template, language), values)


def _checked(content: Mapping[str, Any], code: str, language: str, values: Mapping[str, str]) -> Mapping[str, Any]:
    template: Mapping[str, Any] | None = next((item for item in content["templates"] if item["code"] == code), None)
    if template is None:
        raise WordingError(f"no message named {code}")
    if set(values) != set(template["placeholders"]):
        raise WordingError(f"{code} needs {sorted(template['placeholders'])}, got {sorted(values)}")
    check_template(template, language)
    return template


def _one_line(text: str) -> str:
    return " ".join(text.split())
