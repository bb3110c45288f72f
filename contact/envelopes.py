"""A letter as a mail server is given it.

Django draws a message in the time in which several are sent. All mails with one subject have the same head but for
three lines, so Django draws it once (`_head`), and these lines are put in. Whatever is not plain goes Django's way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

from contact import smtp
from contact.letters import Letter, as_email, mail_of, sender_address
from contact.models import OutboxMessage

# Fits in one line, and needs no other spelling.
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,30}@[A-Za-z0-9.-]{1,35}")
SOMEBODY, SOME_ID = "somebody@example.invalid", UUID(int=0)
# A longer line would have to be folded.
LONGEST_LINE = 900


@dataclass(frozen=True, slots=True)
class Envelope:
    sender: str
    to: str
    mail: bytes


def in_envelope(message: OutboxMessage, letter: Letter) -> Envelope:
    """ValueError for an address that is none."""
    to, sender = message.person.sealed_email, sender_address()
    if PLAIN_ADDRESS.fullmatch(to) and PLAIN_ADDRESS.fullmatch(sender) and _is_plain(letter.body):
        return Envelope(sender, to, _drawn(message.pk, to, letter))
    addresses = [sanitize_address(one, "utf-8") for one in (sender, to)]
    return Envelope(addresses[0], addresses[1], _as_django_draws(as_email(message, letter)))


def _as_django_draws(mail: EmailMessage) -> bytes:
    message: Any = mail.message()  # its own class, whose method takes more than its base's
    return bytes(message.as_bytes(linesep="\r\n"))


def _is_plain(body: str) -> bool:
    return "\r" not in body and all(len(line) < LONGEST_LINE for line in body.split("\n"))


def _drawn(key: UUID, to: str, letter: Letter) -> bytes:
    before, between, after = _head(
        letter.sender, letter.subject, sender_address(), smtp.neutral_domain(), is_ascii=letter.body.isascii()
    )
    lines = (f"To: {to}", f"Date: {formatdate()}", f"Message-ID: <{key}@{smtp.neutral_domain()}>")
    text = letter.body.replace("\n", "\r\n").encode()
    return b"".join((before, lines[0].encode(), between, "\r\n".join(lines[1:]).encode(), after, text))


@lru_cache(maxsize=200)
def _head(sender: str, subject: str, address: str, domain: str, *, is_ascii: bool) -> tuple[bytes, bytes, bytes]:
    """What stands before, between and after the lines that differ."""
    drawn = mail_of(SOME_ID, SOMEBODY, Letter(sender, subject, "a" if is_ascii else "à", ""))
    head = _as_django_draws(drawn).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    before, _to, rest = head.partition(f"To: {SOMEBODY}".encode())
    found = re.search(rb"(?s)\A(.*\r\n)Date: [^\r]*\r\nMessage-ID: <[^\r]*>(\r\n.*)\Z", rest)
    if found is None:
        raise RuntimeError("the head of a mail is not as it was")
    return before, found[1], found[2]
