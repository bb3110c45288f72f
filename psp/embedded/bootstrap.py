"""Make or refresh `.venv` from the hashed lock files: `python3 -I psp/embedded/bootstrap.py runtime embedded`.

Runs before anything is installed, so it uses the standard library only. Installs only what changed.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NEEDED_BYTES = 800 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# The version of Python, so that a new one of the system gets its own packages.
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


class StopError(Exception):
    """One sentence for the person; exit status 2."""


def main(names: Sequence[str]) -> None:
    with only_one():
        if not venv_works():
            make_venv()
        for name in names:
            if not is_installed(name):
                install(name)


@contextmanager
def only_one() -> Iterator[None]:
    """Two starts at once: the second waits, then finds everything done."""
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def venv_works() -> bool:
    code = f"import pip, sys; sys.exit('%d.%d' % sys.version_info[:2] != '{VERSION}')"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", code], capture_output=True, check=False).returncode == 0


def make_venv() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise StopError(
            f"The packages need {NEEDED_BYTES >> 20} MB and the disk that holds {ROOT} has {free >> 20} MB free: "
            "free some space there first."
        )
    with step("Making the virtual environment .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        if not can_make_venv():
            get_venv_module()
        checked([sys.executable, "-m", "venv", str(VENV)], "The virtual environment cannot be made")


def can_make_venv() -> bool:
    """A bare Debian has the module venv but not ensurepip, without which it fails half-way."""
    command = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def get_venv_module() -> None:
    """As root on Debian, install it; otherwise say what to install. Raises StopError."""
    package = f"python{VERSION}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", package]):
            command = ["apt-get", "-q", *words]
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if not can_make_venv():
        raise StopError(f"Python's venv module is incomplete here: install the system package {package} and try again.")


def install(name: str) -> None:
    with step(f"Installing the pinned packages ({name})"):
        command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-user", "--no-input"]
        command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(lock_file(name))]
        checked(command, "The packages cannot be installed")
        stamp(name).write_text(fingerprint(name), encoding="utf-8")


def is_installed(name: str) -> bool:
    """Whether these packages are there as pinned; those for development include those for running."""
    names = (name, "dev") if name in ("runtime", "embedded") else (name,)
    return any(stamp(each).exists() and stamp(each).read_text(encoding="utf-8") == fingerprint(each) for each in names)


def lock_file(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def fingerprint(name: str) -> str:
    return hashlib.sha256(lock_file(name).read_bytes()).hexdigest()


def checked(command: Sequence[str], failure: str) -> None:
    """Run a command quietly. If it fails, raise StopError with the end of what it said."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False, cwd=ROOT
    )
    if done.returncode == 0:
        return
    said = [line for line in done.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
    if any("No space left on device" in line for line in said):
        raise OSError(errno.ENOSPC, "")
    raise StopError("\n".join([*said[-6:], f"{failure}; the reason is above."]))


@contextmanager
def step(what: str) -> Iterator[None]:
    """As psp.embedded.progress, which cannot be imported yet."""
    began = time.monotonic()
    print(f"{what} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"done ({time.monotonic() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except StopError as stop:
        sys.stderr.write(f"{stop}\n")
        sys.exit(2)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.stderr.write(f"The disk that holds {ROOT} is full: free some space there first.\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
