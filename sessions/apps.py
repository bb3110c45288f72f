"""Sessions of groups: schedule, attendance, reminders.

The label is not "sessions": Django's own session app has that one.
"""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from psp.parts import join

# Modules that say what their part of the app adds elsewhere, in this order, and those that listen to others.
REGISTERED = (
    "dashboard", "privacy", "my_steps", "desk_cards", "desk_support", "desk_group", "erasing", "retention",
    "coming_of_person", "feed_of_person", "led", "incident_links", "after_of_person", "cover_of_person",
    "survey_card", "survey_of_person",
)  # fmt: skip
SUBSCRIBED = ("subscriptions", "merging")


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "peer_sessions"

    def ready(self) -> None:
        post_migrate.connect(load_reference, sender=self)
        join("sessions", registered=REGISTERED, subscribed=SUBSCRIBED)


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """The first questionnaires, published, in every new database."""
    if using == "default":
        from sessions.reference import load_questionnaires

        load_questionnaires()
