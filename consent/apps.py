"""Consent texts, signatures and withdrawals."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from psp.parts import join

# Modules that say what their part of the app adds elsewhere, in this order.
REGISTERED = ("dashboard", "privacy", "erasing", "retention")


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        from consent.public import public_purposes
        from psp.dashboard import add_public_figures

        add_public_figures(public_purposes, "transparency")
        post_migrate.connect(load_reference, sender=self)
        join("consent", registered=REGISTERED)


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """The first texts, published, in every new database."""
    if using == "default":
        from consent.reference import load_versions

        load_versions()
