"""What the formation problem must look like: anything else is named by its place, and nothing is guessed."""

from __future__ import annotations

import pytest

from groups.formation_input import FormationError, parse_problem, read_problem

PERSON = {"id": "p1"}


def refused(data) -> str:
    with pytest.raises(FormationError) as caught:
        parse_problem(data)
    return caught.value.path


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "input"),
        ({"persons": []}, "persons"),
        ({"size": []}, "size"),
        ({"size": {"least": 4}}, "size.least"),
        ({"size": {"min": 0}}, "size.min"),
        ({"size": {"min": 4.0}}, "size.min"),
        ({"size": {"min": True}}, "size.min"),
        ({"size": {"min": float("nan")}}, "size.min"),
        ({"size": {"min": 6, "max": 5}}, "size.max"),
        ({"facilitators_per_group": -1}, "facilitators_per_group"),
        ({"people": {}}, "people"),
        ({"people": ["p1"]}, "people[0]"),
        ({"people": [{}]}, "people[0].id"),
        ({"people": [{"id": 7}]}, "people[0].id"),
        ({"people": [{"id": " "}]}, "people[0].id"),
        ({"people": [PERSON, PERSON]}, "people[1].id"),
        ({"people": [PERSON], "facilitators": [PERSON]}, "facilitators[0].id"),
        ({"people": [PERSON | {"name": "x"}]}, "people[0].name"),
        ({"people": [PERSON | {"max_groups": 1}]}, "people[0].max_groups"),
        ({"facilitators": [{"id": "f1", "waiting_days": 1}]}, "facilitators[0].waiting_days"),
        ({"people": [PERSON | {"languages": "fr"}]}, "people[0].languages"),
        ({"people": [PERSON | {"languages": ["fr", 1]}]}, "people[0].languages[1]"),
        ({"people": [PERSON | {"waiting_days": -1}]}, "people[0].waiting_days"),
        ({"people": [PERSON | {"waiting_days": "3"}]}, "people[0].waiting_days"),
        ({"people": [PERSON | {"availability": [[10]]}]}, "people[0].availability[0]"),
        ({"people": [PERSON | {"availability": [[10, 10]]}]}, "people[0].availability[0]"),
        ({"people": [PERSON | {"availability": [[-1, 10]]}]}, "people[0].availability[0][0]"),
        ({"people": [PERSON | {"availability": [[1, 99999]]}]}, "people[0].availability[0][1]"),
        ({"slots": [[10080, 10100]]}, "slots[0][0]"),
        ({"slots": [[0, 90], [5, "9"]]}, "slots[1][1]"),
        ({"people": [PERSON], "keep_apart": [["p1"]]}, "keep_apart[0]"),
        ({"people": [PERSON], "keep_apart": [["p1", "p1"]]}, "keep_apart[0]"),
        ({"people": [PERSON], "keep_apart": [["p1", "p2"]]}, "keep_apart[0][1]"),
        ({"people": [PERSON], "keep_apart": "p1"}, "keep_apart"),
    ],
)
def test_place_of_what_is_wrong_is_named(data, path):
    assert refused(data) == path


@pytest.mark.parametrize("text", ["", "{", '{"people": [], "people": []}', "[" * 100_000])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(FormationError) as caught:
        read_problem(text)
    assert caught.value.path == "input"


def test_everything_but_an_id_may_be_missing():
    problem = parse_problem({"people": [PERSON], "facilitators": [{"id": "f1"}]})
    assert (problem.min_size, problem.max_size, problem.leaders_per_group, problem.slots) == (1, None, 0, None)
    assert problem.people[0].availability is None
    assert problem.leaders[0].max_groups is None


def test_pair_told_twice_and_the_other_way_round_is_one():
    pairs = [["p1", "p2"], ["p2", "p1"]]
    assert parse_problem({"people": [PERSON, {"id": "p2"}], "keep_apart": pairs}).keep_apart == (("p1", "p2"),)
