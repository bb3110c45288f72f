"""Reports that leave: prepared by one person, looked at and approved by another, then frozen.

    prepared → approved
       ↑↓
    returned

Everything in a report was counted, protected and frozen before it (`reporting.record`): preparing one, sending it back
and preparing it again never shows two different counts of the same period. The database is the last judge: nobody
approves what they prepared, and what was approved never changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User
from reporting import record
from reporting.choices import RELEASE_TRANSITIONS, Method, ReleaseState, ReturnReason
from reporting.disclosure import DisclosureError, digest_of
from reporting.freezing.corrections import corrections
from reporting.freezing.families import overlap
from reporting.models import FrozenTable, Release, ReleasedStory, ReleaseTable, Story
from reporting.periods import Period, parse
from reporting.releases.manifest import contents_of, text_of
from reporting.releases.permissions import can_decide_releases, can_prepare_release

CHANGED = gettext_lazy("The report was prepared again since you opened the page. Look at it once more.")


@dataclass(frozen=True, slots=True)
class Words:
    """What people say about the figures, in both languages."""

    title_en: str
    title_fr: str
    note_en: str = ""
    note_fr: str = ""


# Preparing ---------------------------------------------------------------------------------------------------


def prepare(*, by: User, period: Period, method: Method, words: Words) -> Release:
    """Collect what is in force for this length of period, and wait for a second person.

    DomainError (all at the field `period`): `period_not_closed`, `period_overlaps`, `nothing_to_report`;
    Conflict: `already_reported`.
    """
    require(can_prepare_release(by), "prepare_release")
    check_period(period)
    rows, unproven = collect(period)
    if not rows:
        raise DomainError(
            _("No figure is counted for periods of this length. Choose a longer one."), code="nothing_to_report",
            field="period",
        )  # fmt: skip
    try:
        with transaction.atomic():
            release = _prepared(by, period, method, words, rows, unproven)
    except IntegrityError as error:
        if constraint_name(error) == "release_once_a_period":
            raise _already(None) from error
        raise
    audit.record(Action.CREATE, release, purpose=Purpose.REPORTING, fields=(period.code,))
    return release


def _prepared(
    by: User, period: Period, method: Method, words: Words, rows: list[FrozenTable], unproven: list[str]
) -> Release:
    """One at a time: of two that are prepared at the same moment, neither would know what the other one tells of the
    same days, and the difference of two corrections would be the rest's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reporting.release'))")
    check_period(period)
    release = Release(
        period=period.code, method=method, threshold=min(row.threshold for row in rows), unproven=unproven,
        cutoff_at=max(row.counted_at for row in rows), corrections=corrections(period), prepared_by=by,
        **vars_of(words),
    )  # fmt: skip
    release.save(force_insert=True)
    _fill(release, rows)
    return release


def vars_of(words: Words) -> dict[str, str]:
    return {name: getattr(words, name) for name in ("title_en", "title_fr", "note_en", "note_fr")}


def check_period(period: Period) -> None:
    """Whether a report on it can be prepared now. Errors as `prepare`."""
    if not record.is_closed(period):
        raise DomainError(
            _("This period is not closed yet. Its figures are counted once it is over and everything is entered."),
            code="period_not_closed", field="period",
        )  # fmt: skip
    for other in Release.objects.exclude(state=ReleaseState.APPROVED) | Release.objects.filter(period=period.code):
        if other.period == period.code:
            raise _already(other)
        if overlap(parse(other.period), period):
            raise DomainError(
                _("A report on a period that shares days with this one waits for a decision. Decide on it first."),
                code="period_overlaps", field="period",
            )  # fmt: skip


def prepared_by(user: User, period: str) -> Release | None:
    """The report on this period that waits for a second person, where this account prepared it."""
    found: Release | None = Release.objects.filter(
        period=period, state=ReleaseState.PREPARED, prepared_by=user
    ).first()  # fmt: skip
    return found


def _already(other: Release | None) -> Conflict:
    published = other is not None and other.state == ReleaseState.APPROVED
    return Conflict(
        _("The report on this period is published. Its figures stay as they are.") if published
        else _("There is a report on this period already. Go on with that one."),
        code="already_reported", field="period",
    )  # fmt: skip


def collect(period: Period) -> tuple[list[FrozenTable], list[str]]:
    """The frozen tables of every series of this length of period; and the codes of those that were not proven safe."""
    rows: list[FrozenTable] = []
    unproven: list[str] = []
    for series in sorted(record.in_force(), key=lambda one: one.code):
        try:
            rows += record.ensure(series, period)
        except DisclosureError:
            unproven.append(series.code)
        except DomainError as error:
            if error.code not in ("not_counted_for", "not_entered"):
                raise
    return rows, unproven


