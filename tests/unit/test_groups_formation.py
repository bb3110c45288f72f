"""The formation engine against rules read anew, against every way there is on small cases, and against itself."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups import formation_search, formation_steps
from groups.formation import Group, propose
from groups.formation_check import broken_rules
from groups.formation_input import Leader, Member, Problem, parse_problem

LANGUAGES, WAYS, REGIONS, KINDS = ("en", "fr"), ("virtual", "in_person"), ("QC", "ON"), ("any", "women", "men")
SLOTS = ([1110, 1200], [1150, 1240], [2550, 2640])


def answer(data, **options):
    return propose(parse_problem(data), seconds=60, **options).to_json()


# The rules once more, from the contract alone ----------------------------------------------------------------


def accepts(one, field, value):
    return field not in one or value in one[field]


def comes(one, slot):
    return "availability" not in one or any(start <= slot[0] and slot[1] <= end for start, end in one["availability"])


def suits(one, group):
    here = group["modality"] != "in_person" or one.get("region") in (None, group["region"])
    return (
        here
        and accepts(one, "languages", group["language"])
        and accepts(one, "modalities", group["modality"])
        and accepts(one, "composition", group["composition"])
        and (group["slot"] is None or comes(one, group["slot"]))
    )


def check(data, result):
    people = {one["id"]: one for one in data["people"]}
    leaders = {one["id"]: one for one in data.get("facilitators", [])}
    size, pairs = data.get("size", {}), [set(pair) for pair in data.get("keep_apart", [])]
    seen = []
    for group in result["groups"]:
        inside = [*group["members"], *group["facilitators"]]
        assert size.get("min", 1) <= len(group["members"]) <= size.get("max", len(people))
        assert len(set(group["facilitators"])) == data.get("facilitators_per_group", 0) == len(group["facilitators"])
        assert not [pair for pair in pairs if pair <= set(inside)]
        assert group["slot"] in data["slots"] if "slots" in data else group["slot"] is None
        assert all(suits(people[one], group) for one in group["members"])
        assert all(suits(leaders[one], group) for one in group["facilitators"])
        seen += group["members"]
    for name, leader in leaders.items():
        led = sorted(group["slot"] for group in result["groups"] if name in group["facilitators"] and group["slot"])
        assert sum(name in group["facilitators"] for group in result["groups"]) <= leader.get("max_groups", 10**6)
        assert all(one[1] <= other[0] for one, other in pairwise(led))
    left = [one["id"] for one in result["unplaced"]]
    assert sorted(seen + left) == sorted(people)
    assert result["placed"] == len(seen) <= result["bound"] <= len(people)
    best = len(seen) == result["bound"]
    assert result["status"] == ("infeasible" if not result["bound"] else "optimal" if best else "feasible")
    assert result["waiting_days"] == sum(people[one].get("waiting_days", 0) for one in seen)


# Every way there is ------------------------------------------------------------------------------------------


def every_group(data):
    """Each possible group: its people and leaders, as sets of ids, and its slot."""
    people, leaders = data["people"], data.get("facilitators", [])
    size, pairs = data.get("size", {}), [set(pair) for pair in data.get("keep_apart", [])]
    found = set()
    frames = [
        {"slot": slot, "language": language, "modality": way, "region": region, "composition": kind}
        for slot in data["slots"] for language in LANGUAGES for kind in KINDS
        for way, region in (("virtual", None), ("in_person", "QC"), ("in_person", "ON"))
    ]  # fmt: skip
    for frame in frames:
        able = [one["id"] for one in people if suits(one, frame)]
        teams = [one["id"] for one in leaders if suits(one, frame)]
        for count in range(size.get("min", 1), min(len(able), size.get("max", len(able))) + 1):
            for inside in combinations(able, count):
                for team in combinations(teams, data.get("facilitators_per_group", 0)):
                    if not any(pair <= {*inside, *team} for pair in pairs):
                        found.add((frozenset(inside), frozenset(team), tuple(frame["slot"])))
    return sorted(found, key=lambda one: (sorted(one[0]), sorted(one[1]), one[2]))


def best_of_all(data):
    """Most placed, then most days, then least spread, by trying every set of groups."""
    waits = {one["id"]: one.get("waiting_days", 0) for one in data["people"]}
    takes = {one["id"]: one.get("max_groups", 10**6) for one in data.get("facilitators", [])}
    groups = every_group(data)
    best = [(0, 0, 0)]

    def go(at, chosen, placed):
        sizes = [len(one[0]) for one in chosen]
        days = sum(waits[one] for one in placed)
        best[0] = max(best[0], (len(placed), days, min(sizes, default=0) - max(sizes, default=0)))
        for number in range(at, len(groups)):
            people, team, slot = groups[number]
            if people & placed:
                continue
            led = [(one, other[2]) for other in chosen for one in other[1]]
            if any(sum(one == name for name, _ in led) >= takes[one] for one in team):
                continue
            if any(name in team and other[0] < slot[1] and slot[0] < other[1] for name, other in led):
                continue
            go(number + 1, [*chosen, groups[number]], placed | people)

    go(0, [], frozenset())
    return best[0]


def some(values, least=0):
    return st.lists(st.sampled_from(values), min_size=least, unique=True)


INTERVALS = st.lists(st.sampled_from([[1100, 1250], [1110, 1200], [2500, 2700], [1000, 3000]]), max_size=2)
SHARED = {
    "languages": some(LANGUAGES, 1), "modalities": some(WAYS, 1), "region": st.sampled_from(REGIONS),
    "availability": INTERVALS,
}  # fmt: skip


@st.composite
def problems(draw, most=6, leaders=3):
    people = [
        draw(st.fixed_dictionaries({"id": st.just(f"p{at}")}, optional=SHARED | {
            "waiting_days": st.integers(0, 50), "composition": some(KINDS, 1)}))
        for at in range(draw(st.integers(0, most)))
    ]  # fmt: skip
    team = [
        draw(st.fixed_dictionaries({"id": st.just(f"f{at}")}, optional=SHARED | {"max_groups": st.integers(0, 2)}))
        for at in range(draw(st.integers(0, leaders)))
    ]
    ids = [one["id"] for one in people + team]
    pairs = [list(pair) for pair in combinations(ids, 2)]
    least = draw(st.integers(1, 3))
    return {
        "size": {"min": least, "max": draw(st.integers(least, 4))},
        "facilitators_per_group": draw(st.integers(0, 2)),
        "people": people, "facilitators": team,
        "slots": draw(st.lists(st.sampled_from(SLOTS), min_size=1, unique_by=tuple)),
        "keep_apart": draw(st.lists(st.sampled_from(pairs), max_size=5, unique_by=tuple)) if pairs else [],
    }  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_small_problems_get_the_best_of_all_answers(data):
    result = answer(data)
    check(data, result)
    best = best_of_all(data)
    sizes = [len(one["members"]) for one in result["groups"]]
    reached = (result["placed"], result["waiting_days"], min(sizes, default=0) - max(sizes, default=0))
    assert reached == best
    assert result["bound"] == best[0]
    assert result["proven"] == ["placed", "waiting_days", "sizes"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=30, leaders=8))
def test_no_rule_is_broken_and_the_same_problem_gets_the_same_answer(data):
    result, again = answer(data), answer(json.loads(json.dumps(data)))
    check(data, result)
    assert {**result, "seconds": 0} == {**again, "seconds": 0}


@pytest.mark.parametrize("places", [0, 10**6])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=problems(most=16, leaders=5))
def test_steps_for_large_problems_keep_the_rules_too(places, data):
    """Windows of times, the problem without its pairs, and what is only bounded: small problems sent that way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formation_search, "MOST_TIGHT", -1)
        patch.setattr(formation_search, "MOST_PLACES", places)
        patch.setattr(formation_steps, "WINDOW_PLACES", 5)
        result = answer(data)
    check(data, result)
    best = answer(data)
    assert result["placed"] <= best["placed"] <= result["bound"]
    if places:
        assert result["placed"] == best["placed"]


