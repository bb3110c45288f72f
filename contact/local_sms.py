"""Text messages of the demo: they go to the folder that `/demo/mailbox/` shows, and to nobody."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from contact.carrier import Gate, NotTakenError, TextMessage


@dataclass(frozen=True, slots=True)
class LocalMailbox:
    folder: Path

    def send(self, message: TextMessage, gate: Gate = nullcontext) -> None:
        # Belongs to the demo: what it needs is not installed where real people are served.
        from psp.embedded.mailsink import store

        kept = EmailMessage()
        kept["X-Channel"] = "sms"
        kept.set_content(message.body)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with gate():
                store(self.folder, "", [message.to], kept.as_bytes())
        except OSError as error:
            raise NotTakenError(0, final=False) from error
