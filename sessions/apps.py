"""Sessions of groups: schedule, attendance, reminders.

The label is not "sessions": Django's own session app has that one.
"""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "peer_sessions"

    def ready(self) -> None:
        from sessions import (
            after_of_person,
            coming_of_person,
            cover_of_person,
            dashboard,
            desk_cards,
            desk_group,
            desk_support,
            erasing,
            feed_of_person,
            incident_links,
            led,
            merging,
            my_steps,
            privacy,
            retention,
            subscriptions,
            survey_card,
            survey_of_person,
        )

        post_migrate.connect(load_reference, sender=self)
        dashboard.register()
        privacy.register()
        my_steps.register()
        desk_cards.register()
        desk_support.register()
        desk_group.register()
        subscriptions.subscribe()
        merging.subscribe()
        erasing.register()
        retention.register()
        coming_of_person.register()
        feed_of_person.register()
        led.register()
        incident_links.register()
        after_of_person.register()
        cover_of_person.register()
        survey_card.register()
        survey_of_person.register()


def load_reference(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """The first questionnaires, published, in every new database."""
    if using == "default":
        from sessions.reference import load_questionnaires

        load_questionnaires()
