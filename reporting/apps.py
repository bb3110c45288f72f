"""Figures that identify nobody."""

from __future__ import annotations

import sys
from typing import Any

from django.apps import AppConfig
from django.core.management import CommandError
from django.db.models.signals import post_migrate

from psp.parts import join

# Parts that add themselves to what is known elsewhere, each by its `register()`.
REGISTERED = (
    "dashboard", "dimensions_topics", "counters.intake", "counters.waiting", "counters.sessions", "counters.team",
    "counters.services", "answers.forms", "counters.answers", "answers.series", "privacy", "releases.dashboard",
    "stories.of_person", "stories.dashboard",
)  # fmt: skip


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from psp.dashboard import add_public_figures
        from reporting import checks  # noqa: F401 - registers the checks
        from reporting.waiting.words import public_waits

        post_migrate.connect(load_reference, sender=self)
        join("reporting", registered=REGISTERED)
        add_public_figures(public_waits, page="after")


def load_reference(sender: Any, using: str = "default", stdout: Any = None, **_kwargs: Any) -> None:
    """The definitions that every new database begins with. Says on `stdout` which it left out."""
    if using == "default":
        from reporting.answers.series import load_answers
        from reporting.reference import DefinitionChanged, load_all

        try:
            for sentence in load_all():
                (stdout or sys.stdout).write(f"{sentence}\n")
            load_answers()
        except DefinitionChanged as error:
            raise CommandError(str(error), returncode=2) from error
