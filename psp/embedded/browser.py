"""Find or get the browser for the tests: `python -m psp.embedded.browser`.

An installed Chromium or Chrome if there is one; else Debian's when root; else Playwright's own. If none can
be had, says which command gets one and fails: the browser tests are never skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from psp.embedded.failures import StartError
from psp.embedded.progress import complain, say, step

COMMANDS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
INSTALL_SECONDS = 900


def find_browser() -> str | None:
    """Path of a browser that works: PSP_BROWSER, an installed one, or the one that Playwright fetched."""
    named = os.environ.get("PSP_BROWSER")
    candidates = [named] if named else [*map(shutil.which, COMMANDS), *map(str, APPLICATIONS), _playwrights()]
    return next((path for path in candidates if path and _works(path)), None)


def get_browser() -> str:
    """As find_browser, after trying to install one. Raises StartError with the command that gets one."""
    return find_browser() or _from_debian() or _from_playwright() or _give_up()


def _works(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _playwrights() -> str | None:
    """Where Playwright keeps its Chromium, if it has fetched one."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).exists() else None


def _from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    with step("Installing Debian's Chromium"):
        return find_browser() if apt_install("chromium") else None


def apt_install(package: str) -> bool:
    """Install a Debian package, as root. False if that failed."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    _quietly(["apt-get", "-q", "update"], environment)
    return _quietly(["apt-get", "-q", "install", "-y", "--no-install-recommends", package], environment)


def _from_playwright() -> str | None:
    with step("Fetching Playwright's Chromium"):
        _quietly([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))
        return find_browser()


def _quietly(command: list[str], environment: dict[str, str]) -> bool:
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _give_up() -> str:
    raise StartError(
        "The browser tests need Chromium or Chrome, and none could be had: get one with "
        "`sudo apt-get install chromium` (or your system's way), or name one with PSP_BROWSER."
    )


if __name__ == "__main__":
    try:
        say(f"Browser: {get_browser()}")
    except StartError as refusal:
        complain(str(refusal))
        sys.exit(2)
