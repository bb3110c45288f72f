"""Bring the French catalogue up to date with the source, keeping its translations; `make messages`.

Fragments given as arguments (.po files) fill what is still empty.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import polib

from tools.check_catalogue import CATALOGUE, ROOT, extract


def merge(fragments: list[Path]) -> tuple[int, int]:
    """Rewrite the catalogue; returns how many entries there are and how many still lack French."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        extract(copy)
        wanted = polib.pofile(str(copy / CATALOGUE.relative_to(ROOT)), wrapwidth=0)
    for entry in list(wanted.obsolete_entries()):
        wanted.remove(entry)
    known = {(entry.msgctxt, entry.msgid): entry for path in fragments for entry in polib.pofile(str(path))}
    for entry in wanted:
        source = known.get((entry.msgctxt, entry.msgid))
        if (not entry.translated() or entry.fuzzy) and source is not None:
            entry.msgstr, entry.msgstr_plural = source.msgstr, source.msgstr_plural
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    wanted.metadata = {
        "Project-Id-Version": "peer-support-program", "Language": "fr", "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }  # fmt: skip
    wanted.sort(key=lambda entry: (entry.occurrences[:1], entry.msgid))
    wanted.save(str(CATALOGUE))
    return len(wanted), len(wanted.untranslated_entries())


if __name__ == "__main__":
    total, missing = merge([Path(argument) for argument in sys.argv[1:]])
    print(f"{CATALOGUE.relative_to(ROOT)}: {total} entries, {missing} without French")
