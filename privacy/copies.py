"""The copy of everything about a person: a page and a paper to read, a file for other programs, or all at once."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.copies_page import drawn
from privacy.copies_words import as_words
from privacy.holdings import Held, as_data, held_about
from privacy.identities import identities
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.models import User
from psp.pdf import make_pdf

FORMAT = 1
SCHEMA = f"copy-{FORMAT}.schema.json"
# Whoever sees it in a folder of downloads learns nothing ([domain] rule 25).
FILE_NAME = "copy-{day:%Y-%m-%d}.{kind}"
TYPES = {"json": "application/json", "pdf": "application/pdf", "zip": "application/zip"}


def taken(person: User) -> list[Held]:
    """Everything that is held about the person now; the taking is noted first, or nothing is given."""
    for account in identities(person):
        audit.record(Action.EXPORT, account, person=account.pk, purpose=Purpose.RIGHTS)
    return held_about(person)


def file_name(kind: str) -> str:
    return FILE_NAME.format(day=timezone.localdate(), kind=kind)


def as_json(held: list[Held]) -> str:
    whole = {"$schema": SCHEMA, "format": FORMAT, "made_at": timezone.now().isoformat(), "sections": as_data(held)}
    return json.dumps(whole, ensure_ascii=False) + "\n"


def schema() -> str:
    """What `as_json` promises, published among the static files and put beside each copy."""
    return (settings.BASE_DIR / "static" / "schemas" / SCHEMA).read_text(encoding="utf-8")


def as_page(held: list[Held], person: User) -> str:
    """The copy as one file that opens anywhere: no address of ours, no script, no style sheet."""
    context = {"copy": drawn(as_words(held, person)), "language": reader_language()}
    return render_to_string("privacy/copy_file.html", context)


def as_pdf(held: list[Held], person: User) -> bytes:
    """The same as a paper, for those who print it and for those who listen to it."""
    language = reader_language()
    made = long_date(timezone.localdate(), language, article=False)
    data = {
        "heading": _("Copy"), "nothing": _("Nothing is held here."),
        "lead": _("This is everything that we hold about you on %(day)s. Other people are left out.") % {"day": made},
        "sections": [on_paper(section) for section in as_words(held, person)],
    }  # fmt: skip
    return make_pdf("copy", data, language=language, title=_("Copy"))


def on_paper(section: dict[str, Any]) -> dict[str, Any]:
    """One section for `psp/pdf_templates/copy.typ`: as a table where its records are alike."""
    records = [[[line["label"], line["value"]] for line in record] for record in section["records"]]
    if not (section["alike"] and records):
        return {"heading": section["title"], "records": records, "headings": [], "rows": []}
    headings = [label for label, _value in records[0]]
    rows = [[value for _label, value in record] for record in records]
    return {"heading": section["title"], "records": [], "headings": headings, "rows": rows}


def as_files(held: list[Held], person: User) -> dict[str, bytes]:
    """Name → content of every form of the copy, in the reader's language."""
    made: dict[str, Any] = {"html": as_page(held, person).encode(), "pdf": as_pdf(held, person),
                            "json": as_json(held).encode()}  # fmt: skip
    return {file_name(kind): content for kind, content in made.items()} | {SCHEMA: schema().encode()}


def as_zip(held: list[Held], person: User) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in as_files(held, person).items():
            archive.writestr(name, content)
    return whole.getvalue()
