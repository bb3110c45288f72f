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

# What stands in the record, and in the person's own list, where a code or a link stood that served once.
HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Letter:
    """`kept` is the body for the record: the one that is sent, but for a secret."""

    sender: str
    subject: str
    body: str
    kept: str


def write(message: OutboxMessage, choices: SafeContact) -> Letter:
    """The message in words. WordingError where a text is not neutral or does not fit its values."""
    # Anybody can apply with somebody's address and any words for a name: none of theirs go out before its owner
    # has signed in.
    language, name = choices.language, (choices.name_to_use or None) if message.person.last_login else None
    content, code = _content(message.template), message.template_id
    values, hidden = _values(message, language, message.secret), _values(message, language, HIDDEN)
    sent = compose(content, code, language, values, name=name)
    # Without the name, which is the person's to choose, and without the secret, whose letters mean nothing.
    _check_neutral(compose(content, code, language, hidden), language)
    return Letter(sent.sender, sent.subject, sent.text, compose(content, code, language, hidden, name=name).text)


def _content(template: MessageTemplate) -> dict[str, Any]:
    """The content file's frame with this template as it stands now: an administrator may have reworded it."""
    content = load("messages")
    known = {item["code"]: item["placeholders"] for item in content["templates"]}
    item = {"code": template.code, "placeholders": known.get(template.code) or sorted(placeholders(template.body_en))}
    for language in ("en", "fr"):
        item[f"subject_{language}"] = in_language(template, "subject", language)
        item[f"text_{language}"] = in_language(template, "body", language)
    return {**content, "templates": [item]}


def _values(message: OutboxMessage, language: str, secret: str) -> dict[str, str]:
    """What the placeholders of this message stand for; moments as the recipient's own clock shows them."""
    wanted = placeholders(in_language(message.template, "body", language))
    found = {}
    if "when" in wanted:
        moment = datetime.fromisoformat(message.context["at"])
        found["when"] = long_datetime(moment, message.person.time_zone, language)
    if "code" in wanted:
        found["code"] = secret
    if "link" in wanted:
        is_secret = bool(message.secret) and "code" not in wanted
        found["link"] = secret if is_secret else own_page(language)
    return found


def own_page(language: str) -> str:
    """The one address in our messages: it leads everybody to their own page, and says nothing."""
    return f"{settings.PSP_PUBLIC_URL}/{language}/me/"


def _check_neutral(message: Message, language: str) -> None:
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
