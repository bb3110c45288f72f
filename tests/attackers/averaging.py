"""The attacker who asks often, and adds up what differs."""

from __future__ import annotations

from collections.abc import Sequence

from tests.attackers.sight import Cell, Printed, cell


def _told(answers: Sequence[Sequence[Printed]]) -> dict[Cell, list[int | None]]:
    found: dict[Cell, list[int | None]] = {}
    for answer in answers:
        for one in answer:
            for key, value in one.values.items():
                found.setdefault(cell(one.dimensions, key, one.where), []).append(value)
    return found


def differences(answers: Sequence[Sequence[Printed]]) -> list[Cell]:
    """Numbers that were not the same each time: asking again tells something new."""
    return [name for name, values in _told(answers).items() if len(set(values)) > 1]


def means(answers: Sequence[Sequence[Printed]]) -> dict[Cell, float]:
    """What is shown, on average."""
    shown = {name: [value for value in values if value is not None] for name, values in _told(answers).items()}
    return {name: sum(values) / len(values) for name, values in shown.items() if values}
