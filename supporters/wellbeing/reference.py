"""The few questions of the check-in, and what is there for those who lead, as every new database begins with them."""

from __future__ import annotations

from psp.content import load
from supporters.models import CareOffer, CheckInQuestion


def load_wellbeing() -> None:
    """What is missing of the content file; what an administrator changed is kept."""
    content = load("wellbeing")
    for place, item in enumerate(content["questions"], start=1):
        CheckInQuestion.objects.get_or_create(code=item.pop("code"), defaults={**item, "order": place * 10})
    for place, item in enumerate(content["offers"], start=1):
        CareOffer.objects.get_or_create(code=item.pop("code"), defaults={**item, "order": place * 10})
