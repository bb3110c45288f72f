"""Formal and informal groups, activities and their members."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GroupsConfig(AppConfig):
    name = "groups"

    def ready(self) -> None:
        from contact.services import add_guard
        from groups import (
            dashboard,
            desk_inviting,
            desk_parts,
            erasing,
            following,
            forgetting,
            former_cohort,
            invitations_of_person,
            invited_notices,
            led_regions,
            may_lead,
            merging,
            my_invitations,
            privacy,
            privacy_forming,
            queue_of_person,
            retention,
            withdrawal,
        )
        from groups.reference import public_figures
        from psp.dashboard import add_public_figures

        post_migrate.connect(load_reference, sender=self)
        dashboard.register()
        may_lead.register()
        desk_parts.register()
        privacy.register()
        privacy_forming.register()
        forgetting.register()
        withdrawal.subscribe()
        following.subscribe()
        merging.subscribe()
        erasing.register()
        retention.register()
        former_cohort.register()
        led_regions.register()
        queue_of_person.register()
        invitations_of_person.register()
        my_invitations.register()
        desk_inviting.register()
        add_public_figures(public_figures)
        for template in invited_notices.templates():
            add_guard(template, invited_notices.still_open)


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    if using == "default":
        from groups.reference import load_kind_settings

        load_kind_settings()
