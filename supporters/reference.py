"""What every new database begins with. Idempotent: what an administrator changed is kept."""

from __future__ import annotations

from datetime import date

from psp.content import load
from supporters.models import CareSetting, ReadinessCriterion

# A Monday: the pay periods before and after it are counted from here until an administrator says otherwise.
FIRST_PAY_PERIOD = date(2026, 1, 5)


def load_all() -> None:
    load_settings()
    load_criteria()


def load_settings() -> None:
    CareSetting.objects.get_or_create(pk=1, defaults={"pay_period_from": FIRST_PAY_PERIOD})


def load_criteria() -> None:
    """What is talked about before somebody begins ([NH] rule 28), in our own words."""
    for place, item in enumerate(load("readiness")["criteria"], start=1):
        ReadinessCriterion.objects.get_or_create(code=item.pop("code"), defaults={**item, "order": place * 10})


def settings() -> CareSetting:
    """The program's settings."""
    return CareSetting.objects.get(pk=1)
