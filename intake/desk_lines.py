"""People as the desk lists them in one line, read without instances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from psp.bilingual import reader_language
from psp.crypto import keyring
from psp.crypto.fields import EncryptedTextField, Token
from psp.models import User

NAME: EncryptedTextField = User._meta.get_field("name")


def columns(path: str = "") -> tuple[str, ...]:
    """What `of` takes, for `values_list`; `path` leads to the participant, e.g. "participant__"."""
    return (f"{path}id", f"{path}user_id", f"{path}reference", f"{path}user__name")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """`pk`: the file. The name is opened where it is drawn: until then every line has said whose key it needs."""

    pk: UUID
    person: UUID
    reference: str
    sealed_name: bytes
    note: str
    step: dict[str, str] | None = None

    @property
    def name(self) -> str:
        token = Token(bytes(self.sealed_name))
        return NAME.open_value(token, row=self.person, person=self.person) or _("No name given")

    @property
    def url(self) -> str:
        return address("desk:file", self.pk)


def of(row: Iterable[Any], note: str, step: dict[str, str] | None = None) -> PersonLine:
    """From the four `columns`; `note` is what is due."""
    pk, person, reference, sealed_name = row
    line = PersonLine(pk, person, reference, sealed_name, note, step)
    keyring.want(line.person)
    return line


def address(name: str, pk: UUID) -> str:
    """`reverse` for a page that shows many of one kind."""
    return _address(name, reader_language()).format(pk)


@cache
def _address(name: str, _language: str) -> str:
    nobody = UUID(int=0)
    return reverse(name, args=[nobody]).replace(str(nobody), "{}")
