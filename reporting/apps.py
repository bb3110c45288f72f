"""Figures that identify nobody."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from reporting import dashboard

        dashboard.register()
