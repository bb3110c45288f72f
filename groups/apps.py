"""Formal and informal groups, activities and their members."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from psp.parts import join

# Modules that say what their part of the app adds elsewhere, in this order, and those that listen to others.
REGISTERED = (
    "dashboard", "may_lead", "desk_parts", "privacy", "privacy_forming", "forgetting", "erasing", "retention",
    "former_cohort", "led_regions", "queue_of_person", "invitations_of_person", "my_invitations",
    "desk_inviting",
)  # fmt: skip
SUBSCRIBED = ("withdrawal", "following", "merging")


class GroupsConfig(AppConfig):
    name = "groups"

    def ready(self) -> None:
        from contact.services import add_guard
        from groups import invited_notices
        from groups.reference import public_figures
        from psp.dashboard import add_public_figures

        post_migrate.connect(load_reference, sender=self)
        join("groups", registered=REGISTERED, subscribed=SUBSCRIBED)
        add_public_figures(public_figures)
        for template in invited_notices.templates():
            add_guard(template, invited_notices.still_open)


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    if using == "default":
        from groups.reference import load_kind_settings

        load_kind_settings()
