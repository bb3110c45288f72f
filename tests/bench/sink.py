"""A mail server for the benches: takes everything, keeps the ids alone. `python -m tests.bench.sink PORT FILE`.

When it is asked to end, it writes the ids to FILE, one a line, in the order in which they came.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"
ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)


class Sink:
    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        found = ID.search(envelope.content or b"")
        self.ids.append(found[1].decode() if found else "")
        return "250 OK"


async def serve(port: int, file: Path) -> None:
    loop, stopped, sink = asyncio.get_running_loop(), asyncio.Event(), Sink()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.invalid", loop=loop), HOST, port)
    async with server:
        await stopped.wait()
    file.write_text("".join(f"{one}\n" for one in sink.ids))


@dataclass
class Taken:
    """`ids` once the sink has ended."""

    port: int
    ids: list[str] = field(default_factory=list)


@contextmanager
def sinking() -> Iterator[Taken]:
    from tests.bench.servers import free_port, wait_for_port

    with TemporaryDirectory() as folder:
        taken, file = Taken(free_port()), Path(folder) / "ids"
        process = subprocess.Popen([sys.executable, "-m", "tests.bench.sink", str(taken.port), str(file)])
        try:
            wait_for_port(taken.port)
            yield taken
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            with contextlib.suppress(FileNotFoundError):
                taken.ids = file.read_text().split()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
