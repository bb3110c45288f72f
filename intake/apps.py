"""Eligibility, applications, intake meetings, participants."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        from intake import (
            booking_cards,
            correcting,
            dashboard,
            decision_cards,
            desk_cards,
            drafts_mail,
            erasing,
            file_merges,
            glass,
            handover_cards,
            leaving,
            merge_movers,
            privacy,
            privacy_decisions,
            privacy_map,
            privacy_merges,
            privacy_wishes,
            references,
            retention,
        )
        from intake.public import public_criteria
        from psp.dashboard import add_public_figures

        post_migrate.connect(load_reference, sender=self)
        add_public_figures(public_criteria)
        dashboard.register()
        desk_cards.register()
        booking_cards.register()
        handover_cards.register()
        decision_cards.register()
        file_merges.register()
        glass.register()
        references.register()
        privacy.register()
        privacy_map.register()
        privacy_decisions.register()
        privacy_wishes.register()
        privacy_merges.register()
        merge_movers.register()
        correcting.register()
        leaving.subscribe()
        drafts_mail.register()
        erasing.register()
        retention.register()


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """The first eligibility version, published, in every new database."""
    if using == "default":
        from intake.reference import load_guide, load_referrals, load_versions

        load_versions()
        load_referrals()
        load_guide()
