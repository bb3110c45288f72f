"""What public pages tell about consent: each purpose with its plain summary, as it is in force."""

from __future__ import annotations

from typing import Any

from consent.choices import ConsentPurpose
from consent.services import texts_in_force


def public_purposes() -> dict[str, Any]:
    found = texts_in_force()
    return {
        "purposes": [
            {"title": ConsentPurpose(purpose).label, "summary": version.summary} for purpose, version in found.items()
        ]
    }
