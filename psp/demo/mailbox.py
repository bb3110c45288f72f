"""Messages that the demo's post office keeps in PSP_DATA/mail (see `psp.embedded.mailsink`)."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

# As our messages say it, in both languages.
CODE = re.compile(r"(?:Your code is|Votre code est)\s+([0-9A-Za-z-]+)")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it arrived; `code` is the code in it, "" if there is none."""

    to: str
    subject: str
    body: str
    received: datetime
    code: str
    is_text: bool


def letters(folder: Path, *, most: int) -> list[Letter]:
    """The last `most` messages, newest first. A file that vanishes meanwhile is left out."""
    found = []
    for path in sorted(folder.glob("*.eml"), reverse=True)[:most]:
        try:
            found.append(read(path.read_bytes()))
        except FileNotFoundError:
            continue
    return found


def read(raw: bytes) -> Letter:
    """One message from its file."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("not a message")
    part = message.get_body(preferencelist=("plain",))
    body = str(part.get_content()).replace("\r\n", "\n").strip() if part else ""
    code = CODE.search(body)
    return Letter(
        to=str(message.get("X-Envelope-To", message.get("To", ""))),
        subject=str(message.get("Subject", "")),
        body=body,
        received=_moment(str(message.get("X-Received-At", ""))),
        code=code[1] if code else "",
        is_text=message.get("X-Channel") == "sms",
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
