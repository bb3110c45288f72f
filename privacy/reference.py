"""The first retention rules of every new database, published; administrators replace them by newer versions."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from privacy.choices_retention import Clock, Disposal, RecordType
from privacy.models import RetentionRule
from privacy.retention_rules import PAY_MONTHS

FIRST_DAY = date(2026, 11, 1)
# Kind of record → counted from, months, ceiling, what becomes of it.
FIRST = {
    RecordType.FILE: (Clock.FILE, 24, 30, Disposal.DESTROY_KEY),
    RecordType.TEAM: (Clock.LEFT, 24, 30, Disposal.DESTROY_KEY),
    RecordType.MESSAGE: (Clock.RECORD, 24, 30, Disposal.ANONYMISE),
    RecordType.HISTORY: (Clock.RECORD, 24, 30, Disposal.DELETE),
    RecordType.ACCESS_LOG: (Clock.RECORD, 36, 48, Disposal.DELETE),
    RecordType.PAY: (Clock.YEAR, PAY_MONTHS, 78, Disposal.DELETE),
}


def load_rules() -> None:
    for record_type, (clock, months, ceiling, action) in FIRST.items():
        RetentionRule.objects.get_or_create(
            record_type=record_type, number=1,
            defaults={
                "clock": clock, "months": months, "ceiling_months": ceiling, "action": action,
                "valid_from": min(FIRST_DAY, timezone.localdate()), "published_at": timezone.now(),
            },
        )  # fmt: skip
