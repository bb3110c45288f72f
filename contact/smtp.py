"""SMTP through Django's mail, with two differences that matter here.

The server hears our neutral domain instead of this machine's name, which would end up in the headers. And a
connection that breaks while the text is being handed over is told apart from one that broke before: after that
point nobody knows whether the message went.
"""

from __future__ import annotations

import contextlib
import smtplib
from contextlib import nullcontext
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from contact.carrier import Gate, OutcomeUnknownError

ACCEPTED = 250
LOWEST_REFUSAL, LOWEST_FINAL_REFUSAL = 400, 500


def neutral_domain() -> str:
    """The domain of our sender address: what we call ourselves to servers and in message ids."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


class _CarefulMixin:
    gate: Gate = nullcontext

    def send(self, s: Any) -> None:
        """Commands are text; bytes are the message itself, which passes the gate. Refused there, none of it left, and
        a server forgets what was never finished."""
        if isinstance(s, str):
            super().send(s)  # type: ignore[misc]
            return
        try:
            with self.gate():
                super().send(s)  # type: ignore[misc]
        except OSError:
            raise
        except BaseException:
            self.close()  # type: ignore[attr-defined]
            raise

    def data(self, msg: Any) -> Any:
        try:
            code, text = super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPDataError:
            raise
        except OSError as error:  # a broken connection, a time-out, and the library's SMTPServerDisconnected
            raise OutcomeUnknownError from error
        if code != ACCEPTED and code < LOWEST_REFUSAL:
            raise OutcomeUnknownError
        return code, text


class CarefulSMTP(_CarefulMixin, smtplib.SMTP):
    pass


class CarefulSMTPOverTLS(_CarefulMixin, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    """One message, one connection. `gate` is held while the message itself leaves, and not a moment longer."""

    def __init__(self, *args: Any, gate: Gate = nullcontext, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gate = gate

    def connection_class(self, *args: Any, **kwargs: Any) -> smtplib.SMTP:  # type: ignore[override]
        kind = CarefulSMTPOverTLS if self.use_ssl else CarefulSMTP
        made = kind(*args, **{**kwargs, "local_hostname": neutral_domain()})
        made.gate = self.gate
        return made

    def close(self) -> None:
        # The server has answered already; how the good-bye goes changes nothing.
        with contextlib.suppress(OSError):
            super().close()
        self.connection = None


def is_final(error: OSError) -> bool:
    """Whether trying again later cannot help: the server's answer was a 5xx."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    else:
        return isinstance(error, smtplib.SMTPNotSupportedError)
    return all(int(code) >= LOWEST_FINAL_REFUSAL for code in codes)
