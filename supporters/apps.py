"""Peer supporters: ready, trained, supported, never overloaded ([NH] rules 26 to 35)."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from psp.parts import join

# That one of these is there says that somebody asked for help, reported something, or takes another way.
TELLING = (
    "checkin", "formeragreement", "incident", "incidentstep", "interest", "leadconcern", "supervisorwish",
    "supportplan", "talk", "touch",
)  # fmt: skip


# Modules that say what their part of the app adds elsewhere, in this order, and those that listen to others.
REGISTERED = (
    "texts.privacy", "joining.privacy", "joining.erasing", "joining.retention", "joining.merging",
    "network.privacy", "dashboard_care", "supervision.privacy", "texts.dashboard", "network.dashboard",
    "wellbeing.dashboard", "joining.dashboard", "incidents.dashboard", "incidents.notices", "incidents.of_person",
    "wellbeing.privacy", "training.privacy", "training.erasing", "training.retention", "hours.privacy",
    "hours.retention", "hours.dashboard", "may_lead.dashboard", "may_lead.privacy", "training.notices",
    "training.dashboard", "hours.notices", "texts.notices", "network.notices",
)  # fmt: skip
SUBSCRIBED = ("supervision.services", "training.services_cohorts", "supervision.services_talks")


class SupportersConfig(AppConfig):
    name = "supporters"

    def ready(self) -> None:
        from psp.audit.quiet import keep_quiet

        post_migrate.connect(load_reference, sender=self)
        keep_quiet(*(f"supporters.{model}" for model in TELLING))
        join("supporters", registered=REGISTERED, subscribed=SUBSCRIBED)


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """Settings, courses and texts that every new database begins with."""
    if using == "default":
        from supporters.reference import load_all

        load_all()
