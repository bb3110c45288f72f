"""What the page of answers shows: numbers of answers first, then each question. Made of protected tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Min
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from psp import survey
from psp.bilingual import reader_language
from psp.content import load
from psp.errors import DomainError
from reporting import record
from reporting.answers import charts
from reporting.answers.change import rounded
from reporting.answers.forms import AFTER, BEFORE, Source, named, question_of, scores
from reporting.counters.answers import KIND
from reporting.dimensions import dimension
from reporting.disclosure import ALL, DisclosureError, ProtectedTable
from reporting.models import Series
from reporting.period_words import period_name
from reporting.periods import Period, Span, since
from reporting.present import protected, shown
from reporting.tables import text_table
from sessions.models import GroupSession
from supporters.models import CohortSession

MINUS, NONE, PERCENT = "\u2212", "\u2013", 100
Tables = record.Tables


def periods(today: date | None = None) -> list[Period]:
    """Years and quarters that are over and settled, the newest first; a year before its quarters."""
    today = today or timezone.localdate()
    first = [rows.aggregate(first=Min("starts_at"))["first"] for rows in (GroupSession.objects, CohortSession.objects)]
    begun = min((timezone.localdate(one) for one in first if one is not None), default=today)
    found = [*since(begun, today, Span.YEAR), *since(begun, today, Span.QUARTER)]
    closed = [period for period in found if record.is_closed(period, today)]
    return sorted(closed, key=lambda one: (one.after, one.span == Span.YEAR), reverse=True)


def sections(period: Period) -> list[dict[str, Any]]:
    """One for each form that is counted by this length of period, in the order of the content file."""
    return [_section(one, period) for one in wanted(period)]


def wanted(period: Period) -> list[Series]:
    """The forms that are counted by this length of period."""
    order = [item["code"] for item in load("answers")["sources"]]
    found = [one for one in record.in_force() if _is_mine(one) and period.span in one.spans]
    return sorted(found, key=lambda one: (order.index(named(one.counter).source), -named(one.counter).number))


def _is_mine(series: Series) -> bool:
    try:
        return bool(named(series.counter))
    except KeyError:
        return False


def _section(series: Series, period: Period) -> dict[str, Any]:
    """`people`: the number as text, None where it is hidden. `refused`: could not be proven safe."""
    head = {
        "code": series.code, "name": series.name(reader_language()), "unit": series.unit(reader_language()),
        "population": series.population(reader_language()), "source": series.source(reader_language()),
    }  # fmt: skip
    try:
        tables = record.tables(series, period)
    except (DisclosureError, DomainError):
        return head | {"refused": True}
    total = protected(tables[()]).value()
    asked = _changed if named(series.counter).source == Source.CHANGE else _said
    return head | {
        "people": None if total is None else shown(total), "none": total == 0,
        "questions": [] if total == 0 else list(asked(series, tables, period_name(period))),
    }  # fmt: skip


# --- Said without a name ---


def _said(series: Series, tables: Tables, period: str) -> Iterator[dict[str, Any]]:
    """`table`: each answer with its number and share; `by_kind`: by kind of group, where there are any."""
    for (code,) in (names for names in tables if len(names) == 1):
        table, crossed = protected(tables[(code,)]), tables.get((KIND, code))
        answers, text = [(str(key), str(label)) for key, label in dimension(code).categories()], _question(code)
        words = {"text": text, "period_name": period}
        yield {
            "text": text, "chart": charts.of_answers(text, code, table, answers, series.unit(reader_language())),
            "mean": mean_words(code, table),
            "table": text_table(
                _("%(text)s – %(period_name)s") % words, _("Answer"),
                [pgettext("figure", "Number"), _("Share of the answers")],
                [(label, [shown(table.values[(key,)]), share_words(key, table) or NONE]) for key, label in answers],
            ),
            "hidden": all(table.values[(key,)] is None for key, _label in answers),
            "by_kind": _by_kind(code, protected(crossed), words) if crossed is not None else None,
        }  # fmt: skip


def _question(code: str) -> str:
    return question_of(code).text(reader_language())


def share_words(key: str, table: ProtectedTable) -> str:
    """Of those who answered, in a hundred; empty where a number that it needs is hidden, and for what was left open."""
    value, everybody, left = table.values[(key,)], table.values[(ALL,)], table.values.get((survey.OPEN,), 0)
    if key == survey.OPEN or value is None or everybody is None or left is None or everybody == left:
        return ""
    share = int(Fraction(PERCENT * value, everybody - left) + Fraction(1, 2))
    return f"{share}\u00a0%" if reader_language() == "fr" else f"{share}%"


def _by_kind(code: str, table: ProtectedTable, words: Mapping[str, str]) -> dict[str, Any]:
    kinds = [(str(key), str(label)) for key, label in dimension(KIND).categories()]
    rows = [
        (str(label), [shown(table.values[kind, str(key)]) for kind, _name in kinds])
        for key, label in dimension(code).categories()
    ]
    caption = _("%(text)s – by kind of group, %(period_name)s") % words
    return text_table(caption, _("Answer"), [label for _key, label in kinds], rows)


def mean_of(code: str, table: ProtectedTable) -> float | None:
    """The mean of a scale, worked out from what is published; None while one of its numbers is hidden."""
    number = scores(question_of(code))
    counts = {score: table.values[(answer,)] for answer, score in number.items()}
    whole = {score: count for score, count in counts.items() if count is not None}
    if not number or len(whole) < len(counts) or not sum(whole.values()):
        return None
    return rounded(Fraction(sum(score * count for score, count in whole.items()), sum(whole.values())))


def mean_words(code: str, table: ProtectedTable) -> str:
    mean = mean_of(code, table)
    return "" if mean is None else _("On average %(mean)s, %(scale)s.") % {"mean": figure(mean), "scale": _scale(code)}


# --- The same people before and after ---


def _changed(series: Series, tables: Tables, period: str) -> Iterator[dict[str, Any]]:
    for (code,) in (names for names in tables if len(names) == 1 and names[0].endswith(AFTER)):
        earlier = f"{code.removesuffix(AFTER)}{BEFORE}"
        after, before = protected(tables[(code,)]), protected(tables[(earlier,)])
        answers, text = [(str(key), str(label)) for key, label in dimension(code).categories()], _question(code)
        words = {"text": text, "period_name": period}
        yield {
            "text": text, "change": _change(code, after),
            "chart": charts.of_change(text, (earlier, before), (code, after), answers, series.unit(reader_language())),
            "table": text_table(
                _("%(text)s – %(period_name)s") % words, _("Answer"), [_("Before the group"), _("After the group")],
                [(label, [shown(one.values[(key,)]) for one in (before, after)]) for key, label in answers],
            ),
            "hidden": all(one.values[(key,)] is None for one in (before, after) for key, _label in answers),
        }  # fmt: skip


def _change(code: str, after: ProtectedTable) -> dict[str, str] | None:
    found = after.statistics.get((ALL,))
    if found is None:
        return None
    signed_ones = {name: signed(found[name]) for name in ("change", "low", "high")}
    return {"before": figure(found["before"]), "after": figure(found["after"]), "scale": _scale(code)} | signed_ones


def _scale(code: str) -> str:
    options = question_of(code).options
    words = {
        "first": options[0].label(reader_language()),
        "last": options[-1].label(reader_language()),
        "most": len(options),
    }
    return _("on a scale from 1 (%(first)s) to %(most)s (%(last)s)") % words


def figure(value: float) -> str:
    return number_format(value, decimal_pos=1, use_l10n=True)


def signed(value: float) -> str:
    """With its sign, so that a change reads as one; nothing before zero."""
    if value == 0:
        return figure(0.0)
    return f"{'+' if value > 0 else MINUS}{figure(abs(value))}"
