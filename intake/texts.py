"""The texts that the application shows today: criteria and consents, each in its version in force.

A published version never changes (triggers see to it), so each is loaded once in a process. Which ones are in
force is asked anew for every page, in one query.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.utils import timezone

from consent.choices import ConsentPurpose
from consent.models import ConsentVersion
from intake.models import EligibilityVersion
from psp.content import load
from psp.models import Region

# Asked for where it is of use: a letter only after the person gave an address, in their own pages.
# Questionnaires, research and recording come up, if ever, with somebody who takes part.
LATER = frozenset(
    {
        ConsentPurpose.CONTACT_POST,
        ConsentPurpose.EVALUATION,
        ConsentPurpose.RESEARCH,
        ConsentPurpose.STORY,
        ConsentPurpose.RECORDING,
    }
)
# Seconds after which places are read again, so that one that was renamed shows up.
READ_AGAIN = 300
# As `EligibilityVersionQuerySet.in_force` and `ConsentVersionQuerySet.in_force` say it, for both tables at once.
IN_FORCE = """
(SELECT 'eligibility', id, number FROM intake_eligibilityversion
 WHERE published_at IS NOT NULL AND valid_from <= %(today)s ORDER BY valid_from DESC, number DESC LIMIT 1)
UNION ALL
(SELECT DISTINCT ON (purpose) purpose, id, number FROM consent_consentversion
 WHERE published_at IS NOT NULL AND valid_from <= %(today)s
 AND purpose NOT IN (SELECT purpose FROM consent_purposeswitch WHERE NOT offered)
 ORDER BY purpose, valid_from DESC, number DESC)
"""
Row = tuple[str, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """`names` says which versions these are, e.g. "e1 n1 contact_email1 results1 taking_part1".

    One object for one set of versions, so it is equal to itself only.
    """

    names: str
    version: EligibilityVersion
    consents: dict[str, ConsentVersion]
    notice: int


def texts_of_today() -> Texts:
    """EligibilityVersion.DoesNotExist where none was ever published."""
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, {"today": timezone.localdate()})
        return loaded(tuple(sorted(cursor.fetchall())))


@lru_cache(maxsize=16)
def loaded(rows: tuple[Row, ...]) -> Texts:
    """The versions themselves, by their keys."""
    numbers = {name: (key, number) for name, key, number in rows if name not in LATER}
    if "eligibility" not in numbers:
        raise EligibilityVersion.DoesNotExist("no eligibility version is in force")
    key, number = numbers.pop("eligibility")
    notice = int(load("notice_v1")["number"])
    found = ConsentVersion.objects.in_bulk([key for key, _number in numbers.values()])
    consents = {purpose: found[numbers[purpose][0]] for purpose in ConsentPurpose.values if purpose in numbers}
    names = [f"e{number}", f"n{notice}", *(f"{name}{version.number}" for name, version in sorted(consents.items()))]
    return Texts(" ".join(names), EligibilityVersion.objects.get(pk=key), consents, notice)


def reading_period() -> int:
    """A number that changes when places are to be read again."""
    return int(time.monotonic()) // READ_AGAIN


def places() -> dict[str, Region]:
    """Provinces, territories and "outside Canada" by code, in their order."""
    return _places(reading_period())


@lru_cache(maxsize=1)
def _places(_period: int) -> dict[str, Region]:
    return {region.code: region for region in Region.objects.order_by("order", "code")}
