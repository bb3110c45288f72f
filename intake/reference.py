"""The first eligibility version and the list of others who help, from the content files.

Idempotent: what is there already is kept.
"""

from __future__ import annotations

from django.utils import timezone

from intake.models import EligibilityVersion, MeetingGuide, Referral
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


def load_referrals() -> None:
    """Those whom the content files name, where they are not listed yet."""
    for number, item in enumerate(load("crisis_lines")["other_services"], start=1):
        texts = {name: item[name] for name in ("name_en", "name_fr", "what_en", "what_fr", "hours_en", "hours_fr")}
        phone = next((one["display"] for one in item["numbers"] if one["kind"] == "call"), "")
        Referral.objects.get_or_create(code=item["code"], defaults={**texts, "phone": phone, "order": number * 10})


def load_guide() -> None:
    """The first steps of the intake meeting, published, where there are none."""
    content = load("meeting_steps")
    MeetingGuide.objects.get_or_create(
        number=content["number"], defaults={"steps": content["steps"], "published_at": timezone.now()}
    )
