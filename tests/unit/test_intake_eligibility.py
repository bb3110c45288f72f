"""Eligibility: every criterion, every switch, and the stored form of the rules."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import rules as r
from psp.content import load

VERSION_1 = r.from_json(load("eligibility_v1")["rules"])
GOOD = r.Answers("veteran", True, True, True, True)
ALL_SERVICES = tuple(r.Service)
COVERED = sorted(VERSION_1.affiliations)

yes_no = st.sampled_from([True, False, None])
any_answers = st.builds(
    r.Answers, st.sampled_from([*r.Affiliation, None, "", "stranger"]), yes_no, yes_no, yes_no, yes_no
)
some_services = st.lists(st.sampled_from(ALL_SERVICES), unique=True)
limits = st.none() | st.frozensets(st.sampled_from(ALL_SERVICES), min_size=1)


@st.composite
def any_rules(draw: st.DrawFn) -> r.EligibilityRules:
    criteria = tuple(
        r.Criterion(code, draw(st.booleans()), draw(limits)) for code in draw(st.permutations(list(r.CriterionCode)))
    )
    covered = draw(st.frozensets(st.sampled_from(sorted(r.CATEGORIES)), min_size=1))
    return r.EligibilityRules(draw(st.integers(1, 99)), draw(st.dates()), criteria, covered)


def switched(rules: r.EligibilityRules, code: r.CriterionCode, **changes: Any) -> r.EligibilityRules:
    criteria = tuple(replace(item, **changes) if item.code is code else item for item in rules.criteria)
    return replace(rules, criteria=criteria)


@pytest.mark.parametrize("affiliation", COVERED)
def test_assess_covered_affiliation_is_eligible(affiliation: str) -> None:
    result = r.assess(replace(GOOD, affiliation=affiliation), VERSION_1, services=["formal"])
    assert result.eligible
    assert result.reasons == ()


def test_version_1_covers_the_six_published_categories_and_keeps_family_off() -> None:
    assert VERSION_1.affiliations == r.CATEGORIES - {r.Affiliation.FAMILY_MEMBER}
    assert all(item.on and item.services is None for item in VERSION_1.criteria)
    assert [item.code for item in VERSION_1.criteria] == list(r.CriterionCode)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"affiliation": "none_of_these"}, "affiliation_not_covered"),
        ({"affiliation": "colonel"}, "affiliation_not_covered"),
        ({"affiliation": "family_member"}, "affiliation_not_yet_covered"),
        ({"affiliation": None}, "unanswered_affiliation"),
        ({"affiliation": ""}, "unanswered_affiliation"),
        ({"adult": False}, "under_18"),
        ({"adult": None}, "unanswered_adult"),
        ({"experienced": False}, "not_experienced"),
        ({"experienced": None}, "unanswered_experienced"),
        ({"has_device": False}, "no_device"),
        ({"has_device": None}, "unanswered_device"),
        ({"agrees_to_meeting": False}, "meeting_declined"),
        ({"agrees_to_meeting": None}, "unanswered_meeting"),
    ],
)
def test_assess_one_criterion_not_met_gives_that_reason_alone(changes: dict[str, Any], reason: str) -> None:
    result = r.assess(replace(GOOD, **changes), VERSION_1, services=["formal"])
    assert result.reasons == (reason,)
    assert not result.eligible
    assert result.complete is not reason.startswith("unanswered")


def test_assess_nothing_answered_names_every_criterion_in_order() -> None:
    result = r.assess(r.Answers(), VERSION_1, services=["activity"])
    assert result.reasons == tuple(f"unanswered_{code}" for code in r.CriterionCode)


def test_assess_cadet_switched_off_is_told_not_covered_rather_than_planned() -> None:
    rules = replace(VERSION_1, affiliations=VERSION_1.affiliations - {r.Affiliation.CADET})
    assert r.assess(replace(GOOD, affiliation="cadet"), rules, services=[]).reasons == ("affiliation_not_covered",)


def test_assess_family_switched_on_by_data_is_eligible() -> None:
    rules = replace(VERSION_1, affiliations=r.CATEGORIES)
    assert r.assess(replace(GOOD, affiliation="family_member"), rules, services=["formal"]).eligible


def test_assess_meeting_for_groups_only_leaves_activities_open() -> None:
    groups = frozenset({r.Service.FORMAL, r.Service.INFORMAL})
    rules = switched(VERSION_1, r.CriterionCode.MEETING, services=groups)
    answers = replace(GOOD, agrees_to_meeting=False)
    assert r.assess(answers, rules, services=["activity"]).eligible
    assert r.assess(answers, rules, services=[]).eligible
    assert r.assess(answers, rules, services=["activity", "formal"]).reasons == ("meeting_declined",)
    open_to = [str(one) for one in ALL_SERVICES if r.assess(answers, rules, services=[one]).eligible]
    assert open_to == ["activity"]


def test_assess_unknown_service_is_refused() -> None:
    with pytest.raises(ValueError, match="chess"):
        r.assess(GOOD, VERSION_1, services=["chess"])


@given(any_answers, any_rules(), some_services, st.sampled_from(list(r.CriterionCode)))
def test_assess_switching_a_criterion_off_never_shuts_anyone_out(
    answers: r.Answers, rules: r.EligibilityRules, services: list[r.Service], code: r.CriterionCode
) -> None:
    before = r.assess(answers, rules, services=services)
    after = r.assess(answers, switched(rules, code, on=False), services=services)
    assert set(after.reasons) <= set(before.reasons)


@given(any_answers, any_rules(), some_services, st.sampled_from(sorted(r.CATEGORIES)))
def test_assess_covering_one_more_category_never_shuts_anyone_out(
    answers: r.Answers, rules: r.EligibilityRules, services: list[r.Service], more: r.Affiliation
) -> None:
    wider = replace(rules, affiliations=rules.affiliations | {more})
    before = r.assess(answers, rules, services=services).eligible
    assert r.assess(answers, wider, services=services).eligible >= before


@given(any_answers, any_rules(), some_services, some_services)
def test_assess_asking_for_more_services_never_removes_a_reason(
    answers: r.Answers, rules: r.EligibilityRules, fewer: list[r.Service], more: list[r.Service]
) -> None:
    few = r.assess(answers, rules, services=fewer)
    many = r.assess(answers, rules, services=[*fewer, *more])
    assert set(few.reasons) <= set(many.reasons)


@given(any_answers, any_rules(), some_services)
def test_assess_together_is_every_service_by_itself(
    answers: r.Answers, rules: r.EligibilityRules, services: list[r.Service]
) -> None:
    together = r.assess(answers, rules, services=services)
    if services:
        assert together.eligible == all(r.assess(answers, rules, services=[one]).eligible for one in services)


@given(any_rules())
def test_rules_survive_being_stored(rules: r.EligibilityRules) -> None:
    if any(item.on for item in rules.criteria if item.code is r.CriterionCode.AFFILIATION):
        assert rules.affiliations
    assert r.from_json(r.to_json(rules)) == rules


def test_in_force_takes_the_newest_started_version() -> None:
    second = replace(VERSION_1, version=2, valid_from=date(2027, 4, 1))
    both = [second, VERSION_1]
    assert r.in_force(both, date(2026, 10, 31)) is None
    assert r.in_force(both, date(2026, 11, 1)) == VERSION_1
    assert r.in_force(both, date(2027, 3, 31)) == VERSION_1
    assert r.in_force(both, date(2027, 4, 1)) == second


def broken(path: list[Any], value: Any) -> dict[str, Any]:
    data: Any = copy.deepcopy(load("eligibility_v1")["rules"])
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    whole: dict[str, Any] = data
    return whole


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["version"], 0, "version"),
        (["version"], True, "version"),
        (["version"], "1", "version"),
        (["valid_from"], "1 November", "valid_from"),
        (["valid_from"], None, "valid_from"),
        (["criteria"], {}, "criteria"),
        (["criteria", 0], "affiliation", "criteria[0]"),
        (["criteria", 1, "on"], 1, "criteria[1].on"),
        (["criteria", 1, "code"], "age", "criteria[1].code"),
        (["criteria", 1, "code"], ["adult"], "criteria[1].code"),
        (["criteria", 1, "code"], "device", "criteria"),
        (["criteria", 4, "services"], [], "criteria[4].services"),
        (["criteria", 4, "services"], ["formal", "formal"], "criteria[4].services"),
        (["criteria", 4, "services"], ["formal", "yoga"], "criteria[4].services[1]"),
        (["criteria", 4, "note"], "x", "criteria[4].note"),
        (["affiliations", 0, "on"], None, "affiliations[0].on"),
        (["affiliations", 0, "code"], "none_of_these", "affiliations"),
        (["affiliations", 0, "code"], "cadet", "affiliations"),
        (["affiliations"], [], "affiliations"),
        (["extra"], 1, "extra"),
    ],
)
def test_from_json_names_the_place_of_a_mistake(path: list[Any], value: Any, place: str) -> None:
    with pytest.raises(r.RulesError) as caught:
        r.from_json(broken(path, value))
    assert caught.value.path == place
    assert str(caught.value).startswith(f"{place}: ")


def test_from_json_refuses_missing_keys_and_other_shapes() -> None:
    data = load("eligibility_v1")["rules"]
    del data["valid_from"]
    with pytest.raises(r.RulesError, match="valid_from: is missing"):
        r.from_json(data)
    with pytest.raises(r.RulesError, match="must be an object"):
        r.from_json([])
    del (short := load("eligibility_v1")["rules"])["criteria"][2]
    with pytest.raises(r.RulesError, match="experienced is missing"):
        r.from_json(short)


def test_from_json_refuses_rules_that_cover_nobody() -> None:
    data = load("eligibility_v1")["rules"]
    for item in data["affiliations"]:
        item["on"] = False
    with pytest.raises(r.RulesError, match="at least one"):
        r.from_json(data)
    data["criteria"][0]["on"] = False
    assert r.assess(r.Answers(None, True, True, True, True), r.from_json(data), services=[]).eligible
