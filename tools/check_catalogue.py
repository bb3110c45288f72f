"""The French catalogue: nothing missing, fuzzy, left over or broken; typography as in Canadian French.

Runs Django's makemessages (gettext) into a copy, so what the code says now is what is compared.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]|\{[a-z_0-9]*\}")
# A plain space where Canadian French wants a non-breaking one, or a space that does not belong there.
TYPOGRAPHY = (
    (re.compile(r"\S:(?=\s|$)|\S :"), "a colon takes a non-breaking space before it"),
    (re.compile("«(?!\u00a0)|(?<!\u00a0)»"), "« guillemets » take non-breaking spaces"),
    (re.compile(r"\s[;!?](?!\w)"), "no space before ; ! ?"),
    (re.compile(r"\w'\w"), "a straight apostrophe: use ’"),
    (re.compile(r'(?<![=\w])"'), "straight quotation marks: use « »"),
    (re.compile(r"\w·\w"), "a dot inside a word"),
)
INSIDE_F_STRING = re.compile(r"""\bf["'].*\{(?:_|n?p?gettext)\(""")
WORDS = re.compile(r"\b(victimes?|utilisateurs?|utilisatrices?|invalides?|agresseurs?)\b", re.IGNORECASE)


def extract(target: Path) -> None:
    """Bring a copy of the catalogue up to date with the source. Raises CalledProcessError."""
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(".*", "*.mo", "__pycache__", "staticfiles", "tests"))
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "fr", "--no-wrap", "--add-location", "file",
               "--ignore", "tools/*"]  # fmt: skip
    subprocess.run(command, cwd=target, check=True, capture_output=True)


def problems(entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one entry, in words."""
    translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield "fuzzy"
    for text in translations:
        if not text.strip():
            yield "not translated"
            continue
        expected = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        if set(PLACEHOLDER.findall(text)) - expected or (
            set(PLACEHOLDER.findall(entry.msgid)) - set(PLACEHOLDER.findall(text)) and not entry.msgid_plural
        ):
            yield "placeholders differ"
        plain = re.sub(r"<[^>]*>", "", text)
        yield from (say for pattern, say in TYPOGRAPHY if pattern.search(plain))
        if WORDS.search(plain):
            yield "a word that this project does not use"


def out_of_sight(folder: Path) -> Iterator[str]:
    """Texts inside f-strings: gettext does not collect them, so they would stay in English."""
    for path in sorted(folder.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if INSIDE_F_STRING.search(line):
                yield f"{path.relative_to(folder)}:{number}: a text inside an f-string is not collected"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        extract(copy)
        wanted = polib.pofile(str(copy / CATALOGUE.relative_to(ROOT)))
        found = list(out_of_sight(copy))
    found += [f"{entry.msgid[:70]!r}: {say}" for entry in wanted if not entry.obsolete for say in problems(entry)]
    found += [f"{entry.msgid[:70]!r}: not used any more" for entry in wanted.obsolete_entries()]
    for line in found:
        print(line)
    print(f"French catalogue: {len([entry for entry in wanted if not entry.obsolete])} entries, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
