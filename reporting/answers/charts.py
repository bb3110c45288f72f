"""Pictures of what people said: a bar for each answer, and the same people before and after one above the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from reporting.charts import findings, stacks
from reporting.charts.build import BOTH, bar_chart
from reporting.charts.shapes import Chart
from reporting.disclosure import ProtectedTable
from reporting.figures import Pick
from reporting.wording import Unit

Answers = list[tuple[str, str]]


def of_answers(title: str, code: str, table: ProtectedTable, answers: Answers, unit: str) -> Chart | None:
    """None where nothing of it can be drawn: the table says it."""
    chart = bar_chart(title, table, code, answers, Pick(), Unit(unit))
    return chart if chart.telling else None


def of_change(
    title: str, before: tuple[str, ProtectedTable], after: tuple[str, ProtectedTable], answers: Answers, unit: str
) -> Chart | None:
    """`before`, `after`: the question of that moment, and what was answered then; the same people both times."""
    said = Unit(unit)
    found = (
        *_stack(_("Before the group"), before, answers, said), *_stack(_("After the group"), after, answers, said),
    )  # fmt: skip
    if not all(one.known for one in found):
        return None
    # Largest and smallest would be of two moments; what changed is said in words beside it.
    hidden = findings.hidden_sentence(sum(one.hidden for one in found))
    finding = " ".join(one for one in (_("The same people both times."), hidden) if one)
    return Chart(title, finding, tuple(stacks.stacked(found, size) for size in BOTH))


def _stack(name: str, asked: tuple[str, ProtectedTable], answers: Answers, unit: Unit) -> Iterator[stacks.Stack]:
    code, table = asked
    for one in stacks.read(table, "", (("", name),), code, answers, unit):
        yield replace(one, parts=tuple(replace(part, label=f"{name}, {part.label}") for part in one.parts))
