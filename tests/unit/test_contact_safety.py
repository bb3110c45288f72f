"""Safe contact: channels, hours on the wall, and the date to ask again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.rules import (
    USUAL_ORDER,
    Channel,
    Decision,
    Refusal,
    SafeContactChoice,
    SafeHours,
    may_send,
    next_allowed,
    order_of,
    pick_channel,
)

EMAIL = frozenset({Channel.EMAIL})
EVENINGS = (SafeHours(1, 18 * 60, 20 * 60), SafeHours(3, 9 * 60, 12 * 60))  # Tuesday 18-20, Thursday 9-12
CHOICE = SafeContactChoice(EMAIL, EMAIL, EVENINGS, recheck_on=date(2026, 12, 31))
TORONTO = "America/Toronto"


def at(year: int, month: int, day: int, hour: int, minute: int = 0, tz: str = TORONTO) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(tz))


TUESDAY_EVENING = at(2026, 12, 8, 19)


def ask(choice: SafeContactChoice, now: datetime = TUESDAY_EVENING, channel: str = "email") -> Decision:
    return may_send(choice, channel=channel, now=now, tz=TORONTO)


def test_may_send_in_safe_hours_on_a_safe_channel() -> None:
    assert ask(CHOICE) == Decision(True)


@pytest.mark.parametrize(
    ("changes", "channel", "reason"),
    [
        ({"do_not_contact": True}, "email", Refusal.DO_NOT_CONTACT),
        ({"consented_channels": frozenset()}, "email", Refusal.NO_CONSENT),
        ({"safe_channels": frozenset()}, "email", Refusal.CHANNEL_NOT_SAFE),
        ({}, "voicemail", Refusal.NO_CONSENT),
        ({"consented_channels": frozenset({"email", "sms"})}, "sms", Refusal.CHANNEL_NOT_SAFE),
        ({"recheck_on": date(2026, 12, 7)}, "email", Refusal.RECHECK_PASSED),
    ],
)
def test_may_send_refuses_with_no_time_to_wait_for(changes: dict[str, object], channel: str, reason: Refusal) -> None:
    assert ask(replace(CHOICE, **changes), channel=channel) == Decision(False, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (at(2026, 12, 8, 17, 59), False),
        (at(2026, 12, 8, 18), True),
        (at(2026, 12, 8, 19, 59), True),
        (at(2026, 12, 8, 20), False),
        (at(2026, 12, 9, 19), False),
        (at(2026, 12, 10, 9), True),
        (at(2026, 12, 9, 0, tz="UTC"), True),
    ],
)
def test_may_send_edges_of_the_safe_hours(now: datetime, allowed: bool) -> None:
    assert ask(CHOICE, now).allowed is allowed


def test_may_send_outside_hours_names_the_next_safe_moment() -> None:
    decision = ask(CHOICE, at(2026, 12, 8, 20))
    assert decision == Decision(False, Refusal.OUTSIDE_HOURS, at(2026, 12, 10, 9).astimezone(UTC))
    assert decision.not_before is not None
    assert decision.not_before.tzinfo is UTC


def test_may_send_no_next_moment_before_the_recheck_date() -> None:
    choice = replace(CHOICE, recheck_on=date(2026, 12, 9))
    assert ask(choice, at(2026, 12, 8, 20)) == Decision(False, Refusal.OUTSIDE_HOURS, None)


def test_may_send_on_the_recheck_date_itself_still_holds() -> None:
    choice = replace(CHOICE, recheck_on=date(2026, 12, 8))
    assert ask(choice).allowed
    assert ask(replace(choice, hours=()), at(2026, 12, 9, 0)).reason is Refusal.RECHECK_PASSED


def test_may_send_without_hours_is_any_hour() -> None:
    assert ask(replace(CHOICE, hours=()), at(2026, 12, 6, 3)).allowed


def test_may_send_asked_for_now_leaves_out_hours_and_date_and_nothing_else() -> None:
    night = at(2027, 5, 2, 3)
    assert may_send(CHOICE, channel="email", now=night, tz=TORONTO, asked_for_now=True) == Decision(True)
    silent = replace(CHOICE, do_not_contact=True)
    refused = may_send(silent, channel="email", now=night, tz=TORONTO, asked_for_now=True)
    assert refused.reason is Refusal.DO_NOT_CONTACT
    assert not may_send(CHOICE, channel="sms", now=night, tz=TORONTO, asked_for_now=True).allowed


def test_may_send_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ask(CHOICE, datetime(2026, 12, 8, 19))  # noqa: DTZ001


def test_hours_are_those_on_the_wall_before_and_after_the_clocks_change() -> None:
    """Sundays 18:00: 22:00 UTC in summer, 23:00 UTC from 1 November 2026 on in Toronto."""
    choice = replace(CHOICE, hours=(SafeHours(6, 18 * 60, 19 * 60),))
    assert next_allowed(choice, at(2026, 10, 24, 0), TORONTO) == datetime(2026, 10, 25, 22, tzinfo=UTC)
    assert next_allowed(choice, at(2026, 10, 31, 0), TORONTO) == datetime(2026, 11, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        # 14 March 2027, 02:00 to 03:00 is left out: a span in it waits a week, one across it opens at 03:00.
        (SafeHours(6, 125, 150), at(2027, 3, 13, 23), datetime(2027, 3, 21, 6, 5, tzinfo=UTC)),
        (SafeHours(6, 150, 240), at(2027, 3, 13, 23), datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),
        # 1 November 2026, 01:00 to 02:00 is shown twice: the second time is as safe as the first.
        (SafeHours(6, 90, 120), at(2026, 10, 31, 23), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (
            SafeHours(6, 90, 120),
            datetime(2026, 11, 1, 6, 1, tzinfo=UTC),
            datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        ),
    ],
)
def test_next_allowed_in_the_hour_of_the_change(hours: SafeHours, now: datetime, expected: datetime) -> None:
    assert next_allowed(SafeContactChoice(EMAIL, EMAIL, (hours,)), now, TORONTO) == expected


@pytest.mark.parametrize("bad", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, 90, 60), (0, -1, 60), (0, 0, 1441)])
def test_safe_hours_refuse_what_is_no_span_of_a_day(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        SafeHours(*bad)


@st.composite
def spans(draw: st.DrawFn) -> SafeHours:
    start = draw(st.integers(0, 1439))
    return SafeHours(draw(st.integers(0, 6)), start, draw(st.integers(start + 1, 1440)))


zones = st.sampled_from([TORONTO, "America/St_Johns", "America/Vancouver", "America/Regina", "Europe/Berlin"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda day: day.replace(tzinfo=UTC))  # noqa: DTZ001
near_changes = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from([datetime(2026, 11, 1, 0, tzinfo=UTC), datetime(2027, 3, 14, 0, tzinfo=UTC)]),
    st.integers(-600, 900),
)
choices = st.builds(
    SafeContactChoice,
    st.frozensets(st.sampled_from(sorted(Channel))),
    st.frozensets(st.sampled_from(sorted(Channel))),
    st.lists(spans(), max_size=4).map(tuple),
    st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.booleans(),
)


@given(choices, st.sampled_from(sorted(Channel)), moments | near_changes, zones)
def test_may_send_never_against_the_choice(choice: SafeContactChoice, channel: str, now: datetime, tz: str) -> None:
    decision = may_send(choice, channel=channel, now=now, tz=tz)
    local = now.astimezone(ZoneInfo(tz))
    if decision.allowed:
        assert decision.reason is None
        assert channel in choice.safe_channels & choice.consented_channels
        assert not choice.do_not_contact
        assert choice.recheck_on is None or local.date() <= choice.recheck_on
        minute = local.hour * 60 + local.minute
        assert not choice.hours or any(
            s.weekday == local.weekday() and s.start_minute <= minute < s.end_minute for s in choice.hours
        )
    else:
        assert decision.reason is not None


@given(choices, moments | near_changes, zones)
def test_may_send_at_the_moment_it_named_is_allowed(choice: SafeContactChoice, now: datetime, tz: str) -> None:
    willing = replace(choice, safe_channels=EMAIL, consented_channels=EMAIL, do_not_contact=False)
    decision = may_send(willing, channel="email", now=now, tz=tz)
    if decision.not_before is not None:
        assert decision.not_before > now
        assert may_send(willing, channel="email", now=decision.not_before, tz=tz).allowed


@given(spans(), near_changes, st.sampled_from([TORONTO, "America/St_Johns"]))
def test_next_allowed_is_the_very_first_minute(span: SafeHours, now: datetime, tz: str) -> None:
    """Against the plain way: trying every minute of the coming two weeks."""
    choice = SafeContactChoice(EMAIL, EMAIL, (span,))
    zone, found = ZoneInfo(tz), None
    for minute in range(15 * 24 * 60):
        local = (now + timedelta(minutes=minute)).astimezone(zone)
        clock = local.hour * 60 + local.minute
        if local.weekday() == span.weekday and span.start_minute <= clock < span.end_minute:
            found = now + timedelta(minutes=minute)
            break
    assert next_allowed(choice, now, tz) == found


@given(choices, st.sampled_from(USUAL_ORDER), moments | near_changes, zones)
def test_pick_channel_takes_the_first_that_is_safe_and_agreed_to(
    choice: SafeContactChoice, first: str, now: datetime, tz: str
) -> None:
    order = order_of(first)
    assert (order[0], set(order)) == (first, set(USUAL_ORDER))
    picked = pick_channel(choice, order=order, now=now, tz=tz)
    usable = [channel for channel in order if channel in choice.safe_channels & choice.consented_channels]
    if choice.do_not_contact or not usable:
        assert (picked.channel, picked.decision.allowed) == ("", False)
        return
    assert picked.channel == usable[0]
    assert picked.decision == may_send(choice, channel=usable[0], now=now, tz=tz)


def test_pick_channel_says_why_there_is_none() -> None:
    order, sms = order_of("sms"), frozenset({Channel.SMS})
    reasons = {
        SafeContactChoice(EMAIL, EMAIL, do_not_contact=True): Refusal.DO_NOT_CONTACT,
        SafeContactChoice(EMAIL, sms): Refusal.NO_CONSENT,
        SafeContactChoice(frozenset(), EMAIL): Refusal.CHANNEL_NOT_SAFE,
    }
    for choice, reason in reasons.items():
        assert pick_channel(choice, order=order, now=TUESDAY_EVENING, tz=TORONTO).decision.reason == reason
