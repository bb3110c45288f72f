"""The first eligibility version, from the content files. Idempotent: what is there already is kept."""

from __future__ import annotations

from django.utils import timezone

from intake.models import EligibilityVersion
from intake.rules import from_json
from psp.content import load


def load_versions() -> None:
    """Create and publish version 1 where there is none."""
    content = load("eligibility_v1")
    rules = from_json(content["rules"])
    # Without a version in force nobody could apply, so the first one holds from the day it is loaded at the latest.
    first_day = min(rules.valid_from, timezone.localdate())
    EligibilityVersion.objects.get_or_create(
        number=rules.version,
        defaults={"content": content, "valid_from": first_day, "published_at": timezone.now()},
    )
