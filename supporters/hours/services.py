"""Hours from a person's own draft to their supervisor's approval. Nobody decides about their own.

Every verb locks the account first. What the database refuses (`supporters.hours.models`) comes back as a sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User
from psp.sight import sight_of
from supporters.hours.choices import AWAY_KINDS, OPEN_HOURS, HoursKind, HoursState, ReturnCode
from supporters.hours.notices import tell_returned
from supporters.hours.pay_names import is_owed
from supporters.hours.permissions import can_decide_for, can_note_hours
from supporters.hours.proposing import proposals
from supporters.hours.refusals import REFUSALS
from supporters.hours.rules import DAY_MINUTES, Period, day_minutes, minutes_between, shown, span
from supporters.models import HoursLine, HoursReturn, Leave

# Who forgot something may still note it for so long.
LOOK_BACK = timedelta(days=366)
LONGEST_NOTE = 200


def lock(user: User) -> User:
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    return account


def today_of(user: User) -> date:
    """The day on the person's own calendar."""
    return timezone.now().astimezone(ZoneInfo(user.time_zone)).date()


def role_of(user: User) -> Role:
    """As what somebody works whose hours are kept here; whoever has ended the role, as a supporter."""
    sight = sight_of(user)
    return Role.CLINICIAN if sight.has(Role.CLINICIAN) and not sight.has(Role.SUPPORTER) else Role.SUPPORTER


# --- The person's own ---


@transaction.atomic
def take_proposals(*, user: User, by: User, period: Period, keys: Collection[str] | None = None) -> list[HoursLine]:
    """Make these proposals of the period into drafts, all of them for None. What was taken already is left out.

    DomainError: `overlap`, `day_full`. Then none of them is taken.
    """
    require(can_note_hours(by, user), "keep_hours")
    account = lock(user)
    wanted = [one for one in proposals(account, period, now=timezone.now()) if keys is None or one.key in keys]
    made = [
        HoursLine(user=account, role=role_of(by), day=one.day, kind=one.kind, minutes=one.minutes, about=one.about,
                  starts_at=one.starts_at, ends_at=one.ends_at)
        for one in wanted
    ]  # fmt: skip
    for line in made:
        _check(line, account)
        _write(line, force_insert=True)
    audit.record_each(Action.CREATE, HoursLine, _of(made), purpose=Purpose.OWN)
    return made


@transaction.atomic
def add_line(
    *, user: User, by: User, key: UUID, day: date, kind: str, minutes: int | None = None,
    begin: time | None = None, end: time | None = None,
) -> HoursLine:  # fmt: skip
    """Note a stretch of work, by its length or by its two times. `key`: so that the same form twice is one line.

    DomainError: `kind`, `day`, `length`, `no_such_time`, `overlap`, `day_full`. Forbidden: the key of somebody else.
    """
    require(can_note_hours(by, user), "keep_hours")
    account = lock(user)
    same: HoursLine | None = HoursLine.objects.filter(pk=key).first()
    if same is not None:
        require(same.user_id == account.pk, "keep_hours")
        return same
    line = HoursLine(pk=key, user=account, role=role_of(by))
    _fill(line, account, day=day, kind=kind, minutes=minutes, begin=begin, end=end)
    _write(line, force_insert=True)
    audit.record(Action.CREATE, line, person=account.pk, purpose=Purpose.OWN)
    return line


@transaction.atomic
def change_line(
    *, line: HoursLine, by: User, day: date, kind: str, minutes: int | None = None,
    begin: time | None = None, end: time | None = None,
) -> HoursLine:  # fmt: skip
    """Change what is not sent yet, or came back. DomainError as `add_line`; Conflict `sent`."""
    require(can_note_hours(by, line.user), "keep_hours")
    account = lock(line.user)
    fresh = _open_line(line)
    _fill(fresh, account, day=day, kind=kind, minutes=minutes, begin=begin, end=end)
    _write(fresh)
    audit.record(Action.CHANGE, fresh, person=account.pk, purpose=Purpose.OWN)
    return fresh


@transaction.atomic
def remove_line(*, line: HoursLine, by: User) -> None:
    """Take out what is not sent yet, or came back. Conflict `sent`; DomainError `needed`; twice is once."""
    require(can_note_hours(by, line.user), "keep_hours")
    lock(line.user)
    if not HoursLine.objects.filter(pk=line.pk).exists():
        return
    fresh = _open_line(line)
    audit.record(Action.DELETE, fresh, person=fresh.user_id, purpose=Purpose.OWN)
    with _judged():
        fresh.delete()


