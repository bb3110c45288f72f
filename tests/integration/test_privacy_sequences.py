"""Random sequences of what a person and the office may do: no state breaks rules 15 and 22, whatever came before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from consent.leaving import leave_program
from consent.models import Consent
from privacy import ledger, services, services_erasure
from privacy.choices import ErasureState, HoldKind, RequestKind
from privacy.choices_retention import BatchState, ItemState
from privacy.disposing import carry_out
from privacy.models import DisposalBatch, DisposalItem, Erasure, Hold, RightsRequest
from privacy.services_erasure import approve_erasure, prepare_erasure, stop_erasure
from privacy.services_holds import close_hold, open_hold
from privacy.services_retention import approve_batch, drop_batch, prepare_batch, propose
from psp.crypto import keyring
from psp.errors import DomainError
from psp.keys.models import DataKey
from psp.models import User
from tests.factories import a_participant, a_privacy_officer, agree
from tests.retention import OLD, a_rule

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


@contextmanager
def taken_back() -> Iterator[None]:
    """What was written is taken back, without a block of a transaction: what has to be the outermost, as carrying out
    an erasure has, may stand in it."""
    points = save_points()
    try:
        yield
    finally:
        roll_back(points)


@contextmanager
def may_be_refused() -> Iterator[None]:
    """Refused: then nothing may have changed, which the checks see."""
    points = save_points()
    try:
        yield
    except (DomainError, PermissionDenied):
        roll_back(points)


def save_points() -> dict[str, str]:
    return {using: transaction.savepoint(using=using) for using in ("default", "keys")}


def roll_back(points: dict[str, str]) -> None:
    for using, point in points.items():
        transaction.savepoint_rollback(point, using=using)


@example_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.sampled_from(STEPS), min_size=4, max_size=14))
def test_no_sequence_breaks_a_rule(book, steps):
    with taken_back():
        book.unlink(missing_ok=True)
        play = Play(a_participant(name=NAME).user, a_privacy_officer(), a_privacy_officer())
        for step in steps:
            with may_be_refused():
                step(play)
            check(play)


def test_the_way_that_everything_allows_ends_in_an_erasure(book):
    """The steps above do reach the end: without this the test before could pass by refusing everything."""
    play = Play(a_participant(name=NAME).user, a_privacy_officer(), a_privacy_officer())
    for step in (ask, hold, release, prepare, approve, finish):
        step(play)
        check(play)
    erasure = play.erasure()
    assert erasure is not None
    assert erasure.state == ErasureState.DONE


# --- Consent and disposal by retention ---


def batch(play: Play) -> DisposalBatch | None:
    return DisposalBatch.objects.order_by("-proposed_at", "-pk").first()


def find(play: Play) -> None:
    propose(a_rule(), timezone.localdate())


def prepare_disposal(play: Play) -> None:
    if found := batch(play):
        prepare_batch(batch=found, by=play.one)


def approve_own_disposal(play: Play) -> None:
    if found := batch(play):
        approve_batch(batch=found, by=play.one)


def approve_disposal(play: Play) -> None:
    if found := batch(play):
        approve_batch(batch=found, by=play.two)


def drop_disposal(play: Play) -> None:
    if found := batch(play):
        drop_batch(batch=found, by=play.two)


def dispose(play: Play) -> None:
    if found := batch(play):
        carry_out(found.pk)


DISPOSAL = (find, prepare_disposal, approve_own_disposal, approve_disposal, drop_disposal, dispose)
# One step, or some of those after which a file goes: by single steps chance would seldom come so far.
TO_THE_END = (find, prepare_disposal, approve_disposal, dispose)
WAYS = (*((step,) for step in DISPOSAL + STEPS), *(TO_THE_END[:count] for count in (2, 3, 4)), TO_THE_END[1:])


def an_old_play() -> Play:
    """A file that was made and signed years ago, and that nobody has used since."""
    with time_machine.travel(timezone.now() - OLD, tick=False):
        person = a_participant(name=NAME).user
    return Play(person, a_privacy_officer(), a_privacy_officer())


def is_there(play: Play) -> bool:
    keyring.clear()
    return DataKey.objects.filter(person=play.person.pk).exists()


def check_disposal(play: Play, step: object, before: tuple[bool, bool, bool]) -> None:
    """`before`: was the file there, was it used lately, did a hold stand, when the step was taken."""
    there, used, held = before
    if is_there(play):
        assert there, "what was destroyed came back"
        assert User.objects.get(pk=play.person.pk).name == NAME
        return
    assert not Consent.objects.filter(person=play.person).exists()
    if there:
        # Only the office's carrying out takes a file: an old one, over no hold, decided by two people.
        assert step in (dispose, finish)
        assert not held
        if step is dispose:
            assert not used
            item = DisposalItem.objects.select_related("batch").get(person=play.person.pk, state=ItemState.DISPOSED)
            assert item.batch.state in (BatchState.APPROVED, BatchState.DONE)
            assert {item.batch.prepared_by_id, item.batch.approved_by_id} == {play.one.pk, play.two.pk}


@example_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.sampled_from(WAYS), min_size=2, max_size=8))
def test_no_sequence_of_consent_requests_and_disposals_breaks_a_rule(book, ways):
    with taken_back():
        book.unlink(missing_ok=True)
        play, used = an_old_play(), False
        for step in chain.from_iterable(ways):
            before = (is_there(play), used, play.hold() is not None)
            with may_be_refused():
                step(play)
                used = used or step in (sign, leave, ask, take_back)
            check_disposal(play, step, before)


def test_old_file_that_two_people_gave_up_goes_at_last(book):
    """The steps above do reach the end."""
    play = an_old_play()
    for step in (find, prepare_disposal, hold, approve_disposal, dispose):
        step(play)
        assert is_there(play)
    for step in (release, find, prepare_disposal, approve_disposal, dispose):
        step(play)
    assert not is_there(play)
