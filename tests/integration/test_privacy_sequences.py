"""Random sequences of what a person and the office may do: no state breaks rules 15 and 22, whatever came before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from consent.leaving import leave_program
from consent.models import Consent
from privacy import ledger, services, services_erasure
from privacy.choices import ErasureState, HoldKind, RequestKind
from privacy.models import Erasure, Hold, RightsRequest
from privacy.services_erasure import approve_erasure, prepare_erasure, stop_erasure
from privacy.services_holds import close_hold, open_hold
from psp.crypto import keyring
from psp.errors import DomainError
from psp.keys.models import DataKey
from psp.models import User
from tests.factories import a_participant, a_privacy_officer, agree

pytestmark = pytest.mark.django_db
NAME = "Canari-Suite"


@dataclass
class Play:
    """One person, two officers, and what they may try."""

    person: User
    one: User
    two: User

    def request(self) -> RightsRequest | None:
        return RightsRequest.objects.filter(person=self.person, kind=RequestKind.ERASURE).order_by("-asked_at").first()

    def erasure(self) -> Erasure | None:
        return Erasure.objects.filter(person=self.person.pk).order_by("-prepared_at").first()

    def hold(self) -> Hold | None:
        return Hold.objects.standing().about(self.person).first()


def sign(play: Play) -> None:
    if User.objects.get(pk=play.person.pk).is_active:
        agree(play.person, "contact_email")


def leave(play: Play) -> None:
    leave_program(person=play.person, by=play.person)


def ask(play: Play) -> None:
    if User.objects.get(pk=play.person.pk).is_active:
        services.ask_erasure(person=play.person, disposal_text="I agree.", language="en", by=play.person)


def take_back(play: Play) -> None:
    if request := play.request():
        services.take_back_request(request=request, by=play.person)


def hold(play: Play) -> None:
    open_hold(person=play.person, kind=HoldKind.ACCESS, by=play.one)


def release(play: Play) -> None:
    if standing := play.hold():
        close_hold(hold=standing, by=play.two)


def prepare(play: Play) -> None:
    if request := play.request():
        prepare_erasure(request=request, by=play.one)


def approve_own(play: Play) -> None:
    if erasure := play.erasure():
        approve_erasure(erasure=erasure, by=play.one)


def approve(play: Play) -> None:
    if erasure := play.erasure():
        approve_erasure(erasure=erasure, by=play.two)


def stop(play: Play) -> None:
    if erasure := play.erasure():
        stop_erasure(erasure=erasure, by=play.two)


def finish(play: Play) -> None:
    if erasure := play.erasure():
        services_erasure._carry_out(erasure.pk)


STEPS = (sign, leave, ask, take_back, hold, release, prepare, approve_own, approve, stop, finish)


def check(play: Play) -> None:
    keyring.clear()
    erasure, account = play.erasure(), User.objects.get(pk=play.person.pk)
    has_key = DataKey.objects.filter(person=play.person.pk).exists()
    if erasure is None or erasure.state in {ErasureState.PREPARED, ErasureState.STOPPED}:
        assert (account.name, account.is_active, has_key) == (NAME, True, True)
        assert ledger.lines() == []
        return
    # Approved or done: by two people, with the person's own words, and never over a hold that stood.
    assert {erasure.prepared_by_id, erasure.approved_by_id} == {play.one.pk, play.two.pk}
    assert erasure.disposal_text == "I agree."
    assert not account.is_active
    assert not Consent.objects.standing().filter(person=account).exists()
    assert play.hold() is None
    if erasure.state == ErasureState.DONE:
        assert (account.name, has_key) == ("", False)
        assert not Consent.objects.filter(person=account).exists()
        assert play.request() is None
        assert len(ledger.lines()) == 1


@pytest.fixture
def book(settings, tmp_path) -> Path:
    settings.PSP_ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    return settings.PSP_ERASURE_LEDGER


@example_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), min_size=4, max_size=14))
def test_no_sequence_breaks_a_rule(book, steps):
    with transaction.atomic(), transaction.atomic(using="keys"):
        book.unlink(missing_ok=True)
        play = Play(a_participant(name=NAME).user, a_privacy_officer(), a_privacy_officer())
        for step in steps:
            try:
                with transaction.atomic():
                    step(play)
            except (DomainError, PermissionDenied):
                pass  # refused: then nothing may have changed, which the checks see
            check(play)
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")


def test_the_way_that_everything_allows_ends_in_an_erasure(book):
    """The steps above do reach the end: without this the test before could pass by refusing everything."""
    play = Play(a_participant(name=NAME).user, a_privacy_officer(), a_privacy_officer())
    for step in (ask, hold, release, prepare, approve, finish):
        step(play)
        check(play)
    erasure = play.erasure()
    assert erasure is not None
    assert erasure.state == ErasureState.DONE
