"""The list of applications, read without instances: a coordinator opens it many times a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from intake.choices import ApplicationState, Service
from intake.desk import waiting_text
from intake.desk_lines import NAME, address
from intake.models import Application
from intake.portal import TAG_KINDS
from intake.texts import places
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.calendar_text import machine_time
from psp.choices import Language
from psp.crypto import keyring
from psp.crypto.fields import Token


class Line(NamedTuple):
    """One application as the list shows it; the fields are the columns, in this order."""

    pk: UUID
    participant_id: UUID
    person: UUID
    reference: str
    region: str
    sealed_name: Token
    services: list[str]
    language: str
    state: str
    submitted_at: datetime


COLUMNS = (
    "pk", "participant_id", "participant__user_id", "participant__reference", "participant__region_id",
    "participant__user__name", "services", "language", "state", "submitted_at",
)  # fmt: skip


def read(rows: QuerySet[Any]) -> list[Line]:
    """These applications as lines, noted in the access log: one entry for each application shown."""
    shown = [Line(*row) for row in rows.select_related(None).values_list(*COLUMNS)]
    audit.record_reads_of(Application, [(line.pk, line.person) for line in shown], purpose=Purpose.INTAKE)
    for line in shown:
        keyring.want(line.person)
    return shown


def table(shown: Iterable[Line], *, query: str = "") -> dict[str, Any]:
    """Columns and rows for components/data_table.html, in the reader's language; each row can be ticked.

    `query`: what the address of each file carries, so that the list is found again.
    """
    heads = (_("Person"), _("Reference"), _("State"), _("Services"), _("Language"), _("Where"), _("Waiting"))
    words, pick = _Words(query), _("Tick")
    rows = [
        {
            "pick": {"name": "pick", "value": line.pk, "label": f"{pick}: {cells[0]['text']}, {line.reference}"},
            "cells": [{"label": head, **cell} for head, cell in zip(heads, cells, strict=True)],
        }
        for line, cells in ((line, words.cells(line)) for line in shown)
    ]
    return {"columns": [{"label": pick, "pick": True}, *({"label": head} for head in heads)], "rows": rows}


class _Words:
    """Labels in the reader's language, and the address of a file, worked out once for all rows."""

    def __init__(self, query: str) -> None:
        self.services = {code: str(label) for code, label in Service.choices}
        self.states = {code: str(label) for code, label in ApplicationState.choices}
        self.languages = {code: str(label) for code, label in Language.choices}
        self.regions = {code: str(region) for code, region in places().items()}
        self.nameless = _("No name given")
        self.query = query

    def cells(self, line: Line) -> list[dict[str, Any]]:
        name = NAME.open_value(line.sealed_name, row=line.person, person=line.person)
        return [
            {"text": name or self.nameless, "url": f"{address('desk:file', line.participant_id)}?{self.query}"},
            {"text": line.reference, "nowrap": True},
            {"text": self.states[line.state], "tag_kind": TAG_KINDS[ApplicationState(line.state)]},
            {"text": ", ".join(self.services[code] for code in line.services)},
            {"text": self.languages[line.language]},
            {"text": self.regions[line.region]},
            {"text": waiting_text(line.submitted_at), "datetime": machine_time(line.submitted_at), "nowrap": True},
        ]
