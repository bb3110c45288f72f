"""Any order of consent, withdrawal, request, hold, disposal and time: no state breaks rules 15 to 23. A model of rules.

Next to the pure rules stands a second, plainer account of the law; the two must agree in every state.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from privacy.retention_rules import FLOOR_MONTHS, Standing, Terms, after, may_go, standing_of
from privacy.rules import DAYS_TO_ANSWER, due_on, urgency

PURPOSES = ("taking_part", "contact_email", "evaluation")


class LifeOfAFile(RuleBasedStateMachine):
    """One file from its first day on."""

    @initialize(
        day=st.dates(date(2024, 1, 1), date(2028, 12, 31)), ceiling=st.integers(24, 60), more=st.integers(0, 12)
    )
    def begin(self, day: date, ceiling: int, more: int) -> None:
        months = min(FLOOR_MONTHS + more, ceiling)
        self.terms = Terms(months, ceiling)
        self.today = self.last_use = day
        self.version = 1
        self.signed: dict[str, int] = {}
        self.signatures: list[tuple[str, int]] = []
        self.holds = 0
        self.asked: date | None = None
        self.agreed_to_early = False
        self.prepared: str | None = None
        self.gone: date | None = None
        self.early = False

    def used(self) -> None:
        self.last_use = self.today

    def standing(self) -> Standing:
        return standing_of(self.terms, last_use=self.last_use, held=self.holds > 0, today=self.today)

    def in_force(self, purpose: str) -> bool:
        """Rule 23: an older signature holds for its own text alone."""
        return self.signed.get(purpose) == self.version

    # --- What happens ---

    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @precondition(lambda self: self.gone is None)
    @rule(purpose=st.sampled_from(PURPOSES))
    def signs(self, purpose: str) -> None:
        self.signed[purpose] = self.version
        self.signatures.append((purpose, self.version))
        self.used()

    @precondition(lambda self: self.gone is None)
    @rule(purpose=st.sampled_from(PURPOSES))
    def withdraws(self, purpose: str) -> None:
        if self.signed.pop(purpose, None):
            self.used()

    @rule()
    def text_changes(self) -> None:
        self.version += 1

    @precondition(lambda self: self.gone is None)
    @rule()
    def team_writes(self) -> None:
        """Rule 22: sending asks for consent at the moment of sending."""
        if self.in_force("contact_email"):
            self.used()

    @precondition(lambda self: self.gone is None and self.asked is None)
    @rule(agrees=st.booleans())
    def asks(self, agrees: bool) -> None:
        self.asked, self.agreed_to_early = self.today, agrees
        self.used()

    @precondition(lambda self: self.asked is not None and self.gone is None)
    @rule()
    def is_answered(self) -> None:
        self.asked, self.agreed_to_early = None, False
        self.used()

    @precondition(lambda self: self.gone is None)
    @rule()
    def hold_opens(self) -> None:
        self.holds += 1

    @precondition(lambda self: self.holds > 0)
    @rule()
    def hold_closes(self) -> None:
        self.holds -= 1

    @precondition(lambda self: self.gone is None)
    @rule(who=st.sampled_from(["first", "second"]))
    def prepares(self, who: str) -> None:
        if may_go(self.standing()):
            self.prepared = who

    @precondition(lambda self: self.prepared is not None and self.gone is None)
    @rule(who=st.sampled_from(["first", "second"]))
    def approves(self, who: str) -> None:
        """Everything is asked again at the moment of going."""
        if who != self.prepared and may_go(self.standing()):
            self.gone, self.signed = self.today, {}

    @precondition(lambda self: self.gone is None and self.agreed_to_early)
    @rule()
    def goes_early(self) -> None:
        """On request: rule 15's consent to earlier disposal, and still no hold."""
        if not self.holds:
            self.gone, self.early, self.signed = self.today, True, {}

    # --- What is always true ---

    @invariant()
    def nothing_goes_before_two_years_without_agreement(self) -> None:
        if self.gone and not self.early:
            assert (self.gone.year, self.gone.month, self.gone.day) >= (
                self.last_use.year + 2, self.last_use.month, min(self.last_use.day, 28)
            )  # fmt: skip
            assert self.gone >= after(self.last_use, self.terms.months)

    @invariant()
    def nothing_goes_under_a_hold(self) -> None:
        assert not (self.holds and self.gone is None and may_go(self.standing()))

    @invariant()
    def what_is_past_its_ceiling_is_late_and_never_not_yet(self) -> None:
        if self.gone is None and not self.holds and self.today >= after(self.last_use, self.terms.ceiling):
            assert self.standing() == Standing.LATE

    @invariant()
    def days_to_answer_are_counted_from_the_request(self) -> None:
        if self.asked:
            late = (self.today - self.asked).days > DAYS_TO_ANSWER
            assert (urgency(due_on(self.asked), self.today) == "late") == late

    @invariant()
    def no_consent_is_in_force_that_was_not_signed_as_it_reads_now(self) -> None:
        for purpose in PURPOSES:
            assert not self.in_force(purpose) or (purpose, self.version) in self.signatures

    @invariant()
    def nobody_who_is_gone_is_asked_or_written_to(self) -> None:
        assert not (self.gone and any(self.in_force(purpose) for purpose in PURPOSES))


TestLifeOfAFile = LifeOfAFile.TestCase
TestLifeOfAFile.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
