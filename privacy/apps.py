"""What is held about whom, who looked at it, and what people ask about it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from privacy import (
            dashboard,
            datamap_floor,
            datamap_retention,
            erasing_account,
            my_steps,
            privacy,
            privacy_office,
            retention_floor,
        )

        post_migrate.connect(load_reference, sender=self)
        dashboard.register()
        privacy.register()
        privacy_office.register()
        my_steps.register()
        datamap_floor.register()
        datamap_retention.register()
        erasing_account.register()
        retention_floor.register()


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """The first retention rules, published, in every new database."""
    if using == "default":
        from privacy.reference import load_rules

        load_rules()
