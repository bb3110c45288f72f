"""Message templates, from the content file. Idempotent: what an administrator changed is kept."""

from __future__ import annotations

from typing import Any

from contact.models import MessageTemplate
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
