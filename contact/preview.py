"""A template as people would receive it: both languages, with and without a name, e-mail and text message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contact.letters import HIDDEN, content_of, own_page
from contact.models import MessageTemplate
from contact.segments import length_of
from contact.wording import WordingError, compose, compose_sms, explicit_of
from psp.calendar_text import long_datetime

NAME = "Alex"
MOMENT = datetime.fromisoformat("2027-01-12T00:00:00+00:00")


def previews(template: MessageTemplate) -> list[dict[str, Any]]:
    """[{"language", "name", "subject", "text", "explicit", "sms", "length"}]; `problem` where it cannot be worded."""
    return [_preview(template, language, name) for language in ("en", "fr") for name in (None, NAME)]


def _preview(template: MessageTemplate, language: str, name: str | None) -> dict[str, Any]:
    content, code = content_of(template), template.code
    item = content["templates"][0]
    sample = {"when": long_datetime(MOMENT, "America/Toronto", language), "code": HIDDEN, "link": own_page(language)}
    values = {place: sample.get(place, "") for place in item["placeholders"]}
    shown: dict[str, Any] = {"language": language, "name": name}
    try:
        mail = compose(content, code, language, values, name=name)
        short = compose_sms(content, code, language, values, name=name)
        open_text = compose(content, code, language, values, name=name, explicit=True).text
    except WordingError as problem:
        return {**shown, "problem": str(problem)}
    explicit = open_text if explicit_of(item, language) else ""
    return {
        **shown, "subject": mail.subject, "text": mail.text, "explicit": explicit, "sms": short,
        "length": length_of(short),
    }  # fmt: skip
