"""Peer supporters: ready, trained, supported, never overloaded ([NH] rules 26 to 35)."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SupportersConfig(AppConfig):
    name = "supporters"

    def ready(self) -> None:
        from supporters import (
            dashboard_care,
            dashboard_incidents,
            dashboard_joining,
            dashboard_may_lead,
            dashboard_network,
            dashboard_texts,
            dashboard_training,
            dashboard_wellbeing,
            dashboard_workload,
            erasing_joining,
            erasing_training,
            incident_notices,
            incidents_of_person,
            merging_joining,
            notices_training,
            privacy_joining,
            privacy_may_lead,
            privacy_network,
            privacy_supervision,
            privacy_texts,
            privacy_training,
            privacy_wellbeing,
            privacy_workload,
            retention_joining,
            retention_training,
            services_supervision,
            services_talks,
        )

        post_migrate.connect(load_reference, sender=self)
        privacy_texts.register()
        privacy_joining.register()
        erasing_joining.register()
        retention_joining.register()
        merging_joining.register()
        privacy_network.register()
        dashboard_care.register()
        privacy_supervision.register()
        dashboard_texts.register()
        dashboard_network.register()
        dashboard_wellbeing.register()
        dashboard_joining.register()
        dashboard_incidents.register()
        incident_notices.register()
        incidents_of_person.register()
        privacy_wellbeing.register()
        privacy_training.register()
        erasing_training.register()
        retention_training.register()
        privacy_workload.register()
        dashboard_workload.register()
        dashboard_may_lead.register()
        privacy_may_lead.register()
        notices_training.register()
        dashboard_training.register()
        services_supervision.subscribe()
        services_talks.subscribe()


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """Settings, courses and texts that every new database begins with."""
    if using == "default":
        from supporters.reference import load_all

        load_all()
