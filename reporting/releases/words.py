"""Reports in words, in the language that is active. Figures come in as protected tables only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from psp.bilingual import capital, reader_language
from psp.calendar_text import long_date
from reporting.choices import Method, ReleaseState, ReturnReason
from reporting.counting import free, held
from reporting.dimensions import dimension, name_of
from reporting.freezing.corrections import Correction
from reporting.models import Release, Series
from reporting.period_words import period_name
from reporting.periods import parse
from reporting.present import shown

__all__ = ["capital", "period_name"]
TAGS = {ReleaseState.PREPARED: "active", ReleaseState.RETURNED: "warning", ReleaseState.APPROVED: "success"}


def day_of(moment: datetime) -> str:
    return long_date(timezone.localdate(moment), reader_language(), article=False)


def title(release: Release) -> str:
    return release.title_fr if reader_language() == "fr" else release.title_en


def note(release: Release) -> str:
    return release.note_fr if reader_language() == "fr" else release.note_en


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list."""

    pk: int
    title: str
    period: str
    state: str
    tag: str
    prepared: datetime
    prepared_on: str
    mine: bool


def line_of(release: Release, me: Any) -> Line:
    state = ReleaseState(release.state)
    return Line(
        release.pk, title(release), capital(period_name(parse(release.period))), str(state.label), TAGS[state],
        release.prepared_at, day_of(release.prepared_at), release.prepared_by_id == me.pk,
    )  # fmt: skip


def facts(release: Release) -> list[dict[str, str]]:
    """By what rules and when it was made."""
    rows = [
        (_("Period"), capital(period_name(parse(release.period)))),
        (_("Small numbers"), _small(release)),
        (_("Counted up to"), day_of(release.cutoff_at)),
        (_("Prepared on"), day_of(release.prepared_at)),
    ]
    if release.state == ReleaseState.APPROVED and release.decided_at:
        rows.append((_("Published on, by a second person"), day_of(release.decided_at)))
    rows.append((_("Fingerprint of this report"), release.digest[:16]))
    return [{"label": label, "value": value} for label, value in rows]


def _small(release: Release) -> str:
    below = {"threshold": release.threshold}
    if release.method == Method.ROUNDING:
        return _("Hidden below %(threshold)d; all others rounded to a multiple of 5") % below
    return _("Hidden below %(threshold)d, with every number from which one could be worked out") % below


def returned_for(release: Release) -> str:
    reason = ReturnReason(release.returned)
    if reason == ReturnReason.OTHER:
        return release.returned_note
    return f"{reason.label}. {release.returned_note}".strip() if release.returned_note else f"{reason.label}."


def breakdown_name(names: tuple[str, ...]) -> str:
    """As in "by region and language", "by region, only: referred"."""
    called = [name[:1].lower() + name[1:] for name in (str(_dimension_name(one)) for one in free(names))]
    text = _("by %(names)s") % {"names": _(" and ").join(called)} if called else _("all together")
    only = [_category(*one) for one in held(names).items()]
    return _("%(text)s, only: %(only)s") % {"text": text, "only": ", ".join(only)} if only else text


def _dimension_name(code: str) -> Any:
    try:
        return dimension(code).name
    except KeyError:
        return code


def _category(code: str, category: str) -> str:
    try:
        return name_of(code, category)
    except KeyError:
        return category


def correction_lines(found: Iterable[Correction], names: dict[str, str]) -> list[str]:
    return [_correction(one, names.get(one["code"], one["code"])) for one in found]


def _correction(one: Correction, name: str) -> str:
    words = {"name": name, "period": period_name(parse(one["period"])), "number": shown(abs(one["change"]))}
    if one["change"] > 0:
        return _("%(name)s, %(period)s: %(number)s more than were published") % words
    return _("%(name)s, %(period)s: %(number)s fewer than were published") % words


def series_names(rows: Iterable[Series]) -> dict[str, str]:
    return {one.code: one.name(reader_language()) for one in rows}
