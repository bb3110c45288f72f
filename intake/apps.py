"""Eligibility, applications, intake meetings, participants."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from psp.parts import join

# Modules that say what their part of the app adds elsewhere, in this order, and those that listen to others.
REGISTERED = (
    "dashboard", "desk_cards", "booking_cards", "handover_cards", "decision_cards", "file_merges", "glass",
    "references", "privacy", "privacy_map", "privacy_decisions", "privacy_wishes", "privacy_merges",
    "merge_movers", "correcting", "drafts_mail", "erasing", "retention",
)  # fmt: skip
SUBSCRIBED = ("leaving",)


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        from intake.public import public_criteria
        from psp.dashboard import add_public_figures

        post_migrate.connect(load_reference, sender=self)
        add_public_figures(public_criteria)
        join("intake", registered=REGISTERED, subscribed=SUBSCRIBED)


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """The first eligibility version, published, in every new database."""
    if using == "default":
        from intake.reference import load_guide, load_referrals, load_versions

        load_versions()
        load_referrals()
        load_guide()
