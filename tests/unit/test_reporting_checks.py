"""An operator hears at the start of a setting under which no figure could be given."""

from __future__ import annotations

import pytest

from reporting.checks import figures_can_be_protected


def test_settings_as_they_come_are_sound():
    assert figures_can_be_protected(None) == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("PSP_SUPPRESSION_THRESHOLD", 4, "reporting.E001"),
        ("PSP_FEEDBACK_THRESHOLD", 4, "reporting.E001"),
        ("PSP_REPORT_FINEST", "week", "reporting.E002"),
        ("PSP_REPORT_SETTLE_DAYS", -1, "reporting.E003"),
    ],
)
def test_unsafe_setting_is_named_with_what_it_must_be(settings, name, value, found):
    setattr(settings, name, value)
    (said,) = figures_can_be_protected(None)
    assert said.id == found
    assert said.msg.startswith(name)


@pytest.mark.parametrize("name", ["PSP_SUPPRESSION_THRESHOLD", "PSP_FEEDBACK_THRESHOLD"])
def test_five_is_enough(settings, name):
    setattr(settings, name, 5)
    assert figures_can_be_protected(None) == []
