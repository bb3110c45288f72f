"""The copy of everything about a person: as a page to read and print, and as a file for other programs."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from privacy.holdings import Held, as_data, held_about
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.calendar_text import long_date, long_datetime
from psp.models import User

FORMAT = 1
# Whoever sees it in a folder of downloads learns nothing ([domain] rule 25).
FILE_NAME = "copy-{day:%Y-%m-%d}.{kind}"


def taken(person: User) -> list[Held]:
    """Everything that is held about the person now; the taking is noted first, or nothing is given."""
    audit.record(Action.EXPORT, person, person=person.pk, purpose=Purpose.RIGHTS)
    return held_about(person)


def file_name(kind: str) -> str:
    return FILE_NAME.format(day=timezone.localdate(), kind=kind)


def as_json(held: list[Held]) -> str:
    whole = {"format": FORMAT, "made_at": timezone.now().isoformat(), "sections": as_data(held)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def as_words(held: list[Held], person: User) -> list[dict[str, Any]]:
    """For the page, in the reader's language and the person's zone: [{"code", "title", "alike", "records"}]."""
    return [
        {
            "code": item.section.code, "title": item.section.title, "alike": item.section.alike,
            "records": [
                [{"label": line.label, "value": in_words(line.value, person.time_zone)} for line in record]
                for record in item.records
            ],
        }
        for item in held
    ]  # fmt: skip


def in_words(value: Any, zone: str) -> str:
    language = (get_language() or "en")[:2]
    if value is None or value == "" or value == []:
        return _("Nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return long_datetime(value, zone, language)
    if isinstance(value, date):
        return long_date(value, language, article=False)
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(in_words(item, zone) for item in value)
    return str(value)


def as_page(held: list[Held], person: User) -> str:
    """The copy as one file that opens anywhere: no address of ours, no script, no style sheet."""
    context = {"sections": as_words(held, person), "language": (get_language() or "en")[:2]}
    return render_to_string("privacy/copy_file.html", context)
