"""What people said: after sessions and trainings without a name, before and after a group under two consents.

Answers without a name come from whole boxes and batches only (`sessions.services_feedback`), and nobody can take
theirs out again. Answers with a name are counted where the person agrees, at this moment, to answering questions and
to being counted ([PIA] rule 39); a person counts once, with their last group, and only if they answered everything
both times: so all questions speak of the same people, and no difference between two of them tells who left one open.
"""

from __future__ import annotations

from collections import Counter as Tallies
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from itertools import product
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from psp import survey
from reporting.answers.change import change_of
from reporting.answers.forms import (
    AFTER,
    SEVERAL,
    Named,
    Source,
    dimension_codes,
    form_named,
    named,
    question_of,
    scores,
)
from reporting.counters.base import Breakdown, Counted, Counter, Measures, Tally, add_family
from reporting.disclosure import ALL, Key, ProtectedTable
from reporting.periods import Period, Span
from sessions.choices import Moment
from sessions.models import AnswerSheet, FeedbackBatch
from sessions.services_questions import TAKES_PLACE, answers_of
from supporters.models import EvaluationBox
from supporters.training.services_evaluation import content_of

KIND = "groups"
LAST_QUARTER = 4
Pair = tuple[survey.Sheet, survey.Sheet]
Numbers = Tallies[Key]
CountOne = Callable[[Period, Breakdown], Numbers]


def _counter(code: str) -> Counter:
    what = named(code)
    made = form_named(what)
    names = frozenset(dimension_codes(what.source, what.number, made.form))
    if what.source == Source.FEEDBACK:
        return Counter(code, names | {KIND}, _every(_feedback(made)))
    if what.source == Source.CHANGE:
        found = cache(lambda period: both_times(made, period))
        return Counter(
            code, names, _every(_both_times(found)), adds=False, measures=_changes(found), withhold=_withhold
        )  # fmt: skip
    return Counter(code, names, _every(_training(what, made)))


def _withhold(tables: Sequence[ProtectedTable]) -> Sequence[ProtectedTable]:
    """The solver is loaded where something is proven, not wherever counters are known."""
    from reporting.answers.audit import withhold

    return withhold(tables)


def _every(count: CountOne) -> Callable[[Period, tuple[Breakdown, ...]], Counted]:
    """All breakdowns with their margins: an answer is in one category of each, so that margins are sums."""

    def counted(period: Period, breakdowns: tuple[Breakdown, ...]) -> Counted:
        return {names: _with_margins(count(period, names)) for names in breakdowns}

    return counted


def _with_margins(numbers: Numbers) -> dict[Key, Tally]:
    found: Numbers = Tallies()
    for key, number in numbers.items():
        for place in product(*((code, ALL) for code in key)):
            found[place] += number
    return {key: Tally(number, number) for key, number in found.items()}


def _clock(period: Period) -> tuple[datetime, datetime]:
    """When a period begins and ends, by the clock of the program."""
    zone = timezone.get_default_timezone()
    return datetime.combine(period.first, time(), zone), datetime.combine(period.after, time(), zone)


# --- After a session ---


def labels(period: Period) -> list[str]:
    """What batches call the quarters of a period (`psp.feedback_rules`).

    Batches of a whole year, of what was too few in its quarter, count in its last quarter: so quarters add up.
    """
    found = []
    for one in (period, *period.parts()):
        if one.span == Span.QUARTER:
            found.append(f"{one.first.year}-Q{(one.first.month + 2) // 3}")
            if one.quarter == LAST_QUARTER:
                found.append(f"{one.fiscal_year}-{(one.fiscal_year + 1) % 100:02}")
    return found


def _feedback(form: Any) -> CountOne:
    def count(period: Period, names: Breakdown) -> Numbers:
        found: Numbers = Tallies()
        for batch in FeedbackBatch.objects.filter(questionnaire=form, period__in=labels(period)):
            found.update(_of_batch(batch, names))
        return found

    return count


def _of_batch(batch: FeedbackBatch, names: tuple[str, ...]) -> Numbers:
    asked = next((name for name in names if name != KIND), None)
    answers: Mapping[str, int] = {"": batch.answers}
    if asked is not None:
        answers = batch.counts.get(question_of(asked).code, {survey.OPEN: batch.answers})
    kind = batch.kind or SEVERAL
    return Tallies(
        {tuple(kind if name == KIND else said for name in names): number for said, number in answers.items()}
    )


# --- Training ---


def _training(what: Named, form: Any) -> CountOne:
    @cache
    def sheets(period: Period) -> list[survey.Sheet]:
        begin, end = _clock(period)
        boxes = EvaluationBox.objects.filter(form=form, closes_at__gte=begin, closes_at__lt=end, emptied=False)
        return [sheet for box in boxes for sheet in content_of(box).sheets]

    def count(period: Period, names: Breakdown) -> Numbers:
        if not names:
            return Tallies({(): len(sheets(period))})
        asked = question_of(names[0]).code
        return Tallies((sheet.get(asked, survey.OPEN),) for sheet in sheets(period))

    return count


# --- Before and after a group ---


def both_times(form: Any, period: Period) -> list[Pair]:
    """What each person said before and after the last group whose questions closed in this period."""
    begin, end = (at - timedelta(days=settings.PSP_QUESTIONNAIRE_DAYS) for at in _clock(period))
    sheets = AnswerSheet.objects.filter(
        agrees(ConsentPurpose.EVALUATION, "person_id"), agrees(ConsentPurpose.RESULTS, "person_id"),
        questionnaire=form, sent_at__isnull=False,
    )  # fmt: skip
    dated = sheets.annotate(last=Max("group__sessions__ends_at", filter=TAKES_PLACE))
    found: dict[Any, dict[str, survey.Sheet]] = {}
    for sheet in dated.filter(last__gte=begin, last__lt=end).order_by("last", "group"):
        found.setdefault((sheet.person_id, sheet.group_id), {})[sheet.moment] = answers_of(sheet)
    whole = {
        person: (said[Moment.BEFORE], said[Moment.AFTER])
        for (person, _group), said in found.items()
        if len(said) == len(Moment) and all(len(sheet) == len(form.form) for sheet in said.values())
    }  # fmt: skip
    return list(whole.values())


def _both_times(found: Callable[[Period], list[Pair]]) -> CountOne:
    def count(period: Period, names: Breakdown) -> Numbers:
        pairs = found(period)
        if not names:
            return Tallies({(): len(pairs)})
        asked, side = question_of(names[0]).code, named(names[0]).side == AFTER
        return Tallies((pair[side][asked],) for pair in pairs)

    return count


def _changes(found: Callable[[Period], list[Pair]]) -> Callable[[Period, tuple[str, ...]], Measures]:
    """Means, change and interval stand with the answers given afterwards."""

    def measures(period: Period, names: tuple[str, ...]) -> Measures:
        question = question_of(names[0])
        number = scores(question)
        if named(names[0]).side != AFTER or not number:
            return {}
        pairs = [(number[before[question.code]], number[after[question.code]]) for before, after in found(period)]
        made = change_of(pairs)
        if made is None:
            return {}
        return {(ALL,): {"before": made.before, "after": made.after, "change": made.change, "low": made.low,
                         "high": made.high}}  # fmt: skip

    return measures


def register() -> None:
    for source in Source:
        add_family(f"{source}-", _counter)
