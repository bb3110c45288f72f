"""What every new database begins with. Idempotent: what an administrator changed is kept."""

from __future__ import annotations

from datetime import date

from supporters.models import CareSetting

# A Monday: the pay periods before and after it are counted from here until an administrator says otherwise.
FIRST_PAY_PERIOD = date(2026, 1, 5)


def load_all() -> None:
    load_settings()


def load_settings() -> None:
    CareSetting.objects.get_or_create(pk=1, defaults={"pay_period_from": FIRST_PAY_PERIOD})


def settings() -> CareSetting:
    """The program's settings."""
    return CareSetting.objects.get(pk=1)
