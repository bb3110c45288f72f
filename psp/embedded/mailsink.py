"""The demo's post office: takes every message and puts it in PSP_DATA/mail, sends nothing anywhere.

`python -m psp.embedded.mailsink --port PORT --folder FOLDER`. Each message is one file, readable by its owner
only: `<time>-<random>.eml`, the message as received under the headers X-Envelope-From, X-Envelope-To (comma
separated) and X-Received-At (ISO 8601, UTC). The last 200 are kept.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from psp.embedded import paths
from psp.embedded.ports import LOOPBACK

KEPT = 200
LARGEST_BYTES = 2 * 1024 * 1024


class Sink:
    """What aiosmtpd calls for each message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        store(self.folder, envelope.mail_from or "", envelope.rcpt_tos, envelope.content or b"")
        return "250 Message accepted"


def store(folder: Path, sender: str, recipients: Sequence[str], content: bytes) -> Path:
    """Write one message, drop the oldest beyond 200."""
    headers = (
        f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        f"X-Received-At: {datetime.now(UTC).isoformat()}\r\n"
    )
    path = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
    # One character for one byte, so that the content is kept exactly.
    paths.write_private(path, headers + content.decode("latin-1"), encoding="latin-1")
    for old in sorted(folder.glob("*.eml"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


async def serve(port: int, folder: Path) -> None:
    """Listen on the loopback until asked to stop."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    sink = Sink(folder)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="localhost", data_size_limit=LARGEST_BYTES, loop=loop), LOOPBACK, port
    )
    async with server:
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep mail in files instead of sending it.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(arguments.port, arguments.folder))


if __name__ == "__main__":
    main()