# Single cases ------------------------------------------------------------------------------------------------

EVENING, LATER = [1110, 1200], [2550, 2640]


def people(count, start=1, **fields):
    return [{"id": f"p{number}", **fields} for number in range(start, start + count)]


def leaders(count, **fields):
    return [{"id": f"f{number}", **fields} for number in range(1, count + 1)]


def reasons(result):
    return {one["id"]: one["reason"] for one in result["unplaced"]}


def test_nobody_asks_and_nobody_is_placed():
    result = answer({"people": [], "slots": [EVENING]})
    assert (result["status"], result["placed"], result["bound"], result["unplaced"]) == ("infeasible", 0, 0, [])


def test_pair_that_the_fullest_group_would_bring_together_is_kept_apart():
    """Five people, one evening and one team: the naive group is all five. Ours leaves one of the pair out, and the
    one who has waited less."""
    five = [*people(4, waiting_days=30), {"id": "p5", "waiting_days": 2}]
    data = {"size": {"min": 4, "max": 10}, "people": five, "slots": [EVENING], "keep_apart": [["p1", "p5"]]}
    result = answer(data)
    check(data, result)
    assert result["groups"][0]["members"] == ["p1", "p2", "p3", "p4"]
    assert result["unplaced"] == [{"id": "p5", "reason": "kept_apart"}]


