"""Where things lie: the checkout, and the data directory with its private files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psp.embedded.failures import StartError


def project_root() -> Path:
    """The checkout: the directory of manage.py."""
    return Path(__file__).resolve().parents[2]


def data_dir() -> Path:
    """PSP_DATA, by default `.local/` in the checkout; a relative one counts from the checkout."""
    return (project_root() / (os.environ.get("PSP_DATA") or ".local")).resolve()


def prepare(data: Path) -> None:
    """Make the data directory with its folders. Raises StartError if it cannot be ours."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        # Root's servers run as another account, which must pass through; it cannot list.
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("logs", "run"):
            (data / name).mkdir(mode=0o700, exist_ok=True)
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise StartError(
            f"The data directory {data} cannot be used by this account ({error.strerror}): "
            "set PSP_DATA to a directory of your own."
        ) from error


def write_private(path: Path, text: str, *, encoding: str = "utf-8") -> None:
    """Replace a file in one step; only its owner can read it. Line ends are kept as they are."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty if there is none or it was torn."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_private(path, json.dumps(value, indent=1, sort_keys=True) + "\n")
