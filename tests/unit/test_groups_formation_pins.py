"""Groups formed around what people settled: what is kept stays, and every rule holds for what is new."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups.formation import Group, propose
from groups.formation_input import Leader, Member, Problem, parse_problem
from groups.formation_pins import propose_around
from tests.unit.test_groups_formation import check, problems, suits

SLOTS = ((1110, 1200), (2550, 2640))


def as_json(group: Group) -> dict:
    return {
        "members": list(group.members), "facilitators": list(group.leaders), "slot": group.slot and list(group.slot),
        "language": group.language, "modality": group.modality, "region": group.region,
        "composition": group.composition,
    }  # fmt: skip


def checked_around(data, kept, seeds, found) -> None:
    """From the contract alone: nobody twice, new people of a seed suit it, no pair in what is new, leaders at one
    place at a time."""
    people = {one["id"]: one for one in data["people"]}
    pairs = [set(pair) for pair in data.get("keep_apart", [])]
    everyone = [*kept, *found.seeds, *found.groups]
    placed = [one for group in everyone for one in group.members]
    assert sorted([*placed, *(one.id for one in found.unplaced)]) == sorted(people)
    assert found.placed == len(placed) <= found.bound <= len(people)
    for before, after in zip(seeds, found.seeds, strict=True):
        assert set(before.members) <= set(after.members)
        assert (before.leaders, before.slot) == (after.leaders, after.slot)
        new = set(after.members) - set(before.members)
        assert all(suits(people[one], as_json(after)) for one in new)
        assert not [pair for pair in pairs if pair <= {*after.members, *after.leaders}]
        assert len(after.members) <= max(data.get("size", {}).get("max", len(people)), len(before.members))
    for leader in data.get("facilitators", []):
        led = [group for group in everyone if leader["id"] in group.leaders]
        assert len(led) <= leader.get("max_groups", 10**6)
        slots = sorted(group.slot for group in led if group.slot)
        assert all(one[1] <= other[0] for one, other in pairwise(slots))
    alone = {"people": [one for one in data["people"] if one["id"] not in set(placed)]}
    inside = {one for group in found.groups for one in group.members}
    shown = data | {
        "people": [one for one in data["people"] if one["id"] in inside] + alone["people"],
        "keep_apart": [],
    }  # fmt: skip
    check(shown, {
        "groups": [as_json(one) for one in found.groups], "unplaced": [{"id": one["id"]} for one in alone["people"]],
        "placed": len(inside), "bound": len(inside), "status": "optimal" if inside else "infeasible",
        "waiting_days": sum(people[one].get("waiting_days", 0) for one in inside),
    })  # fmt: skip
    assert not [pair for pair in pairs for one in found.groups if pair <= {*one.members, *one.leaders}]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=10), st.data())
def test_whatever_is_pinned_is_kept_and_the_rest_keeps_every_rule(data, chooser):
    problem = parse_problem(data)
    first = propose(problem, seconds=20)
    kinds = [chooser.draw(st.sampled_from(["free", "kept", "seed"])) for _ in first.groups]
    kept = [group for group, kind in zip(first.groups, kinds, strict=True) if kind == "kept"]
    seeds = [
        Group(group.members[: chooser.draw(st.integers(1, len(group.members)))], group.leaders, group.slot,
              group.language, group.modality, group.region, group.composition)
        for group, kind in zip(first.groups, kinds, strict=True)
        if kind == "seed"
    ]  # fmt: skip
    found = propose_around(problem, kept, seeds, seconds=20)
    checked_around(data, kept, seeds, found)
    again = propose_around(problem, kept, seeds, seconds=20)
    assert (again.groups, again.seeds, again.placed) == (found.groups, found.seeds, found.placed)


def a_seed(*members: str) -> Group:
    return Group(members, ("f1",), SLOTS[0], "fr", "virtual", None, "any")


def people(count: int, **more) -> tuple[Member, ...]:
    return tuple(
        Member(f"p{number}", ("fr",), ("virtual",), None, SLOTS, number, ("any",), **more) for number in range(count)
    )


def test_seed_that_is_too_small_takes_people_whom_other_groups_can_spare():
    problem = Problem(people(9), (Leader("f1", max_groups=1), Leader("f2", max_groups=1)), SLOTS, (), 4, 8, 1)
    found = propose_around(problem, [], [a_seed("p0")], seconds=5)
    assert [len(one.members) for one in (*found.seeds, *found.groups)] == [4, 5]
    assert (found.placed, found.bound, found.unplaced) == (9, 9, ())


def test_seed_that_is_too_small_takes_a_whole_group_where_nobody_can_be_spared():
    problem = Problem(people(5), (Leader("f1", max_groups=1), Leader("f2", max_groups=1)), SLOTS, (), 4, 4, 1)
    found = propose_around(problem, [], [a_seed("p0")], seconds=5)
    assert found.seeds[0].members == ("p0", "p2", "p3", "p4")
    assert (found.groups, found.placed, found.bound) == ((), 4, 5)


def test_pair_of_which_one_is_taken_into_a_seed_is_no_rule_for_the_second_search():
    data = {"size": {"min": 3, "max": 3}, "people": [{"id": f"p{number}"} for number in range(5)],
            "slots": [[1110, 1200]], "keep_apart": [["p0", "p1"]]}  # fmt: skip
    problem = parse_problem(data)
    for first in range(5):
        seed = Group((f"p{first}",), (), (1110, 1200), None, None, None, None)
        checked_around(data, [], [seed], propose_around(problem, [], [seed], seconds=5))


def test_whom_a_seed_must_not_meet_stays_out_of_it():
    problem = Problem(people(4), (Leader("f1", max_groups=1),), SLOTS, (("p0", "p3"), ("f1", "p2")), 4, 8, 1)
    found = propose_around(problem, [], [a_seed("p0")], seconds=5)
    assert found.seeds[0].members == ("p0", "p1")
    assert {one.id for one in found.unplaced} == {"p2", "p3"}


def test_stopped_search_ends_soon_and_progress_counts_those_who_are_kept():
    told = []
    problem = Problem(people(9), (Leader("f1", max_groups=1), Leader("f2", max_groups=1)), SLOTS, (), 4, 8, 1)
    found = propose_around(
        problem, [a_seed("p0", "p1", "p2", "p3")], [], seconds=5, report=lambda *step: told.append(step),
        stop=lambda: True,
    )  # fmt: skip
    assert found.placed >= 4
    assert all(step[1] >= 4 for step in told if step[0] == "placed")
