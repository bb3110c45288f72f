"""Compile the translations: `python -m psp.embedded.messages`. Needs no gettext on the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from psp.embedded import paths


def compile_catalogues(root: Path) -> int:
    """Make every .mo that is missing or older than its .po; how many."""
    catalogues = [po for po in sorted(root.glob("locale/*/LC_MESSAGES/*.po")) if _is_stale(po)]
    for catalogue in catalogues:
        _compile(catalogue)
    return len(catalogues)


def _is_stale(catalogue: Path) -> bool:
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns


def _compile(catalogue: Path) -> None:
    import polib

    fresh = catalogue.with_suffix(f".mo-{os.getpid()}")
    polib.pofile(str(catalogue)).save_as_mofile(str(fresh))
    fresh.replace(catalogue.with_suffix(".mo"))


if __name__ == "__main__":
    compile_catalogues(paths.project_root())
    sys.exit(0)
