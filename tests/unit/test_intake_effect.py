"""Recounting applications under other criteria, and what of it may be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from intake.effect import Figure, effect_of, protected
from intake.rules import Affiliation, Answers, Criterion, CriterionCode, EligibilityRules, Service

RULES = EligibilityRules(
    1, date(2026, 1, 1), tuple(Criterion(code) for code in CriterionCode), frozenset({Affiliation.VETERAN})
)
FAMILY = replace(RULES, version=2, affiliations=RULES.affiliations | {Affiliation.FAMILY_MEMBER})
YES = Answers("veteran", True, True, True, True)


def with_criterion(code: CriterionCode, **changes: object) -> EligibilityRules:
    criteria = tuple(replace(item, **changes) if item.code == code else item for item in RULES.criteria)
    return replace(RULES, version=2, criteria=criteria)


def test_applications_that_are_alike_count_together():
    family = replace(YES, affiliation="family_member")
    found = effect_of(FAMILY, [(family, ["formal"], RULES, 40), (YES, ["formal"], RULES, 2)])
    assert (found.looked_at, found.would_be_eligible, found.opened[CriterionCode.AFFILIATION]) == (42, 40, 40)


def test_nothing_changes_under_the_same_rules():
    found = effect_of(RULES, [(YES, ["formal"], RULES, 1), (replace(YES, adult=False), ["formal"], RULES, 1)])
    assert (found.looked_at, found.would_be_eligible, found.would_not_be_eligible) == (2, 0, 0)
    assert not found.opened + found.closed + found.unasked


def test_criterion_that_opens_counts_also_where_another_still_stops():
    family = replace(YES, affiliation="family_member")
    found = effect_of(
        FAMILY, [(family, ["formal"], RULES, 1), (replace(family, has_device=False), ["formal"], RULES, 1)]
    )
    assert found.opened == {CriterionCode.AFFILIATION: 2}
    assert found.would_be_eligible == 1


def test_stricter_rules_count_who_would_be_stopped():
    found = effect_of(replace(RULES, affiliations=frozenset({Affiliation.CADET})), [(YES, ["formal"], RULES, 1)])
    assert (found.closed, found.would_not_be_eligible) == ({CriterionCode.AFFILIATION: 1}, 1)


def test_question_that_was_never_asked_is_counted_apart():
    lenient = with_criterion(CriterionCode.DEVICE, on=False)
    found = effect_of(RULES, [(replace(YES, has_device=None), ["formal"], lenient, 1)])
    assert found.unasked == {CriterionCode.DEVICE: 1}
    assert (found.would_be_eligible, found.would_not_be_eligible) == (0, 0)


def test_criterion_for_some_services_counts_by_what_was_asked_for():
    groups = with_criterion(CriterionCode.MEETING, services=frozenset({Service.FORMAL, Service.INFORMAL}))
    no = replace(YES, agrees_to_meeting=False)
    found = effect_of(groups, [(no, ["activity"], RULES, 1), (no, ["activity", "formal"], RULES, 1)])
    assert (found.opened, found.would_be_eligible) == ({CriterionCode.MEETING: 1}, 1)


def test_figures_are_exact_where_none_is_small():
    assert protected({"a": 12, "b": 0}, 10) == {"a": Figure(12), "b": Figure(0)}


@given(st.dictionaries(st.integers(), st.integers(0, 200), min_size=1), st.integers(5, 20))
def test_small_count_is_never_shown_nor_a_difference_that_tells_it(counts, threshold):
    shown = protected(counts, threshold)
    small = {key for key, count in counts.items() if 0 < count < threshold}
    assert {key for key, figure in shown.items() if figure.count is None} == small
    if small:
        assert all(figure.count % threshold == 0 for figure in shown.values() if figure.count is not None)
