"""The first line of a person's own pages, in every state: what happens next, and do I have to do anything?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from contact.my_steps import paused
from intake.choices import ApplicationState
from intake.next_steps import STEPS, Where, step_of
from psp.steps import Rank, Step, chosen
from sessions.my_steps import of_places

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", ["", *ApplicationState.values])
def test_every_state_says_what_happens_and_whether_there_is_something_to_do(state, language):
    with override(language):
        step = step_of(Where(state=state))
    assert len(step.title) > 10
    assert len(step.text) > 10
    assert not step.needs_you


def test_every_language_has_its_own_sentences():
    for state in STEPS:
        with override("en"):
            english = step_of(Where(state=state))
        with override("fr"):
            french = step_of(Where(state=state))
        assert english.title != french.title, state
        assert english.text != french.text, state


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("", "You can apply when it suits you"), ("submitted", "will offer you a time"),
        ("meeting_set", "is being set"), ("accepted", "when a place is ready"),
        ("deferred", "on a day that is set"), ("referred", "who can help"), ("declined", "its reasons below"),
        ("withdrawn", "apply again whenever you like"),
    ],
)  # fmt: skip
def test_state_is_told_in_plain_words(state, words):
    step = step_of(Where(state=state))
    assert words in f"{step.title} {step.text}"


@pytest.mark.parametrize(("by_phone", "words"), [(False, "by video on Tuesday"), (True, "by phone on Tuesday")])
def test_set_meeting_comes_before_the_state(by_phone, words):
    step = step_of(Where(state="meeting_set", meeting="on Tuesday", by_phone=by_phone))
    assert words in step.title
    assert step.rank == Rank.DATED


@pytest.mark.parametrize(
    ("about", "words", "rank"),
    [
        ({"recheck_on": TODAY - timedelta(days=1)}, "has passed", Rank.NEEDS_YOU),
        ({"recheck_on": TODAY - timedelta(days=1), "do_not_contact": True}, "has passed", Rank.NEEDS_YOU),
        ({"do_not_contact": True}, "asked us not to", Rank.NOTE),
        ({"reachable": False}, "no way to reach you", Rank.NOTE),
    ],
)
def test_silence_of_ours_is_explained(about, words, rank):
    known = {"recheck_on": None, "today": TODAY, "do_not_contact": False, "reachable": True}
    (step,) = paused(**known | about)
    assert words in step.title
    assert step.rank == rank
    assert step.url


@pytest.mark.parametrize("recheck_on", [None, TODAY, TODAY + timedelta(days=1)])
def test_nothing_is_said_where_messages_go_out(recheck_on):
    assert not list(paused(recheck_on=recheck_on, today=TODAY, do_not_contact=False, reachable=True))


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([(False, False)], "its dates"), ([(True, True), (False, False)], "its dates"),
        ([(True, False)], "its last session"), ([(True, False), (True, False)], "its last session"),
    ],
)  # fmt: skip
def test_place_in_a_group_comes_before_the_application(places, words):
    (step,) = of_places(places)
    assert words in step.title
    assert chosen([step_of(Where(state="accepted")), step]).first == step


@pytest.mark.parametrize("places", [[], [(True, True)], [(True, False), (True, True)]])
def test_nothing_is_added_without_a_group_or_where_a_session_is_coming(places):
    assert not list(of_places(places))


def test_whatever_needs_the_person_is_the_first_line_and_the_next_date_stands_under_it():
    waiting, dated = Step("w", "", Rank.WAITING), Step("d", "", Rank.DATED)
    needs, note = Step("n", "", Rank.NEEDS_YOU), Step("x", "", Rank.NOTE)
    found = chosen([waiting, note, dated, needs])
    assert found.first == needs
    assert found.also == (dated, note)


@given(st.lists(st.sampled_from(list(Rank)), min_size=1))
def test_first_line_is_never_less_urgent_than_another(ranks):
    found = chosen([Step(str(number), "", rank) for number, rank in enumerate(ranks)])
    assert found.first.rank == min(ranks)
    assert len(found.also) < len(ranks)


def test_there_is_always_a_first_line():
    with pytest.raises(ValueError, match="always"):
        chosen([])
