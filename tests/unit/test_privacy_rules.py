"""Thirty calendar days to answer, and how the copy becomes plain data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils.translation import gettext_lazy as _

from privacy.choices import TRANSITIONS, RequestState
from privacy.holdings import Both, Held, InBoth, Line, Section, as_data, earlier, plain
from privacy.rules import due_on, urgency

ASKED = date(2026, 12, 5)


def test_answer_is_due_thirty_calendar_days_later_over_the_new_year():
    assert due_on(ASKED) == date(2027, 1, 4)


@pytest.mark.parametrize(("days", "found"), [(-1, "late"), (0, "soon"), (6, "soon"), (7, "calm"), (30, "calm")])
def test_urgency_grows_towards_the_last_day(days, found):
    due = due_on(ASKED)
    assert urgency(due, due - timedelta(days=days)) == found


def test_only_an_open_request_changes_its_state():
    assert {state for state, targets in TRANSITIONS.items() if targets} == {RequestState.OPEN}
    assert set(TRANSITIONS) == set(RequestState)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, None), (True, True), (3, 3), ("text", "text"),
        (Both("Tuesdays", "Les mardis"), {"en": "Tuesdays", "fr": "Les mardis"}),
        (date(2026, 1, 2), "2026-01-02"), (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
        ([_("Yes"), "b"], [{"en": "Yes", "fr": "Oui"}, "b"]),
    ],
)  # fmt: skip
def test_value_becomes_plain_data(value, found):
    assert plain(value, InBoth()) == found


def test_data_has_every_label_in_both_languages():
    section = Section("one", _("Yes"), lambda _person: (), frozenset())
    held = [Held(section, ([Line(_("No"), "x")],))]
    assert as_data(held) == [
        {"code": "one", "title": {"en": "Yes", "fr": "Oui"},
         "records": [[{"key": "no", "label": {"en": "No", "fr": "Non"}, "value": "x"}]]}
    ]  # fmt: skip


def test_history_tells_what_stood_before_and_leaves_out_what_did_not_change():
    rows = [SimpleNamespace(name=name, other=number, history_date=number) for number, name in enumerate("aabc")]
    found = earlier(rows, {"name": "Name"}, "From")
    assert [[line.value for line in record] for record in found] == [[0, "a"], [2, "b"]]
    said = earlier(rows, {"name": None}, "From", lambda row: [Line("Name", row.name.upper())])
    assert [[line.value for line in record] for record in said] == [[0, "A"], [2, "B"]]
