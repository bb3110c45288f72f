"""How, when and under which name it is safe to reach someone."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContactConfig(AppConfig):
    name = "contact"

    def ready(self) -> None:
        # Importing the checks registers them.
        from contact import (  # noqa: F401
            asking_again,
            checks,
            dashboard,
            erasing,
            my_steps,
            notices,
            privacy,
            privacy_reminders,
            rechecks,
            retention,
            withdrawal,
        )
        from contact.reference import load_rules, load_templates
        from contact.services import send_letter
        from psp.accounts.mail import register_sender

        dashboard.register()
        privacy.register()
        privacy_reminders.register()
        my_steps.register()
        notices.register()
        withdrawal.subscribe()
        rechecks.subscribe()
        asking_again.subscribe()
        erasing.register()
        retention.register()
        register_sender(send_letter)
        post_migrate.connect(load_templates, sender=self)
        post_migrate.connect(load_rules, sender=self)
