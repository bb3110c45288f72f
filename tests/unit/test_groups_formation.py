"""The formation engine against rules read anew, against every way there is on small cases, and against itself."""

from __future__ import annotations

import json
from itertools import combinations, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups.formation import propose
from groups.formation_input import parse_problem

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
