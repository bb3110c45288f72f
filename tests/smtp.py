"""A real SMTP server for tests. It keeps what it takes, and can be told to refuse, to hang or to hang up."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"
DROP, HANG = "drop", "hang"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it arrived: envelope, raw bytes, and the same parsed; `greeting` is what EHLO said."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    message: EmailMessage
    greeting: str

    @property
    def body(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


class Sink:
    """`mails`: what was accepted or handed over. `script`: answers to the next DATA, then "250 OK" again.

    An answer is a reply line, DROP (take the message, then cut the line without an answer) or HANG (take it and say
    nothing until `release` is set). `refuse_recipients`: a reply line to every RCPT. `asked`: set at each RCPT, which
    is answered `slow` seconds later, or once `quick` is set. `most`: how many messages one connection may bring; then
    it is told to go.
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.script: list[str] = []
        self.refuse_recipients = ""
        self.slow, self.most, self.connections = 0.0, 0, 0
        self.asked, self.quick = threading.Event(), threading.Event()
        self.handed_over = threading.Event()
        self.release = threading.Event()
        self.port = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, responses: list[str]) -> list[str]:  # noqa: N802
        session.host_name, session.brought = name, 0
        self.connections += 1
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.most and session.brought >= self.most:
            server.transport.write(b"421 too many messages\r\n")
            server.transport.close()
            return "421 gone"
        session.brought += 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked.set()
        if self.slow:
            await asyncio.to_thread(self.quick.wait, self.slow)
        if self.refuse_recipients:
            return self.refuse_recipients
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.script.pop(0) if self.script else "250 OK"
        if answer in (DROP, HANG) or answer.startswith("250"):
            self.mails.append(self._mail(session, envelope))
        self.handed_over.set()
        if answer == DROP:
            server.transport.abort()
            return "421 gone"
        if answer == HANG:
            await asyncio.to_thread(self.release.wait, 300)
            return "250 OK"
        return answer

    @staticmethod
    def _mail(session: Any, envelope: Any) -> Mail:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return Mail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content, message, str(session.host_name))


class Server:
    """The sink on a free port, in a thread with its own loop."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def start(self) -> None:
        self.thread.start()
        made = self.loop.create_server(
            lambda: SMTP(self.sink, hostname="sink.invalid", loop=self.loop), host=HOST, port=0
        )
        self.server = asyncio.run_coroutine_threadsafe(made, self.loop).result(10)
        self.sink.port = self.server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self.sink.release.set()
        self.sink.quick.set()
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def _end(self) -> None:
        self.server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def smtp_sink(settings: Any) -> Iterator[Sink]:
    """A sink that the project's own delivery reaches over a real connection on a free port."""
    sink = Sink()
    server = Server(sink)
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = HOST, sink.port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    server.stop()
