"""What is held about whom, who looked at it, and what people ask about it."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from privacy import dashboard, datamap_floor, erasing_account, privacy

        dashboard.register()
        privacy.register()
        datamap_floor.register()
        erasing_account.register()
