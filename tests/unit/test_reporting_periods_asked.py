"""Codes of periods as somebody may write them into an address."""

from __future__ import annotations

import pytest

from reporting.periods import parse


@pytest.mark.parametrize("code", ["9999", "9999-12", "9999-Q4", "0000-01", "0001"])
def test_periods_at_the_ends_of_time_are_none(code: str) -> None:
    """Their last day cannot be reckoned: an address with one ended in an error."""
    with pytest.raises(ValueError, match="no such period"):
        parse(code)


@pytest.mark.parametrize("code", ["2026", "2026-Q4", "2026-12"])
def test_periods_of_our_days_are_read(code: str) -> None:
    assert parse(code).code == code
    assert parse(code).after
