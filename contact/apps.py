"""How, when and under which name it is safe to reach someone."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from psp.parts import join

# Modules that say what their part of the app adds elsewhere, in this order, and those that listen to others.
REGISTERED = ("dashboard", "privacy", "privacy_reminders", "my_steps", "notices", "erasing", "retention")
SUBSCRIBED = ("withdrawal", "rechecks", "asking_again")


class ContactConfig(AppConfig):
    name = "contact"

    def ready(self) -> None:
        from contact import checks  # noqa: F401 - registers the checks
        from contact.reference import load_rules, load_templates
        from contact.services import send_letter
        from psp.accounts.mail import register_sender

        join("contact", registered=REGISTERED, subscribed=SUBSCRIBED)
        register_sender(send_letter)
        post_migrate.connect(load_templates, sender=self)
        post_migrate.connect(load_rules, sender=self)
