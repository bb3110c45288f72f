"""What is held about whom, who looked at it, and what people ask about it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from psp.parts import join

# Modules that say what their part of the app adds elsewhere, in this order.
REGISTERED = (
    "dashboard", "privacy", "privacy_office", "my_steps", "datamap_floor", "datamap_retention",
    "erasing_account", "retention_floor", "working",
)  # fmt: skip


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        post_migrate.connect(load_reference, sender=self)
        join("privacy", registered=REGISTERED)


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """The first retention rules, published, in every new database."""
    if using == "default":
        from privacy.reference import load_rules

        load_rules()
