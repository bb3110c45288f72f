"""How long a newcomer waits: `git clone`, then `make run` until it says Ready, and once more with everything there."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.servers import ROOT, free_port

LONGEST = 300


def times() -> tuple[float, float]:
    """Seconds of the first and of the second start, in a fresh clone of what is committed."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        return ready_after(clone), ready_after(clone)


def ready_after(clone: Path) -> float:
    """Start it as its own user would, wait for Ready, then end it as Ctrl-C does."""
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PIP_INDEX_URL")}
    environment = inherited | {"PORT": str(free_port())}
    begun = time.perf_counter()
    with subprocess.Popen(
        ["make", "run"], cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        said = []
        for line in process.stdout or ():
            said.append(line)
            if line.startswith("Ready: "):
                break
            if time.perf_counter() - begun > LONGEST:
                break
        seconds = time.perf_counter() - begun
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    if not said or not said[-1].startswith("Ready: "):
        raise SystemExit("make run did not become ready:\n" + "".join(said[-20:]))
    return seconds
