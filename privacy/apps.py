"""What is held about whom, and who looked at it."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from privacy import dashboard

        dashboard.register()
