"""Two people with one page open: what each of them ticks or unticks holds, whoever is first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intake.rules_meeting import taken_in

ticks = st.sets(st.sampled_from("abcde"))


@given(seen=ticks, sent=ticks)
def test_alone_the_page_is_kept_as_it_was_sent(seen, sent):
    assert taken_in(kept=seen, seen=seen, sent=sent) == sent


@given(start=ticks, one=ticks, two=ticks)
def test_every_change_of_both_holds_in_either_order(start, one, two):
    """They cannot disagree: both saw the same, so whoever changed a tick changed it the same way."""
    first = taken_in(kept=taken_in(kept=start, seen=start, sent=one), seen=start, sent=two)
    second = taken_in(kept=taken_in(kept=start, seen=start, sent=two), seen=start, sent=one)
    assert first == second
    assert (one - start) | (two - start) <= first
    assert not first & ((start - one) | (start - two))


@given(kept=ticks, sent=ticks)
def test_page_that_showed_nothing_takes_nothing_away(kept, sent):
    assert taken_in(kept=kept, seen=set(), sent=sent) == kept | sent
