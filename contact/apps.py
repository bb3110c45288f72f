"""How, when and under which name it is safe to reach someone."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContactConfig(AppConfig):
    name = "contact"

    def ready(self) -> None:
        from contact import checks, withdrawal  # noqa: F401 - importing the checks registers them
        from contact.reference import load_templates

        withdrawal.subscribe()
        post_migrate.connect(load_templates, sender=self)
