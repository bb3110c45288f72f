"""Message templates, from the content file, and when people are reminded. Idempotent: what an administrator changed
is kept.
"""

from __future__ import annotations

from typing import Any

from contact.choices_reminders import Audience, ReminderEvent
from contact.models import MessageTemplate, ReminderRule
from psp.content import load


def load_templates(sender: Any = None, using: str = "default", **_kwargs: Any) -> None:
    """Create the templates that are missing. Also a receiver of `post_migrate`."""
    if using != "default":
        return
    for item in load("messages")["templates"]:
        MessageTemplate.objects.get_or_create(code=item["code"], defaults=_values(item))
        # Templates from before there were text messages.
        MessageTemplate.objects.filter(code=item["code"], sms_en="").update(**_later_values(item))


def _values(item: dict[str, Any]) -> dict[str, str]:
    return {
        "subject_en": item["subject_en"], "subject_fr": item["subject_fr"], "body_en": item["text_en"],
        "body_fr": item["text_fr"], **_later_values(item),
    }  # fmt: skip


def _later_values(item: dict[str, Any]) -> dict[str, str]:
    return {name: item.get(name, "") for name in ("sms_en", "sms_fr", "explicit_en", "explicit_fr")}


# Hours before -> whether it goes to whoever chose nothing. One reminder is enough for who takes part: each message is
# one more that somebody may read along. Who leads has to be there, so the last one comes when they would set out.
HOURS = {
    Audience.MEMBER: {72: False, 24: True, 2: False},
    Audience.LEAD: {72: False, 24: True, 2: True},
}  # fmt: skip


def load_rules(sender: Any = None, using: str = "default", **_kwargs: Any) -> None:
    """Create the reminders that are missing. Also a receiver of `post_migrate`."""
    if using != "default":
        return
    for event in ReminderEvent:
        # Coordinators keep their own calendar for meetings.
        for audience in (Audience.MEMBER,) if event == ReminderEvent.MEETING else Audience:
            for hours, usual in HOURS[audience].items():
                ReminderRule.objects.get_or_create(
                    event=event, audience=audience, hours=hours, defaults={"usual": usual}
                )
