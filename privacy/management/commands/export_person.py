"""`manage.py export_person ID --output DIR`: the copy that the person gets in the portal, as files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from privacy import copies
from privacy.identities import main_identity
from privacy.people import find_person
from psp.choices import Kind
from psp.models import User


def person_of(text: str) -> User:
    """The participant with this reference or account id, or whose it is now; CommandError where there is none."""
    try:
        key: UUID | None = UUID(text)
    except ValueError:
        key = find_person(text)
    found = User.objects.filter(pk=key, kind=Kind.PARTICIPANT).first() if key else None
    if found is None:
        raise CommandError("No participant has this reference or id.", returncode=2)
    return main_identity(found)


@transaction.atomic
def write_copy(person: User, folder: Path) -> list[Path]:
    """Every form of the copy, in the person's language. The taking is noted first, or nothing is written."""
    with translation.override(person.language):
        made = copies.as_files(copies.taken(person), person)
    paths = []
    for name, content in made.items():
        path = folder / name
        write_privately(path, content)
        paths.append(path)
    return paths


def write_privately(path: Path, content: bytes) -> None:
    """A new file that nobody else can read: whatever stands or points there already is not written into."""
    path.unlink(missing_ok=True)
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(made, "wb") as file:
        file.write(content)


class Command(BaseCommand):
    help = "Write a copy of everything about one person: a page to read, and JSON with its schema."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="the person's reference or account id")
        parser.add_argument("--output", required=True, help="a folder that exists")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["output"])
        if not folder.is_dir():
            raise CommandError("The output is no folder.", returncode=2)
        try:
            paths = write_copy(person_of(options["id"]), folder)
        except OSError as error:
            raise CommandError(f"The files cannot be written: {error.strerror}.", returncode=2) from error
        for path in paths:
            self.stdout.write(path.name)
