"""From an outbox row to the words that go out: the recipient's language, clock and name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from contact import smtp
from contact.lint import neutral_violations
from contact.models import MessageTemplate, OutboxMessage, SafeContact
from contact.wording import Message, WordingError, compose, placeholders
from psp.bilingual import in_language
from psp.calendar_text import long_datetime
from psp.content import load

# What stands in a person's own list of messages where the code stood: it served once.
HIDDEN_CODE = "••••••"


@dataclass(frozen=True, slots=True)
class Letter:
    """`kept` is the body for the record: the one that is sent, but for a code."""

    sender: str
    subject: str
    body: str
    kept: str


def write(message: OutboxMessage, choices: SafeContact) -> Letter:
    """The message in words. WordingError where a text is not neutral or does not fit its values."""
    language, name = choices.language, choices.name_to_use or None
    content = _content(message.template)
    values = _values(message, language)
    sent = compose(content, message.template_id, language, values, name=name)
    _check_neutral(compose(content, message.template_id, language, values), language)
    hidden = {**values, "code": HIDDEN_CODE} if "code" in values else values
    return Letter(
        sent.sender, sent.subject, sent.text, compose(content, message.template_id, language, hidden, name=name).text
    )


def _content(template: MessageTemplate) -> dict[str, Any]:
    """The content file's frame with this template as it stands now: an administrator may have reworded it."""
    content = load("messages")
    known = {item["code"]: item["placeholders"] for item in content["templates"]}
    item = {"code": template.code, "placeholders": known.get(template.code) or sorted(placeholders(template.body_en))}
    for language in ("en", "fr"):
        item[f"subject_{language}"] = in_language(template, "subject", language)
        item[f"text_{language}"] = in_language(template, "body", language)
    return {**content, "templates": [item]}


def _values(message: OutboxMessage, language: str) -> dict[str, str]:
    """What the placeholders of this message stand for; moments as the recipient's own clock shows them."""
    wanted = placeholders(in_language(message.template, "body", language))
    found = {}
    if "when" in wanted:
        moment = datetime.fromisoformat(message.context["at"])
        found["when"] = long_datetime(moment, message.person.time_zone, language)
    if "code" in wanted:
        found["code"] = message.secret
    if "link" in wanted:
        found["link"] = own_page(language)
    return found


def own_page(language: str) -> str:
    """The one address in our messages: it leads everybody to their own page, and says nothing."""
    return f"{settings.PSP_PUBLIC_URL}/{language}/me/"


def _check_neutral(message: Message, language: str) -> None:
    # Without the name: what the person wants to be called is theirs to choose.
    whole = "\n".join((message.sender, settings.DEFAULT_FROM_EMAIL, message.subject, message.text))
    if telling := neutral_violations(whole, language):
        raise WordingError(f"not neutral: {', '.join(telling)}")


def as_email(message: OutboxMessage, letter: Letter) -> EmailMessage:
    """Plain text, a neutral sender, and an id that can be found again in a mail server's log."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=formataddr((letter.sender, address)),
        to=[message.person.sealed_email],
        headers={"Message-ID": f"<{message.pk}@{smtp.neutral_domain()}>", "Auto-Submitted": "auto-generated"},
    )
