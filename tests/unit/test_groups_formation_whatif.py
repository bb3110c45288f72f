"""One more evening, one more leader, one person less in a group: what would come of it."""

from __future__ import annotations

import pytest

from groups.formation import propose
from groups.formation_input import FormationError, Leader, Member, Problem
from groups.formation_whatif import Change, changed, effect

EVENING, OTHER = (1110, 1200), (2550, 2640)
HERE = tuple(Member(f"p{number}", availability=(EVENING,)) for number in range(1, 5))
THERE = tuple(Member(f"p{number}", availability=(OTHER,)) for number in range(5, 8))
PROBLEM = Problem((*HERE, *THERE), (Leader("f1", max_groups=1),), (EVENING,), min_size=4, max_size=10,
                  leaders_per_group=1)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "gained"),
    [
        (Change(), ()),
        (Change(slots=(OTHER,)), ()),
        (Change(slots=(OTHER,), min_size=3), ()),
        (Change(slots=(OTHER,), min_size=3, leaders=(Leader("f2"),)), ("p5", "p6", "p7")),
        (Change(slots=(OTHER,), min_size=3, leaders_per_group=0), ("p5", "p6", "p7")),
    ],
)
def test_change_says_who_would_have_a_place(change, gained):
    found = effect(propose(PROBLEM), propose(changed(PROBLEM, change)))
    assert (found.placed, found.gained, found.lost, found.certain) == (len(gained), gained, (), True)
    assert found.groups == bool(gained)


def test_stricter_rule_says_who_would_lose_theirs():
    found = effect(propose(PROBLEM), propose(changed(PROBLEM, Change(min_size=5))))
    assert (found.placed, found.lost) == (-4, ("p1", "p2", "p3", "p4"))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (Change(min_size=11), "size"),
        (Change(min_size=0), "size"),
        (Change(max_size=3), "size"),
        (Change(leaders_per_group=-1), "facilitators_per_group"),
        (Change(leaders=(Leader("p1"),)), "facilitators"),
        (Change(leaders=(Leader("f2"), Leader("f2"))), "facilitators"),
    ],
)
def test_change_that_contradicts_the_problem_is_refused(change, path):
    with pytest.raises(FormationError) as caught:
        changed(PROBLEM, change)
    assert caught.value.path == path
