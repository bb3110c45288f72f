"""What every new database begins with. Idempotent: what an administrator changed is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from psp.content import load
from supporters.hours.reference import load_accommodations
from supporters.incidents.reference import load_kinds
from supporters.models import CareSetting, ProgramText, ReadinessCriterion, SupportKind
from supporters.network.models import ResourceTopic
from supporters.training.reference import load_courses
from supporters.wellbeing.reference import load_wellbeing

# A Monday: the pay periods before and after it are counted from here until an administrator says otherwise.
FIRST_PAY_PERIOD = date(2026, 1, 5)


def load_all() -> None:
    load_settings()
    load_criteria()
    load_texts()
    load_topics()
    load_courses()
    load_kinds()
    load_wellbeing()
    load_support_kinds()
    load_accommodations()


def load_settings() -> None:
    CareSetting.objects.get_or_create(pk=1, defaults={"pay_period_from": FIRST_PAY_PERIOD})


def load_criteria() -> None:
    """What is talked about before somebody begins ([NH] rule 28), in our own words."""
    for place, item in enumerate(load("readiness")["criteria"], start=1):
        ReadinessCriterion.objects.get_or_create(code=item.pop("code"), defaults={**item, "order": place * 10})


def load_texts() -> None:
    """Create and publish the versions of the content file that are missing, signed by nobody."""
    for item in load("program_texts")["texts"]:
        values = {"title_en": item["title_en"], "title_fr": item["title_fr"], "published_at": timezone.now()}
        sections = [_section(one) for one in item["sections"]]
        ProgramText.objects.get_or_create(
            kind=item["kind"], number=item["version"], defaults=values | {"sections": sections}
        )


def load_topics() -> None:
    """What the library begins to be sorted by."""
    for place, item in enumerate(load("library_topics")["topics"], start=1):
        ResourceTopic.objects.get_or_create(code=item.pop("code"), defaults={**item, "order": place * 10})


def _section(item: dict[str, Any]) -> dict[str, Any]:
    """From the content file, where both languages of a point stand side by side, to how a version keeps it."""
    points = {f"points_{code}": [point[f"text_{code}"] for point in item["points"]] for code in ("en", "fr")}
    return {name: item[name] for name in ("code", "heading_en", "heading_fr")} | points


def load_support_kinds() -> None:
    """What more support for a while can be ([NH] section 4)."""
    for place, item in enumerate(load("support_kinds")["kinds"], start=1):
        values = {name: item[name] for name in ("name_en", "name_fr")} | {"order": place * 10}
        SupportKind.objects.get_or_create(code=item["code"], defaults=values)


def settings() -> CareSetting:
    """The program's settings."""
    return CareSetting.objects.get(pk=1)
