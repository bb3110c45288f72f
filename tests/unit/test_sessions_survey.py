"""Short forms as data, slips and boxes of feedback, and which boxes are emptied together. No database."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp import feedback_rules as rules
from psp import survey
from psp.content import load
from psp.feedback_rules import Batch, Box, Content, Limits, Slip
from psp.survey import OPEN, Fault, FormFault

RAW = load("questionnaires")["forms"][0]["questions"]
FORM = survey.form_of(RAW)
DAY = date(2026, 10, 1)
LIMITS = Limits(threshold=10, merge_days=60, drop_days=365)


class TestForms:
    @pytest.mark.parametrize("item", load("questionnaires")["forms"], ids=lambda item: item["use"])
    def test_first_forms_are_forms(self, item):
        form = survey.form_of(item["questions"])
        assert len(form) == 5
        assert all(question.text("fr") != question.text("en") for question in form)

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"kind": "text"}, Fault.KIND), ({"text_fr": " "}, Fault.EMPTY), ({"code": "a-b"}, Fault.CODE),
            ({"code": OPEN}, Fault.CODE), ({"more": 1}, Fault.KEYS), ({"options": []}, Fault.OPTIONS),
            ({"options": [{"code": "1"}] * 2}, Fault.KEYS), ({"kind": "yes_no"}, Fault.OPTIONS),
            ({"options": [RAW[0]["options"][0]] * 2}, Fault.CODE_TWICE), ({"code": "again"}, Fault.CODE_TWICE),
        ],
    )  # fmt: skip
    def test_what_is_no_form_says_why(self, change, fault):
        with pytest.raises(FormFault) as refused:
            survey.form_of([{**RAW[0], **change}, *RAW[1:]])
        assert refused.value.fault == fault

    @pytest.mark.parametrize("raw", [None, [], {}, "text", RAW * 5])
    def test_no_list_or_too_long_a_list_is_no_form(self, raw):
        with pytest.raises(FormFault):
            survey.form_of(raw)

    def test_sheet_holds_what_is_on_offer_and_nothing_else(self):
        assert survey.sheet_of(FORM, {"safe": "2", "length": "", "name": "Camille"}) == {"safe": "2"}
        with pytest.raises(ValueError, match="safe"):
            survey.sheet_of(FORM, {"safe": "Camille was there"})

    @given(st.lists(st.fixed_dictionaries({}, optional={one.code: st.sampled_from(one.codes) for one in FORM})))
    def test_every_question_speaks_of_all_sheets(self, sheets):
        for fewest in (1, 5):
            counts = survey.count_up(FORM, sheets, fewest=fewest)
            assert {sum(answers.values()) for answers in counts.values()} == {len(sheets)}
            answered = {len(sheets) - answers[OPEN] for answers in counts.values()}
            assert not answered & set(range(1, fewest))


class TestSlips:
    @given(st.binary(min_size=3, max_size=3), st.binary(min_size=12, max_size=12), st.randoms())
    def test_slip_survives_every_way_of_writing_it_down(self, ref, nonce, chance):
        slip = Slip(ref.hex(), nonce)
        typed = str(slip).lower() if chance.random() < 0.5 else str(slip).replace("-", " ")
        assert (
            rules.slip_of(f" {typed.replace('0', chance.choice('0oO')).replace('1', chance.choice('1iIlL'))}") == slip
        )

    @pytest.mark.parametrize("typed", ["", "A", "Ü" * 24, "U" * 24, "0" * 23, "0" * 25, "\x00" * 24])
    def test_what_cannot_be_a_slip_is_none(self, typed):
        assert rules.slip_of(typed) is None

    def test_digests_of_two_boxes_and_of_two_heaps_cannot_be_compared(self):
        found = {rules.digest(key, what, b"person") for key in (b"a", b"b") for what in ("handed", "slip")}
        assert len(found) == 4


def a_box(sheets, slips=(), people=()):
    """A box in which these people took these slips and said that, in this order."""
    content = Content()
    for person, slip in zip(people, slips, strict=True):
        handed = rules.hand_out(content, mark=person, trace=slip)
        assert handed is not None
        content = handed
    for slip, sheet in zip(slips, sheets, strict=True):
        content = rules.take_in(content, trace=slip, sheet=sheet)
    return content


class TestBox:
    SHEETS = ({"safe": "1", "again": "no"}, {"safe": "5"}, {"length": "long", "safe": "3"}, {"safe": "5"})

    def test_slip_is_handed_out_once_and_again_only_with_the_same_number(self):
        first = rules.hand_out(Content(), mark="m", trace="a")
        assert first == rules.hand_out(first, mark="m", trace="a")
        assert rules.hand_out(first, mark="m", trace="b") is None
        used = rules.take_in(first, trace="a", sheet={"safe": "1"})
        assert rules.hand_out(used, mark="m", trace="a") == used
        with pytest.raises(KeyError):
            rules.take_in(used, trace="a", sheet={})

    @given(st.permutations(range(4)), st.permutations(range(4)))
    def test_worlds_in_which_people_swap_their_answers_leave_the_same_box(self, answers, order):
        """Whoever said what, and in whatever order they came: the sealed text is the same, letter by letter."""
        people, slips = ["p0", "p1", "p2", "p3"], ["s0", "s1", "s2", "s3"]
        plain = a_box(self.SHEETS, slips, people)
        other = a_box(
            [self.SHEETS[one] for one in answers], [slips[one] for one in order], [people[one] for one in order]
        )
        assert rules.to_text(other) == rules.to_text(plain)

    def test_box_has_one_length_whatever_is_in_it(self):
        many = [f"{number:024x}" for number in range(90)]
        full = a_box([{one.code: one.codes[0] for one in FORM}] * 90, many, many)
        assert len(rules.to_text(full)) == len(rules.to_text(Content())) == rules.LENGTH

    def test_box_is_read_back_and_loses_its_slips(self):
        box = a_box(self.SHEETS, list("abcd"), list("wxyz"))
        again = rules.from_text(rules.to_text(box))
        assert (again.handed, again.used, len(again.sheets)) == (box.handed, box.used, 4)
        assert "handed" not in rules.to_text(rules.without_slips(box))
        assert rules.without_slips(box) == Content(sheets=box.sheets)


def box(name, sheets, kind="formal", day=DAY, closed=DAY, form=1):
    return Box(name, form, kind, day, closed, sheets)


class TestPlan:
    def test_small_groups_are_put_together_until_there_are_enough(self):
        boxes = [box("a", 4), box("b", 5)]
        assert rules.plan(boxes, DAY, LIMITS).batches == ()
        assert rules.plan([*boxes, box("c", 1)], DAY, LIMITS).batches == (
            Batch(1, "formal", "2026-Q4", ("a", "b", "c")),
        )

    def test_kinds_quarters_and_forms_stay_apart_at_first(self):
        boxes = [box("a", 6), box("b", 6, kind="informal"), box("c", 6, day=DAY - timedelta(1)), box("d", 6, form=2)]
        assert rules.plan(boxes, DAY, LIMITS) == rules.Plan((), ())

    def test_what_waited_goes_into_a_coarser_batch(self):
        apart = [box("a", 6), box("c", 6, day=DAY - timedelta(1))]
        later = DAY + timedelta(60)
        assert rules.plan(apart, later, LIMITS).batches == (Batch(1, "formal", "2026-27", ("a", "c")),)
        kinds = [box("a", 6), box("b", 6, kind="informal")]
        assert rules.plan(kinds, later, LIMITS).batches == ()
        assert rules.plan(kinds, DAY + timedelta(120), LIMITS).batches == (Batch(1, "", "2026-27", ("a", "b")),)

    def test_year_that_is_over_waits_for_nothing(self):
        march, april = date(2027, 3, 31), date(2027, 4, 1)
        last = [box("a", 6, day=march, closed=march), box("b", 6, kind="informal", day=march, closed=march)]
        assert rules.plan(last, march, LIMITS).batches == ()
        assert rules.plan(last, april, LIMITS).batches == (Batch(1, "", "2026-27", ("a", "b")),)

    def test_what_waited_too_long_and_what_is_empty_is_thrown_away(self):
        assert rules.plan([box("a", 9), box("b", 0)], DAY, LIMITS).dropped == ("b",)
        assert rules.plan([box("a", 9)], DAY + timedelta(365), LIMITS).dropped == ("a",)

    @pytest.mark.parametrize("threshold", [0, 1, 4, 5])
    def test_threshold_is_never_below_five(self, threshold):
        limits = Limits(threshold, 60, 365)
        assert rules.plan([box("a", 4)], DAY + timedelta(364), limits).batches == ()
        assert len(rules.plan([box("a", 5)], DAY, limits).batches) == 1

    @given(st.integers(0, 10**6), st.integers(0, 500))
    def test_every_batch_is_of_enough_and_no_box_is_lost_or_counted_twice(self, seed, after):
        chance = random.Random(seed)
        boxes = [
            box(str(number), chance.randrange(12), chance.choice(["formal", "informal", "activity"]),
                DAY + timedelta(chance.randrange(120)), form=chance.randrange(1, 3))
            for number in range(chance.randrange(25))
        ]  # fmt: skip
        made = rules.plan(boxes, DAY + timedelta(after), LIMITS)
        sizes = {one.id: one.sheets for one in boxes}
        assert all(sum(sizes[one] for one in batch.boxes) >= 10 for batch in made.batches)
        gone = [one for batch in made.batches for one in batch.boxes] + list(made.dropped)
        assert len(gone) == len(set(gone)) <= len(boxes)
