"""The first forms, from the content files. Idempotent: what is there already is kept."""

from __future__ import annotations

from django.utils import timezone

from psp.content import load
from sessions.models import Questionnaire


def load_questionnaires() -> None:
    """Create and publish the versions of the content file that are missing."""
    for item in load("questionnaires")["forms"]:
        Questionnaire.objects.get_or_create(
            use=item["use"], number=item["number"],
            defaults={"questions": item["questions"], "published_at": timezone.now()},
        )  # fmt: skip
