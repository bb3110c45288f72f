"""From an outbox row to the words that go out: the recipient's language, clock and name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from contact import smtp
from contact.carrier import TextMessage
from contact.choices import Channel
from contact.lint import neutral_violations
from contact.models import MessageTemplate, OutboxMessage, SafeContact
from contact.wording import Message, WordingError, compose, compose_sms, placeholders
from psp.bilingual import in_language
from psp.calendar_text import long_datetime
from psp.content import load
from psp.crypto.normalise import normal_phone

# What stands in the record, and in the person's own list, where a code or a link stood that served once.
HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Letter:
    """`kept` is the body for the record: the one that is sent, but for a secret. A text message has no subject."""

    sender: str
    subject: str
    body: str
    kept: str


def write(message: OutboxMessage, choices: SafeContact, channel: str = Channel.EMAIL) -> Letter:
    """The message in words for this channel. WordingError where a text is not neutral or does not fit its values."""
    # Anybody can apply with somebody's address and any words for a name: none of theirs go out before its owner
    # has signed in.
    known = message.person.last_login is not None
    texts = texts_of(message.template)
    words = _Words(
        _content(texts), message.template_id, choices.language,
        name=(choices.name_to_use or None) if known else None, explicit=known and choices.explicit_texts,
    )  # fmt: skip
    sent, hidden = (_values(message, choices.language, secret) for secret in (message.secret, HIDDEN))
    compose_one = words.as_sms if channel == Channel.SMS else words.as_email
    if telling := _telling(texts, choices.language, tuple(hidden.items()), settings.DEFAULT_FROM_EMAIL):
        raise WordingError(f"not neutral: {telling}")
    out = compose_one(sent)
    kept = out if sent == hidden else compose_one(hidden)
    return Letter(out.sender, out.subject, out.text, kept.text)


@dataclass(frozen=True, slots=True)
class _Words:
    """One template in one language, for one reader."""

    content: dict[str, Any]
    code: str
    language: str
    name: str | None
    explicit: bool

    def as_email(self, values: dict[str, str]) -> Message:
        return compose(self.content, self.code, self.language, values, name=self.name, explicit=self.explicit)

    def as_sms(self, values: dict[str, str]) -> Message:
        return Message("", "", compose_sms(self.content, self.code, self.language, values, name=self.name))


# A template as it stands now: its code, its body in English, and its texts in the order of `FIELDS`.
Texts = tuple[str, ...]
FIELDS = tuple(
    (f"{name}_{language}", field, language)
    for language in ("en", "fr")
    for name, field in (("subject", "subject"), ("text", "body"), ("sms", "sms"), ("explicit", "explicit"))
)


def texts_of(template: MessageTemplate) -> Texts:
    return (
        template.code,
        template.body_en,
        *(in_language(template, field, language) for _n, field, language in FIELDS),
    )


def content_of(template: MessageTemplate) -> dict[str, Any]:
    """The content file's frame with this template as it stands now: an administrator may have reworded it."""
    return _content(texts_of(template))


@lru_cache(maxsize=100)
def _content(texts: Texts) -> dict[str, Any]:
    content, (code, body, *said) = load("messages"), texts
    known = {item["code"]: item["placeholders"] for item in content["templates"]}
    item: dict[str, Any] = {"code": code, "placeholders": known.get(code) or sorted(placeholders(body))}
    item |= {name: text for (name, _field, _language), text in zip(FIELDS, said, strict=True)}
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


@lru_cache(maxsize=500)
def _telling(texts: Texts, language: str, values: tuple[tuple[str, str], ...], sender: str) -> str:
    """What in it tells, whatever the channel: "" for a template that is neutral with these values.

    Without the name, which is the person's to choose, and without a secret, whose letters mean nothing; so it is the
    same for all who are told of one moment.
    """
    words = _Words(_content(texts), texts[0], language, name=None, explicit=False)
    mail, short = words.as_email(dict(values)), words.as_sms(dict(values))
    whole = "\n".join((mail.sender, sender, mail.subject, mail.text, short.text))
    return ", ".join(neutral_violations(whole, language))


def as_email(message: OutboxMessage, letter: Letter) -> EmailMessage:
    return mail_of(message.pk, message.person.sealed_email, letter)


def mail_of(key: UUID, to: str, letter: Letter) -> EmailMessage:
    """Plain text, a neutral sender, and an id that can be found again in a mail server's log."""
    return EmailMessage(
        subject=letter.subject, body=letter.body, from_email=formataddr((letter.sender, sender_address())), to=[to],
        headers={"Message-ID": f"<{key}@{smtp.neutral_domain()}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip


def sender_address() -> str:
    return smtp.address_in(settings.DEFAULT_FROM_EMAIL)


def as_text_message(message: OutboxMessage, letter: Letter, number: str) -> TextMessage:
    """Under the message's own id, which says nothing and finds it again at the provider."""
    return TextMessage(to=normal_phone(number), body=letter.body, reference=str(message.pk))