def test_pair_has_two_groups_where_there_are_enough_people():
    data = {"size": {"min": 4, "max": 10}, "people": people(8), "slots": [EVENING], "keep_apart": [["p1", "p2"]]}
    result = answer(data)
    check(data, result)
    assert (result["placed"], len(result["groups"])) == (8, 2)


def test_clique_needs_as_many_groups_as_it_has_people():
    clique = [list(pair) for pair in combinations(["p1", "p2", "p3"], 2)]
    data = {"size": {"min": 2, "max": 4}, "people": people(6), "slots": [EVENING], "keep_apart": clique}
    result = answer(data)
    check(data, result)
    assert (result["placed"], len(result["groups"])) == (6, 3)


def test_everybody_apart_from_everybody_is_no_group():
    apart = [[one["id"], other["id"]] for one, other in combinations(people(6), 2)]
    result = answer({"size": {"min": 2}, "people": people(6), "slots": [EVENING], "keep_apart": apart})
    assert (result["status"], result["placed"]) == ("infeasible", 0)
    assert set(reasons(result).values()) == {"kept_apart"}


def test_leader_does_not_lead_someone_they_are_kept_apart_from():
    data = {
        "size": {"min": 2}, "facilitators_per_group": 1, "people": people(4), "facilitators": leaders(2),
        "slots": [EVENING, LATER], "keep_apart": [["f1", "p1"], ["f2", "p2"]],
    }  # fmt: skip
    result = answer(data)
    check(data, result)
    assert result["placed"] == 4


def test_leader_is_not_at_two_places_at_once():
    data = {"size": {"min": 2, "max": 2}, "facilitators_per_group": 1, "people": people(4),
            "facilitators": leaders(1), "slots": [[1110, 1200], [1199, 1290]]}  # fmt: skip
    result = answer(data)
    check(data, result)
    assert result["placed"] == 2
    assert set(reasons(result).values()) == {"no_facilitator"}
    data["slots"][1] = [1200, 1290]
    assert answer(data)["placed"] == 4


def test_in_person_group_is_of_one_region():
    data = {"size": {"min": 3}, "slots": [EVENING], "people": [
        *people(2, modalities=["in_person"], region="QC"),
        *people(2, 3, modalities=["in_person"], region="ON"),
    ]}  # fmt: skip
    assert answer(data)["placed"] == 0
    data["people"].append({"id": "p5", "modalities": ["in_person"], "region": "ON"})
    result = answer(data)
    check(data, result)
    assert (result["placed"], result["groups"][0]["region"]) == (3, "ON")


