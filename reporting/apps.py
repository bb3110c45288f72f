"""Figures that identify nobody."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from psp.dashboard import add_public_figures
        from reporting import dashboard
        from reporting.wait_words import public_waits

        dashboard.register()
        add_public_figures(public_waits, page="after")
