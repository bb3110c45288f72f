"""The first consent texts, from the content files. Idempotent: what is there already is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from consent.models import ConsentVersion, PurposeSwitch
from consent.rules import grace_until
from psp.content import load

TEXTS = ("title_en", "title_fr", "summary_en", "summary_fr", "statements")


def load_versions() -> None:
    """Create and publish the versions of the content file that are missing."""
    for item in load("consents")["purposes"]:
        ConsentVersion.objects.get_or_create(
            purpose=item["code"], number=item["version"], defaults=_values(item)
        )  # fmt: skip
        PurposeSwitch.objects.get_or_create(purpose=item["code"], defaults={"offered": item.get("offered", True)})


def _values(item: dict[str, Any]) -> dict[str, Any]:
    # Without a text in force nobody could apply, so the first one holds from the day it is loaded at the latest.
    first_day = min(date.fromisoformat(item["valid_from"]), timezone.localdate())
    # Where an earlier version was signed, the period of grace begins on the day the new one is loaded.
    last = (
        grace_until(first_day, timezone.localdate(), settings.PSP_CONSENT_GRACE_DAYS) if item["version"] > 1 else None
    )
    return {key: item[key] for key in TEXTS} | {
        "valid_from": first_day, "published_at": timezone.now(), "older_until": last,
    }  # fmt: skip