@pytest.mark.parametrize(
    ("change", "reason", "missing"),
    [
        ({"languages": ["fr"]}, "no_language", (3, 0)),
        ({"availability": []}, "no_common_slot", None),
        ({"availability": [[2500, 2700]]}, "no_common_slot", (3, 0)),
        ({"composition": ["women"]}, "too_few", (3, 0)),
        ({"modalities": ["in_person"], "region": "QC"}, "too_few", (3, 0)),
        ({}, "capacity", None),
    ],
)
def test_reason_and_what_would_help(change, reason, missing):
    four = people(4, languages=["en"], availability=[EVENING], composition=["any"], modalities=["virtual"])
    last = {
        "id": "p9",
        "languages": ["en"],
        "availability": [EVENING],
        "composition": ["any"],
        "modalities": ["virtual"],
    }
    data = {"size": {"min": 4, "max": 4}, "facilitators_per_group": 1, "people": [*four, last | change],
            "facilitators": leaders(2), "slots": [EVENING, LATER]}  # fmt: skip
    result = answer(data)
    check(data, result)
    (left,) = result["unplaced"]
    assert (left["id"], left["reason"]) == ("p9" if change else left["id"], reason)
    lack = left.get("missing")
    assert (lack and (lack["people"], lack["facilitators"])) == missing


def test_reason_is_the_leaders_where_only_they_are_missing():
    data = {"size": {"min": 2}, "facilitators_per_group": 2, "people": people(3), "facilitators": leaders(1),
            "slots": [EVENING]}  # fmt: skip
    result = answer(data)
    assert set(reasons(result).values()) == {"no_facilitator"}
    assert result["unplaced"][0]["missing"]["facilitators"] == 1


def test_stopped_search_answers_with_what_it_has():
    data = {"size": {"min": 2, "max": 4}, "people": people(9), "slots": [EVENING, LATER]}
    result = answer(data, stop=lambda: True)
    check(data, result)
    assert result["placed"] > 0
    assert result["status"] in ("optimal", "feasible")


def test_steps_are_told():
    heard: list[tuple[str, int, int]] = []
    answer(
        {"size": {"min": 2, "max": 4}, "people": people(9), "slots": [EVENING]}, report=lambda *step: heard.append(step)
    )
    assert heard[0][0] == "placed"
    assert heard[0][1] <= heard[-1][1] or heard[-1][0] != "placed"


# The last check, which believes nobody ------------------------------------------------------------------------


CHECKED = Problem(
    tuple(Member(f"p{at}", ("en",), ("virtual",), "QC", ((1000, 1300),), composition=("any",)) for at in range(6)),
    (Leader("f1", ("en",), max_groups=1), Leader("f2", ("en",), max_groups=1)), ((1110, 1200), (1150, 1240)),
    (("p0", "p5"), ("p1", "f2")), 2, 4, 1,
)  # fmt: skip
SOUND = Group(("p0", "p1"), ("f1",), (1110, 1200), "en", "virtual", None, "any")
OTHERS = Group(("p2", "p3"), ("f2",), (1150, 1240), "en", "virtual", None, "any")


def test_sound_groups_pass_the_last_check():
    assert broken_rules(CHECKED, [SOUND, OTHERS]) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"members": ("p0",)}, "a group of 1"),
        ({"members": ("p0", "p1", "p4", "p3", "p2")}, "a group of 5"),
        ({"members": ("p0", "p5")}, "kept apart"),
        ({"leaders": ("f2",)}, "kept apart"),
        ({"leaders": ()}, "0 leaders"),
        ({"leaders": ("f1", "f1")}, "2 leaders"),
        ({"slot": (0, 90)}, "not offered"),
        ({"language": "fr"}, "another language"),
        ({"modality": "in_person", "region": "ON"}, "another region"),
        ({"composition": "women"}, "composition"),
        ({"members": ("p1", "p2")}, "p2 in two groups"),
    ],
)
def test_last_check_finds_each_broken_rule(change, fault):
    assert any(fault in one for one in broken_rules(CHECKED, [replace(SOUND, **change), OTHERS]))


def test_last_check_finds_a_leader_at_two_places():
    both = [SOUND, replace(OTHERS, leaders=("f1",))]
    assert {"f1 leads too many groups", "f1 leads two groups at once"} <= set(broken_rules(CHECKED, both))
