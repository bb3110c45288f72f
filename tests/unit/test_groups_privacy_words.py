"""What the board says about somebody has words of its own for that person's copy."""

from __future__ import annotations

from groups.forming_words import REASONS
from groups.privacy_forming import WHY


def test_every_reason_is_said_to_the_person_too():
    assert WHY.keys() == REASONS.keys()
    assert all(" you" in str(WHY[code]) or code == "no_facilitator" for code in WHY)
