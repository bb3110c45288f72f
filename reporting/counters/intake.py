"""Applications, what was decided, who was named instead, and how long people waited ([PIA] rules 1 to 9, 36).

Days are those of the program's own clock. Whoever does not agree to being counted is in none of the figures.
"""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)  # fmt: skip
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, ExtractDay, Floor, Greatest

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from intake.choices import DECISIONS, ApplicationState
from intake.models import Application
from reporting.counters.base import Breakdown, Counted, Counter, add_counter
from reporting.counters.grouping import BEHIND, WAITS, Source, Sums, of, tallies, within
from reporting.dimensions_topics import AFFILIATIONS, OTHER, UNKNOWN
from reporting.periods import Period

Asked = tuple[Breakdown, ...]
OF_PERSON = {"region": F("participant__program_region"), "language": F("participant__user__language")}
LINKS = [str(code) for code, _name in AFFILIATIONS]
# An application that names several services, or several others who can help, is several rows and counts once.
APPLICATIONS = Sums("count(DISTINCT thing)", BEHIND)


class Each(Func):
    """One row for each element of an array."""

    function = "unnest"
    set_returning = True
    output_field: Any = TextField()


def link() -> Any:
    """What an application says about the person's link; one that is not known (any more) is "not said"."""
    known = When(answers__affiliation__in=LINKS, then=KT("answers__affiliation"))
    return Case(known, default=Value(UNKNOWN), output_field=TextField())


def last_link(participant: str) -> Any:
    """The link that the person behind a row named when they last applied."""
    last = Application.objects.filter(participant=OuterRef(participant)).order_by("-submitted_at").annotate(link=link())
    return Coalesce(Subquery(last.values("link")[:1]), Value(UNKNOWN), output_field=TextField())


def weeks(begin: str, end: str) -> Any:
    """Whole weeks within which it was over, never rounded down (`reporting.waiting.estimate`)."""
    lasted = ExpressionWrapper(F(end) - F(begin), output_field=DurationField())
    return Floor(Greatest(ExtractDay(lasted), Value(0)) / 7.0) + 1


def _agreed() -> QuerySet[Any]:
    rows: QuerySet[Any] = Application.objects.filter(agrees(ConsentPurpose.RESULTS, "participant__user_id"))
    return rows


def applications(period: Period, asked: Asked) -> Counted:
    """Applications sent in the period, whatever became of them; each once under every service that it names."""
    fields = OF_PERSON | {"affiliation": link(), "service": Each(F("services"))}
    rows = within(_agreed(), period, "submitted_at")
    return tallies(of(rows, fields, asked, who=F("participant_id"), thing=F("pk")), asked, APPLICATIONS)


def decisions(period: Period, asked: Asked) -> Counted:
    """Applications whose decision was made in the period, by what was decided, and the weeks until then.

    One that was taken back after its decision counts as it was decided; one that was taken up again counts with its
    later decision alone. To decline is to say that a criterion is not met: all others were found eligible.
    """
    gone = Case(When(~Q(accepted_for=[]), then=Value("accepted")), default=Value("deferred"))
    outcome = Case(When(state__in=DECISIONS, then=F("state")), default=gone, output_field=TextField())
    fields = OF_PERSON | {"affiliation": link(), "outcome": outcome}
    rows, more = within(_agreed(), period, "decided_at"), {"who": F("participant_id"), "thing": F("pk")}
    whole = tuple(one for one in asked if "referred_to" not in one)
    waited = of(rows, fields, whole, **more, weeks=weeks("submitted_at", "decided_at"))
    referred = tuple(one for one in asked if "referred_to" in one)
    naming = of(
        rows.filter(state=ApplicationState.REFERRED), fields, referred, **more, named=Each(F("referred_to"))
    )  # fmt: skip
    return {**tallies(waited, whole, WAITS), **tallies(_listed(naming), referred, APPLICATIONS)}


def _listed(naming: Source) -> Source:
    """Whoever was named, as the list of other services knows them."""
    # The text inside comes from Django.
    sql = (
        f"SELECT naming.*, coalesce(listed.code, '{OTHER}') AS by_referred_to FROM ({naming.sql}) AS naming"  # noqa: S608  # nosec B608
        " LEFT JOIN intake_referral AS listed ON listed.code = naming.named"
    )
    return Source(sql, naming.params)


def register() -> None:
    own = frozenset(OF_PERSON) | {"affiliation"}
    add_counter(Counter("applications", own | {"service"}, applications, frozenset({"service"})))
    add_counter(
        Counter(
            "decisions", own | {"outcome", "referred_to"}, decisions, frozenset({"referred_to"}),
            only={"referred_to": "outcome=referred"}, split="outcome",
        )
    )  # fmt: skip
