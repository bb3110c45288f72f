"""What the public pages say about who can take part: the criteria in force, never a copy of them."""

from __future__ import annotations

from typing import Any

from intake.models import EligibilityVersion
from intake.rules import Affiliation
from intake.texts import texts_of_today


def public_criteria() -> dict[str, Any]:
    """{"criteria": codes of those that are asked, "family": whether families are covered too}."""
    try:
        rules = texts_of_today().version.rules
    except EligibilityVersion.DoesNotExist:
        return {}
    return {
        "criteria": [str(item.code) for item in rules.criteria if item.on],
        "family": Affiliation.FAMILY_MEMBER in rules.affiliations,
    }
