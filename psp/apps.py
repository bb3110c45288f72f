"""The floor of the house, and the administrators' site."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, post_save


class PspConfig(AppConfig):
    name = "psp"
    label = "psp"
    verbose_name = "Program"

    def ready(self) -> None:
        import psp.celery  # noqa: F401 - tasks need the application
        from psp import (
            checks,  # noqa: F401 - registers the checks
            queue,
        )
        from psp.accounts import signals  # noqa: F401 - connects the receivers
        from psp.crisis import forget
        from psp.models_crisis import CrisisLine

        queue.subscribe()
        post_save.connect(forget, sender=CrisisLine, dispatch_uid="crisis-lines")
        post_migrate.connect(load_reference, sender=self)
        post_migrate.connect(grant_rights, sender=self)


class PspAdminConfig(AdminConfig):
    default_site = "psp.admin_site.ProgramAdminSite"


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """Regions and the like: reference data that the code relies on, in every database."""
    if using == "default":
        from psp.crisis import load_lines
        from psp.reference import load_regions

        load_regions()
        load_lines()


def grant_rights(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """After all migrations of a database: the application's role gets what it needs, and no more."""
    from psp.grants import grant

    grant(using)
