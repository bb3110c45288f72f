"""May this person be written to or called now, and if not, when? (domain rules 20, 22 and 25.)

Safe hours are hours on the wall where the person lives; they hold over changes of the clocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
# A weekly span inside the hour that spring leaves out opens two weeks after the last time.
DAYS_AHEAD = 15


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    VOICEMAIL = "voicemail"
    POST = "post"


# In this order, unless the person likes another one best. A voicemail is only ever left after a call.
USUAL_ORDER = (Channel.EMAIL, Channel.SMS, Channel.PHONE, Channel.POST)
# What a program can send by itself; for the others a coordinator has to act.
WRITTEN = frozenset({Channel.EMAIL, Channel.SMS})


class Refusal(StrEnum):
    """Why nothing may be sent, gravest first."""

    DO_NOT_CONTACT = "do_not_contact"
    NO_CONSENT = "no_consent"
    CHANNEL_NOT_SAFE = "channel_not_safe"
    RECHECK_PASSED = "recheck_passed"
    OUTSIDE_HOURS = "outside_hours"


@dataclass(frozen=True, slots=True)
class SafeHours:
    """A span of one weekday (Monday is 0) in minutes since midnight; the end (up to 1440) is not in it.

    A span over midnight is two of these. ValueError for anything else.
    """

    weekday: int
    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("weekday must be 0 (Monday) to 6 (Sunday)")
        if not 0 <= self.start_minute < self.end_minute <= MINUTES_A_DAY:
            raise ValueError("hours must start before they end, within one day")


@dataclass(frozen=True, slots=True)
class SafeContactChoice:
    """What the person chose. No `hours` means any hour; `recheck_on` is the last day on which it holds."""

    safe_channels: frozenset[str]
    consented_channels: frozenset[str]
    hours: tuple[SafeHours, ...] = ()
    recheck_on: date | None = None
    do_not_contact: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`not_before` (UTC) is set only where waiting is enough: the first moment of the next safe hour."""

    allowed: bool
    reason: Refusal | None = None
    not_before: datetime | None = None


def may_send(
    choice: SafeContactChoice, *, channel: str, now: datetime, tz: str, asked_for_now: bool = False
) -> Decision:
    """Whether something may go out on `channel` at `now` (aware) to someone who lives in time zone `tz`.

    `asked_for_now` is for the answer to what the person did this minute, such as a sign-in code: it leaves
    out the hours and the re-check date, never the channel, the consent or the wish not to be contacted.
    """
    refusal = _standing_refusal(choice, channel)
    if refusal is None and not asked_for_now:
        return _timely(choice, now, tz)
    return Decision(refusal is None, refusal)


@dataclass(frozen=True, slots=True)
class Pick:
    """The channel for one message, and whether it may be used now. Without a channel, `decision` says why."""

    channel: str
    decision: Decision


def order_of(first_choice: str) -> tuple[str, ...]:
    """The channels in the person's order: the one they like best, then the usual ones."""
    return tuple(sorted(USUAL_ORDER, key=lambda channel: channel != first_choice))


def pick_channel(
    choice: SafeContactChoice, *, order: Sequence[str], now: datetime, tz: str, asked_for_now: bool = False
) -> Pick:
    """The first channel of `order` that is safe and agreed to, judged at `now` as by `may_send`.

    Hours and re-check date hold for every channel alike, so they never make a message change its channel.
    """
    for channel in order:
        if _standing_refusal(choice, channel) is None:
            return Pick(channel, may_send(choice, channel=channel, now=now, tz=tz, asked_for_now=asked_for_now))
    return Pick("", Decision(False, _why_none(choice, order)))


def _why_none(choice: SafeContactChoice, order: Sequence[str]) -> Refusal:
    if choice.do_not_contact:
        return Refusal.DO_NOT_CONTACT
    return Refusal.NO_CONSENT if choice.safe_channels & set(order) else Refusal.CHANNEL_NOT_SAFE


def _standing_refusal(choice: SafeContactChoice, channel: str) -> Refusal | None:
    if choice.do_not_contact:
        return Refusal.DO_NOT_CONTACT
    if channel not in choice.consented_channels:
        return Refusal.NO_CONSENT
    if channel not in choice.safe_channels:
        return Refusal.CHANNEL_NOT_SAFE
    return None


def _timely(choice: SafeContactChoice, now: datetime, tz: str) -> Decision:
    local = _local(now, tz)
    if not _still_holds(choice, local):
        return Decision(False, Refusal.RECHECK_PASSED)
    if _in_hours(choice, local):
        return Decision(True)
    return Decision(False, Refusal.OUTSIDE_HOURS, next_allowed(choice, now, tz))


def next_allowed(choice: SafeContactChoice, now: datetime, tz: str) -> datetime | None:
    """The first moment (UTC) from `now` on that is in the safe hours and not past the re-check date.

    None when there is none. Looks at the clock and the calendar only, not at channels or consent.
    """
    local = _local(now, tz)
    candidates = [now.astimezone(UTC), *_openings(choice, local.date(), ZoneInfo(tz))]
    fitting = (moment for moment in sorted(candidates) if moment >= now and _fits(choice, moment, tz))
    return next(fitting, None)


def _fits(choice: SafeContactChoice, moment: datetime, tz: str) -> bool:
    local = _local(moment, tz)
    return _still_holds(choice, local) and _in_hours(choice, local)


def _local(moment: datetime, tz: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(ZoneInfo(tz))


def _still_holds(choice: SafeContactChoice, local: datetime) -> bool:
    return choice.recheck_on is None or local.date() <= choice.recheck_on


def _in_hours(choice: SafeContactChoice, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return not choice.hours or any(
        span.weekday == local.weekday() and span.start_minute <= minute < span.end_minute for span in choice.hours
    )


def _openings(choice: SafeContactChoice, today: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Every moment of the coming days at which a span may open, a few too many at changes of the clocks."""
    for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        for span in choice.hours:
            if span.weekday == day.weekday():
                yield from _moments(day, span.start_minute, zone)


def _moments(day: date, minute: int, zone: ZoneInfo) -> Iterator[datetime]:
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    once, again = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    yield from (once, again)
    # In the spring gap the two readings lie around the change: a span may open at any minute between them.
    steps = int((once - again) / timedelta(minutes=1))
    yield from (again + timedelta(minutes=step) for step in range(1, steps))
