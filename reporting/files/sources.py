"""Where books come from: the record of what is out, or an approved release. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError
from reporting import offered as on_offer
from reporting import reading, record
from reporting.choices import Method, Topic
from reporting.counters import beginning
from reporting.disclosure import DisclosureError, ProtectedTable, digest_of
from reporting.files.books import Book, Changed, Chapter, Words, breakdown, for_all
from reporting.freezing import looks
from reporting.models import Release, ReleaseTable, Series
from reporting.periods import Period, parse
from reporting.reading import Shelf
from reporting.releases.manifest import kept_names
from reporting.stories.printed import said_in

Names = tuple[str, ...]


def of_topic(topic: Topic, period: Period, by: Names | None = None) -> Book:
    """Every series of the topic that is counted for such periods; `by` asks for one breakdown only, the totals stay.

    Notes that these figures were taken along. DomainError("period_not_closed").
    """
    chapters, missing, kept = [], [], []
    for series in record.in_force():
        if series.topic != topic or period.span not in record.spans_of(series):
            continue
        try:
            rows = record.ensure(series, period)
        except DisclosureError:
            missing.append(_named(series))
            continue
        except DomainError as error:
            # A page shows the others too.
            if error.code not in ("not_counted_for", "not_entered"):
                raise
            continue
        rows = [row for row in rows if by is None or record.breakdown_of(row) in ((), by)]
        if by is None or any(record.breakdown_of(row) for row in rows):
            looks.note_export(series, period, rows)
            kept += rows
            chapters.append(_chapter(record.definition(series, period), [record.opened(row) for row in rows]))
    return Book(
        title=_both(topic.label), note=Words("", ""), period=period,
        method=Method(kept[0].method) if kept else Method.SUPPRESSION,
        threshold=min((row.threshold for row in kept), default=settings.PSP_SUPPRESSION_THRESHOLD),
        digest=digest_of("\n".join(row.digest for row in kept)),
        counted_at=max((row.counted_at for row in kept), default=None),
        chapters=tuple(chapters), missing=tuple(missing),
    )  # fmt: skip


def offered(topic: Topic) -> set[Names]:
    """The breakdowns that can be asked for: those that are defined for some series of the topic."""
    return {tuple(one) for series in record.in_force() if series.topic == topic for one in series.breakdowns}


def of_release(release: Release) -> Book:
    """A release with its tables as they were when it was made. The caller has seen to it that it may be shown."""
    found: dict[Series, list[ProtectedTable]] = {}
    for row in release.tables.select_related("frozen__series").prefetch_related("frozen__series__indicators"):
        found.setdefault(row.frozen.series, []).append(record.released(row))
    order = sorted(found, key=lambda one: one.standing)
    unproven = Series.objects.filter(code__in=release.unproven).order_by("number")
    return Book(
        title=Words(release.title_en, release.title_fr), note=Words(release.note_en, release.note_fr),
        period=parse(release.period), method=Method(release.method), threshold=release.threshold,
        digest=release.digest, counted_at=release.cutoff_at,
        chapters=tuple(_chapter(series, found[series]) for series in order),
        approved_on=timezone.localtime(release.decided_at).date() if release.decided_at else None,
        missing=tuple({series.code: _named(series) for series in unproven}.values()),
        stories=said_in(release),
        changes=tuple(_changes(release)), names=kept_names(release),
    )  # fmt: skip


def over_time(book: Book) -> Book:
    """The same book of a topic with what is out of the periods before, as on its page. Nothing is counted for it.

    Notes that these figures were taken along.
    """
    periods = on_offer.trend(book.period, beginning.first_day())
    series = [chapter.series for chapter in book.chapters]
    return _beside(book, periods, reading.read(series, [], beside=periods[:-1], whole=False, action=Action.EXPORT))


def over_reports(book: Book, release: Release) -> Book:
    """The same book of a release with the totals of reports over earlier periods that were published before it: what
    was looked at but never approved is in no report. Lines begin with the first of them.

    Notes that these reports were taken along.
    """
    periods = on_offer.trend(book.period, beginning.first_day())
    codes = [one.code for one in periods[:-1]]
    earlier = Release.objects.published().filter(period__in=codes, decided_at__lt=release.decided_at)
    totals = reading.names_of_totals([chapter.series for chapter in book.chapters])
    rows = ReleaseTable.objects.filter(release__in=earlier, frozen__breakdown__in=totals)
    found: dict[tuple[str, str], dict[Names, ProtectedTable]] = {}
    versions: dict[tuple[str, str], int] = {}
    for row in rows.select_related("release", "frozen"):
        key = (row.frozen.code, row.release.period)
        found.setdefault(key, {})[record.breakdown_of(row.frozen)] = record.released(row)
        versions[key] = row.frozen.series_id
    for one in earlier:
        audit.record(Action.EXPORT, one, purpose=Purpose.REPORTING, fields=(one.period,))
    reported = {one.period for one in earlier} | {book.period.code}
    begin = next(at for at, one in enumerate(periods) if one.code in reported)
    return _beside(book, periods[begin:], Shelf(found, versions=versions))


def _beside(book: Book, periods: list[Period], earlier: Shelf) -> Book:
    own = {(one.series.code, book.period.code): one for one in book.chapters}
    tables = {key: for_all(chapter) for key, chapter in own.items()}
    versions = {key: chapter.series.pk for key, chapter in own.items()}
    shelf = Shelf({**earlier.tables, **tables}, versions={**earlier.versions, **versions})
    return replace(book, shelf=shelf, periods=tuple(periods))


def _changes(release: Release) -> Iterator[Changed]:
    """As the release keeps them; nothing is reckoned again."""
    codes = [one["code"] for one in release.corrections]
    named = {series.code: series for series in Series.objects.filter(code__in=codes).order_by("number")}
    for one in release.corrections:
        series = named.get(one["code"])
        name, unit = (_named(series), Words(series.unit("en"), series.unit("fr"))) if series else (
            Words(one["code"], one["code"]), Words("", ""))  # fmt: skip
        yield Changed(one["code"], name, unit, parse(one["period"]), one["change"])


def _named(series: Series) -> Words:
    return Words(series.name("en"), series.name("fr"))


def _chapter(series: Series, tables: Iterable[ProtectedTable]) -> Chapter:
    """The tables in the order in which the series names its breakdowns."""
    order = [(), *(tuple(one) for one in series.breakdowns)]
    place = {names: number for number, names in enumerate(order)}
    kept = sorted(tables, key=lambda table: (place.get(breakdown(table), len(order)), table.dimensions))
    return Chapter(series, tuple(series.indicators.all()), tuple(kept))


def _both(label: Any) -> Words:
    with override("en"):
        english = str(label)
    with override("fr"):
        return Words(english, str(label))