@transaction.atomic
def correct_line(*, line: HoursLine, by: User, key: UUID, minutes: int) -> HoursLine:
    """`minutes`: how long it really was, of a line that was handed to pay. The difference is a new line, which goes
    the same way as any other and is paid with the next period.

    DomainError: `length`, `no_change`, `day_full`; Conflict `not_paid`.
    """
    require(can_note_hours(by, line.user), "keep_hours")
    account = lock(line.user)
    same: HoursLine | None = HoursLine.objects.filter(pk=key, user=account).first()
    if same is not None:
        return same
    old = HoursLine.objects.get(pk=line.pk)
    if old.state != HoursState.EXPORTED or old.corrects_id is not None:
        raise Conflict(_("This line was not handed to pay yet. Change it where it is."), code="not_paid")
    _check_length(minutes, least=0)
    counted = old.minutes + (old.corrections.aggregate(sum=Sum("minutes"))["sum"] or 0)
    if minutes == counted:
        raise DomainError(
            _("That is what was counted. There is nothing to correct."), code="no_change", field="minutes"
        )
    made = HoursLine(
        pk=key, user=account, role=old.role, day=old.day, kind=old.kind, minutes=minutes - counted, corrects=old
    )
    _check(made, account)
    _write(made, force_insert=True)
    audit.record(Action.CREATE, made, person=account.pk, purpose=Purpose.OWN)
    return made


@transaction.atomic
def submit_hours(*, user: User, by: User, period: Period) -> int:
    """Send what is drafted on these days to whoever approves. How many lines; none is fine, so twice is once."""
    require(can_note_hours(by, user), "keep_hours")
    account = lock(user)
    rows = HoursLine.objects.filter(user=account).between(period.first, period.last).open()
    return _move(rows, HoursState.SUBMITTED, purpose=Purpose.OWN, submitted_at=timezone.now(), returned=None)


@transaction.atomic
def take_back_hours(*, user: User, by: User, period: Period) -> int:
    """Have what was sent, and nobody decided about yet, as a draft again."""
    require(can_note_hours(by, user), "keep_hours")
    account = lock(user)
    rows = HoursLine.objects.filter(user=account).between(period.first, period.last).submitted()
    return _move(rows, HoursState.DRAFT, purpose=Purpose.OWN, submitted_at=None)


# --- Whoever approves ---


def seen_of(lines: Iterable[HoursLine]) -> str:
    """What somebody saw when they decided, in one word: other lines, or other lengths, are another word."""
    said = sorted(f"{line.pk}:{line.day}:{line.kind}:{line.minutes}" for line in lines)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


@transaction.atomic
def approve_hours(*, user: User, by: User, period: Period, seen: str) -> int:
    """Approve all that waits on these days, as it was seen. Conflict `changed`; nothing left to approve is fine."""
    rows = _waiting(user, by, period, seen)
    return _move(rows, HoursState.APPROVED, purpose=Purpose.CARE, decided_by=by, decided_at=timezone.now())


@transaction.atomic
def return_hours(*, user: User, by: User, period: Period, seen: str, code: str, note: str = "") -> int:
    """Send all that waits on these days back, saying what to look at. DomainError: `code`, `note`."""
    rows = _waiting(user, by, period, seen)
    if code not in ReturnCode.values:
        raise DomainError(_("Say what to look at."), code="code", field="code")
    if len(note) > LONGEST_NOTE:
        raise DomainError(_("Keep the note to 200 characters."), code="note", field="note")
    if not rows.exists():
        return 0
    back = HoursReturn.objects.create(user=user, by=by, code=code, note=note.strip())
    tell_returned(back)
    return _move(rows, HoursState.RETURNED, purpose=Purpose.CARE, returned=back)


@transaction.atomic
def undo_approval(*, user: User, by: User, period: Period) -> int:
    """What one approved oneself, as long as it was not handed to pay, and can be sent again."""
    require(can_decide_for(by, user), "decide_hours")
    account = lock(user)
    if is_owed(account):
        return 0
    mine = HoursLine.objects.filter(user=account, state=HoursState.APPROVED, decided_by=by)
    rows = mine.between(period.first, period.last)
    return _move(rows, HoursState.SUBMITTED, purpose=Purpose.CARE, decided_by=None, decided_at=None)


def _waiting(user: User, by: User, period: Period, seen: str) -> Any:
    """Lines that wait, locked; the same ones that the page showed."""
    require(can_decide_for(by, user), "decide_hours")
    account = lock(user)
    rows = HoursLine.objects.filter(user=account).between(period.first, period.last).submitted()
    found = list(rows.select_for_update(of=("self",)))
    if found and seen_of(found) != seen:
        raise Conflict(_("These hours were changed since you opened the page. Look at them again."), code="changed")
    return rows


# --- Common ---


