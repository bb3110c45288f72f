"""SMTP through Django's mail, with three differences that matter here.

The server hears our neutral domain instead of this machine's name, which would end up in the headers. A connection
that breaks while the text is being handed over is told apart from one that broke before: after that point nobody knows
whether the message went. And a line is kept for several messages, each of which passes the gate by itself.
"""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Callable
from contextlib import nullcontext
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from contact.carrier import Gate, OutcomeUnknownError

ACCEPTED = 250
GOES_AWAY = 421
LOWEST_REFUSAL, LOWEST_FINAL_REFUSAL = 400, 500


def neutral_domain() -> str:
    """The domain of our sender address: what we call ourselves to servers and in message ids."""
    return address_in(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2] or "localhost"


@lru_cache(maxsize=10)
def address_in(name_and_address: str) -> str:
    return parseaddr(name_and_address)[1]


class _CarefulMixin:
    passage: Gate = nullcontext
    waits: Callable[[Any], None] | None = None
    has_left = False

    def send(self, s: Any) -> None:
        """Commands are text; bytes are the message itself, which passes the gate."""
        if isinstance(s, str):
            super().send(s)  # type: ignore[misc]
            return
        with self.passage():
            self.has_left = True
            super().send(s)  # type: ignore[misc]

    def getreply(self) -> Any:
        if self.waits is not None:
            self.waits(self.sock)  # type: ignore[attr-defined]
        return super().getreply()  # type: ignore[misc]

    def data(self, msg: Any) -> Any:
        self.has_left = False
        try:
            code, text = super().data(msg)  # type: ignore[misc]
        except OSError as error:  # a broken connection, a time-out, and the library's SMTPServerDisconnected
            if self.has_left:
                raise OutcomeUnknownError from error
            raise
        if code != ACCEPTED and code < LOWEST_REFUSAL:
            raise OutcomeUnknownError
        return code, text


class CarefulSMTP(_CarefulMixin, smtplib.SMTP):
    pass


class CarefulSMTPOverTLS(_CarefulMixin, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    def connection_class(self, *args: Any, **kwargs: Any) -> smtplib.SMTP:  # type: ignore[override]
        kind = CarefulSMTPOverTLS if self.use_ssl else CarefulSMTP
        return kind(*args, **{**kwargs, "local_hostname": neutral_domain()})

    def close(self) -> None:
        # The server has answered already; how the good-bye goes changes nothing.
        with contextlib.suppress(OSError):
            super().close()
        self.connection = None


class Line:
    """A connection to the mail server, kept for the messages of one turn and made anew when it breaks.

    `error` says why there is none: it is tried once, and then nobody waits for that server again in this turn.
    """

    def __init__(self) -> None:
        self._backend = Backend()
        self.error: OSError | None = None
        self.used = 0

    @property
    def is_open(self) -> bool:
        connection: Any = self._backend.connection
        return connection is not None and getattr(connection, "sock", None) is not None

    def open(self) -> None:
        """Never under a lock: the server may take its time."""
        self.close()
        self.used = 0
        try:
            self._backend.open()
        except OSError as error:
            self.error = error
            self.close()

    def send(
        self, sender: str, to: str, mail: bytes, passage: Gate, waits: Callable[[Any], None] | None = None
    ) -> None:  # fmt: skip
        """Hand one message over; `passage` is held while its bytes leave, `waits` called before each answer.

        OSError with the server's refusal, OutcomeUnknownError, or what the passage raises.
        """
        connection: Any = self._backend.connection
        connection.passage, connection.waits = passage, waits
        try:
            connection.sendmail(sender, [to], mail)
            self.used += 1
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            raise  # an answer: the library has said RSET, or has closed the line where the server goes away
        except BaseException:
            self._drop()
            raise
        finally:
            connection.passage, connection.waits = nullcontext, None

    def _drop(self) -> None:
        """Cut it: a server forgets what was never finished."""
        connection, self._backend.connection = self._backend.connection, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()

    def close(self) -> None:
        if self.is_open:
            self._backend.close()
        self._drop()


def is_final(error: OSError) -> bool:
    """Whether trying again later cannot help: the server's answer was a 5xx."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    else:
        return isinstance(error, smtplib.SMTPNotSupportedError)
    return all(int(code) >= LOWEST_FINAL_REFUSAL for code in codes)


def goes_away(error: OSError) -> bool:
    """The server has had enough of this connection, and not of this message: another connection may do."""
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return True
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code == GOES_AWAY