def _fill(release: Release, rows: list[FrozenTable]) -> None:
    """Its tables as they are shown, and the text over everything."""
    release.tables.all().delete()
    made = []
    for row in rows:
        body, digest = record.copy_for_release(row, Method(release.method))
        made.append(ReleaseTable(release=release, frozen=row, body=body, digest=digest))
    ReleaseTable.objects.bulk_create(made)
    release.manifest = text_of(contents_of(release, made))
    release.digest = digest_of(release.manifest)
    release.save(update_fields=["manifest", "digest"])


# Deciding ----------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, release: Release, by: User, seen: str) -> Release:
    """Publish what this second person saw (`seen`: its digest). Twice is once.

    DomainError: `own_release`; Conflict: `changed`, `not_waiting`, `words_not_agreed` (a consent has ended since).
    """
    fresh = _to_decide(release, by, ReleaseState.APPROVED, seen)
    if fresh.state == ReleaseState.APPROVED:
        return fresh
    if _not_agreed(fresh).exists():
        raise Conflict(
            _("Somebody’s words in this report may not be printed any more. Send it back: prepared again, it is "
              "without them."),
            code="words_not_agreed",
        )  # fmt: skip
    _decide(fresh, by, ReleaseState.APPROVED)
    fresh.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(Action.CHANGE, fresh, purpose=Purpose.REPORTING, fields=("approved",))
    return fresh


@transaction.atomic
def send_back(*, release: Release, by: User, seen: str, reason: ReturnReason, note: str = "") -> Release:
    """Not like this: whoever prepared it, or another analyst, prepares it again. Twice is once. Errors as `approve`."""
    fresh = _to_decide(release, by, ReleaseState.RETURNED, seen)
    if fresh.state == ReleaseState.RETURNED:
        return fresh
    _decide(fresh, by, ReleaseState.RETURNED)
    fresh.returned, fresh.returned_note = reason, note.strip()
    fresh.save(update_fields=["state", "decided_by", "decided_at", "returned", "returned_note"])
    audit.record(Action.CHANGE, fresh, purpose=Purpose.REPORTING, fields=("returned",))
    return fresh


def _locked(release: Release) -> Release:
    found: Release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    return found


def _to_decide(release: Release, by: User, target: ReleaseState, seen: str) -> Release:
    """The locked row, if this person may decide on it now, or has just done the same."""
    require(can_decide_releases(by), "decide_release")
    fresh = _locked(release)
    if fresh.state == target and fresh.decided_by_id == by.pk and fresh.digest == seen:
        return fresh
    if fresh.prepared_by_id == by.pk:
        raise DomainError(
            _("You prepared this report yourself. Somebody else decides on it."), code="own_release"
        )  # fmt: skip
    if target not in RELEASE_TRANSITIONS[ReleaseState(fresh.state)]:
        raise Conflict(_("Somebody else has decided on this report meanwhile."), code="not_waiting")
    if fresh.digest != seen:
        raise Conflict(CHANGED, code="changed")
    return fresh


def _not_agreed(release: Release) -> QuerySet[ReleasedStory]:
    """Words in it for which no consent holds today: it may end by itself, as when its text was replaced long ago."""
    rows: QuerySet[ReleasedStory] = release.stories.exclude(story__in=Story.objects.printable())
    return rows


def _decide(release: Release, by: User, state: ReleaseState) -> None:
    release.state, release.decided_by, release.decided_at = state, by, timezone.now()


def prepare_again(*, release: Release, by: User, seen: str, method: Method, words: Words) -> Release:
    """After it came back: with other words, by the other method, or with tables that can be proven now.

    Its corrections stay: they were looked at. Twice is once. Conflict: `not_returned`, `changed`.
    """
    require(can_prepare_release(by), "prepare_release")
    rows, unproven = collect(parse(release.period))
    with transaction.atomic():
        fresh = _locked(release)
        said = {"method": method, **vars_of(words)}
        same = all(getattr(fresh, name) == value for name, value in said.items())
        if same and fresh.state == ReleaseState.PREPARED and fresh.prepared_by_id == by.pk:
            return fresh
        if fresh.state != ReleaseState.RETURNED:
            raise Conflict(_("This report waits for a decision, or has one. Nothing was changed."), code="not_returned")
        if fresh.digest != seen:
            raise Conflict(
                _("Somebody else prepared this report again meanwhile. Look at it once more."), code="changed"
            )
        fresh.state, fresh.unproven = ReleaseState.PREPARED, unproven
        fresh.prepared_by, fresh.prepared_at = by, timezone.now()
        fresh.decided_by = fresh.decided_at = None
        fresh.returned = fresh.returned_note = ""
        fresh.cutoff_at, fresh.threshold = max(row.counted_at for row in rows), min(row.threshold for row in rows)
        for name, value in said.items():
            setattr(fresh, name, value)
        fresh.save()
        _not_agreed(fresh).delete()
        _fill(fresh, rows)
        audit.record(Action.CHANGE, fresh, purpose=Purpose.REPORTING, fields=("prepared",))
    return fresh