def _move(rows: Any, state: HoursState, *, purpose: Purpose, **changes: Any) -> int:
    """From one state to another, all at once; the database knows which way is open."""
    lines = list(rows)
    keys = [line.pk for line in lines]
    HoursLine.objects.filter(pk__in=keys).update(state=state, changed_at=timezone.now(), **changes)
    audit.record_each(Action.CHANGE, HoursLine, _of(lines), purpose=purpose)
    return len(lines)


def _of(lines: Iterable[HoursLine]) -> list[tuple[UUID, UUID]]:
    return [(line.pk, line.user_id) for line in lines]


def _open_line(line: HoursLine) -> HoursLine:
    fresh: HoursLine = HoursLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if fresh.state not in OPEN_HOURS:
        raise Conflict(_("These hours were sent meanwhile. Take them back first, then change them."), code="sent")
    return fresh


def _fill(
    line: HoursLine, user: User, *, day: date, kind: str, minutes: int | None, begin: time | None, end: time | None
) -> None:
    """What a form says, into the line. What leave brought keeps its kind."""
    if line.corrects_id is not None:
        raise DomainError(_("Remove this correction and make another one."), code="correction")
    away = line.kind in AWAY_KINDS if line.kind else False
    if kind not in HoursKind.values or (away and kind != line.kind) or (not away and kind in AWAY_KINDS):
        raise DomainError(_("Choose a kind from the list."), code="kind", field="kind")
    _check_day(line, user, day, away=away)
    line.day, line.kind = day, kind
    line.starts_at = line.ends_at = None
    if begin is not None and end is not None:
        _fill_times(line, user, begin, end)
    else:
        _check_length(minutes)
        line.minutes = minutes or 0
    _check(line, user)


def _check_day(line: HoursLine, user: User, day: date, *, away: bool) -> None:
    """A day of leave stays one of the leave that was confirmed: moved elsewhere, it could be taken once more."""
    if away:
        confirmed = Leave.objects.filter(first_day__lte=day, last_day__gte=day)
        if line.about is None or not confirmed.filter(pk=line.about).exists():
            raise DomainError(_("Choose one of the days of this leave."), code="day", field="day")
        return
    today = today_of(user)
    if not today - LOOK_BACK <= day <= today:
        raise DomainError(_("Choose a day of the past year, today at the latest."), code="day", field="day")


def _fill_times(line: HoursLine, user: User, begin: time, end: time) -> None:
    zone = ZoneInfo(user.time_zone)
    begin, end = (clock.replace(second=0, microsecond=0) for clock in (begin, end))
    if begin == end:
        raise DomainError(_("These two times are the same. Write when it began and when it ended."), code="length",
                          field="end")  # fmt: skip
    following = line.day if end > begin else line.day + timedelta(days=1)
    for field, day, clock in (("begin", line.day, begin), ("end", following, end)):
        if not shown(day, clock, zone):
            text = _("That night the clocks went one hour forward, and this time did not exist. Choose another one.")
            raise DomainError(text, code="no_such_time", field=field)
    line.starts_at, line.ends_at = span(line.day, begin, end, zone)
    line.minutes = minutes_between(line.starts_at, line.ends_at)


def _check_length(minutes: int | None, *, least: int = 1) -> None:
    if minutes is None or not least <= minutes <= DAY_MINUTES:
        raise DomainError(_("Say how long it was, at most 24 hours."), code="length", field="minutes")


def _check(line: HoursLine, user: User) -> None:
    """What can be said more clearly here than by the database, which judges again."""
    others = HoursLine.objects.filter(user=user).exclude(pk=line.pk)
    if line.starts_at is not None:
        twice = others.filter(starts_at__lt=line.ends_at, ends_at__gt=line.starts_at).first()
        if twice is not None:
            raise DomainError(_overlap(twice), code="overlap", field="begin")
    length = min(DAY_MINUTES, day_minutes(line.day, ZoneInfo(user.time_zone)))
    whole = line.minutes + (others.filter(day=line.day).aggregate(sum=Sum("minutes"))["sum"] or 0)
    if line.minutes > 0 and whole > length:
        raise DomainError(
            _("With this, the day would have more than %(hours)d hours. Look at what is noted for it already.")
            % {"hours": length // 60}, code="day_full", field="minutes",
        )  # fmt: skip


def _overlap(twice: HoursLine) -> str:
    from supporters.hours.words import times_of

    said = {"kind": HoursKind(twice.kind).label, "times": times_of(twice)}
    return _("You noted something for this time already: %(kind)s, %(times)s. Change one of the two.") % said


def _write(line: HoursLine, **how: Any) -> None:
    with _judged():
        line.save(**how)


@contextmanager
def _judged() -> Iterator[None]:
    """What the database says no to, as a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = constraint_name(error)
        if name in REFUSALS:
            code, field, text = REFUSALS[name]
            raise DomainError(text, code=code, field=field) from error
        raise
