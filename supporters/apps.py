"""Peer supporters: ready, trained, supported, never overloaded ([NH] rules 26 to 35)."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# That one of these is there says that somebody asked for help, reported something, or takes another way.
TELLING = (
    "checkin", "formeragreement", "incident", "incidentstep", "interest", "leadconcern", "supervisorwish",
    "supportplan", "talk", "touch",
)  # fmt: skip


class SupportersConfig(AppConfig):
    name = "supporters"

    def ready(self) -> None:
        from psp.audit.quiet import keep_quiet
        from supporters import dashboard_care
        from supporters.hours import dashboard as dashboard_workload
        from supporters.hours import privacy as privacy_workload
        from supporters.incidents import dashboard as dashboard_incidents
        from supporters.incidents import notices as incident_notices
        from supporters.incidents import of_person as incidents_of_person
        from supporters.joining import dashboard as dashboard_joining
        from supporters.joining import erasing as erasing_joining
        from supporters.joining import merging as merging_joining
        from supporters.joining import privacy as privacy_joining
        from supporters.joining import retention as retention_joining
        from supporters.may_lead import dashboard as dashboard_may_lead
        from supporters.may_lead import privacy as privacy_may_lead
        from supporters.network import dashboard as dashboard_network
        from supporters.network import privacy as privacy_network
        from supporters.supervision import privacy as privacy_supervision
        from supporters.supervision import services as services_supervision
        from supporters.supervision import services_talks
        from supporters.texts import dashboard as dashboard_texts
        from supporters.texts import privacy as privacy_texts
        from supporters.training import dashboard as dashboard_training
        from supporters.training import erasing as erasing_training
        from supporters.training import notices as notices_training
        from supporters.training import privacy as privacy_training
        from supporters.training import retention as retention_training
        from supporters.training import services_cohorts
        from supporters.wellbeing import dashboard as dashboard_wellbeing
        from supporters.wellbeing import privacy as privacy_wellbeing

        post_migrate.connect(load_reference, sender=self)
        keep_quiet(*(f"supporters.{model}" for model in TELLING))
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
        services_cohorts.subscribe()
        services_talks.subscribe()


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """Settings, courses and texts that every new database begins with."""
    if using == "default":
        from supporters.reference import load_all

        load_all()
