"""Sessions of groups: schedule, attendance, reminders.

The label is not "sessions": Django's own session app has that one.
"""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "peer_sessions"

    def ready(self) -> None:
        from sessions import (
            after_of_person,
            coming_of_person,
            dashboard,
            desk_cards,
            desk_group,
            erasing,
            feed_of_person,
            merging,
            my_steps,
            privacy,
            retention,
            subscriptions,
        )

        dashboard.register()
        privacy.register()
        my_steps.register()
        desk_cards.register()
        desk_group.register()
        subscriptions.subscribe()
        merging.subscribe()
        erasing.register()
        retention.register()
        coming_of_person.register()
        feed_of_person.register()
        after_of_person.register()
