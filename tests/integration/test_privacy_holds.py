"""A hold keeps everything of a person from being destroyed; the database is the last judge."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from privacy.choices import ErasureState, HoldKind
from privacy.models import Erasure, Hold
from privacy.services_holds import close_hold, open_hold
from psp.audit.models import Entry
from psp.errors import Conflict, Forbidden, constraint_name
from tests.factories import a_coordinator, a_participant, a_privacy_officer

pytestmark = pytest.mark.django_db


def an_erasure(person, **fields) -> Erasure:
    values = {"cause": "request", "disposal_text": "I agree.", "prepared_by": a_privacy_officer()} | fields
    return Erasure.objects.create(person=person.pk, **values)


def approve(erasure, by=None) -> None:
    erasure.state, erasure.approved_by, erasure.approved_at = "approved", by or a_privacy_officer(), timezone.now()
    erasure.save()


def refused_by(call) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        call()
    return constraint_name(caught.value)


def test_hold_is_opened_once_for_a_matter_and_closed_once():
    person, officer, matter = a_participant().user, a_privacy_officer(), uuid4()
    first = open_hold(person=person, kind=HoldKind.ACCESS, by=officer, matter=matter)
    assert open_hold(person=person, kind=HoldKind.ACCESS, by=officer, matter=matter) == first
    assert open_hold(person=person, kind=HoldKind.ACCESS, by=officer, matter=uuid4()) != first
    assert Hold.objects.standing().about(person).count() == 2
    closed = close_hold(hold=first, by=officer)
    assert close_hold(hold=first, by=officer).closed_at == closed.closed_at
    assert Hold.objects.standing().about(person).count() == 1
    assert Entry.objects.filter(person=person.pk, model="privacy.hold").count() == 3


def test_hold_is_opened_by_the_officer_or_by_the_persons_own_request_for_access():
    person, other = a_participant().user, a_participant().user
    for by, kind in ((other, "access"), (a_coordinator(), "access"), (person, "complaint")):
        with pytest.raises(Forbidden):
            open_hold(person=person, kind=kind, by=by)
    own = open_hold(person=person, kind=HoldKind.ACCESS, by=person)
    with pytest.raises(Forbidden):
        close_hold(hold=own, by=other)
    assert close_hold(hold=own, by=person).closed_at is not None


def test_hold_comes_too_late_once_two_people_have_approved():
    person = a_participant().user
    approve(an_erasure(person))
    with pytest.raises(Conflict, match="erasure_begun"):
        open_hold(person=person, kind=HoldKind.ACCESS, by=a_privacy_officer())
    hold = Hold(person=person, kind="access", opened_by=a_privacy_officer())
    assert refused_by(lambda: hold.save(force_insert=True)) == "hold_before_erasure"


def test_nothing_is_approved_while_a_hold_stands():
    person, officer = a_participant().user, a_privacy_officer()
    hold = open_hold(person=person, kind=HoldKind.ACCESS, by=officer)
    erasure = an_erasure(person)
    assert refused_by(lambda: approve(erasure)) == "erasure_held"
    close_hold(hold=hold, by=officer)
    approve(erasure)
    assert Erasure.objects.get().state == ErasureState.APPROVED


def test_property_31_the_database_wants_two_people_and_none_of_them_the_person():
    person, officer = a_participant().user, a_privacy_officer()
    erasure = an_erasure(person, prepared_by=officer)
    assert refused_by(lambda: approve(erasure, officer)) == "erasure_two_people"
    assert refused_by(lambda: approve(erasure, person)) == "erasure_not_own"
    assert refused_by(lambda: Erasure.objects.filter(pk=erasure.pk).update(state="approved")) == (
        "erasure_approved_by_somebody"
    )
    other = a_participant().user
    assert refused_by(lambda: an_erasure(other, prepared_by=other)) == "erasure_not_own"


def test_property_31_nothing_goes_before_the_two_years_without_the_persons_agreement():
    person = a_participant().user
    assert refused_by(lambda: an_erasure(person, disposal_text="")) == "erasure_agreed_or_due"
    early = an_erasure(person, cause="retention", disposal_text="", kept_until=timezone.now() + timedelta(days=1))
    assert refused_by(lambda: approve(early)) == "erasure_after_the_floor"
    due = an_erasure(a_participant().user, cause="retention", disposal_text="", kept_until=timezone.now())
    approve(due)


def test_what_was_decided_stays_recorded():
    person = a_participant().user
    erasure = an_erasure(person)
    assert refused_by(lambda: an_erasure(person)) == "erasure_one_standing"
    approve(erasure)
    rows = Erasure.objects.filter(pk=erasure.pk)
    for change in ({"state": "prepared"}, {"state": "stopped", "ended_at": timezone.now()}, {"person": uuid4()}):
        assert refused_by(lambda change=change: rows.update(**change)) == "erasure_stays"
    assert refused_by(rows.delete) == "erasure_stays"
    rows.update(state="done", ended_at=timezone.now())
    assert refused_by(lambda: rows.update(counts={"psp.user": 1})) == "erasure_stays"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"kind": "whim"}, "hold_kind_known"),
        ({"closed_at": timezone.now()}, "hold_closed_by_somebody"),
    ],
)
def test_database_refuses_a_hold_that_says_too_little(fields, name):
    values = {"person": a_participant().user, "kind": "access", "opened_by": a_privacy_officer()} | fields
    assert refused_by(lambda: Hold.objects.create(**values)) == name


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"cause": "whim"}, "erasure_cause_known"),
        ({"state": "whim"}, "erasure_state_known"),
        ({"ended_at": timezone.now()}, "erasure_ended_has_its_time"),
    ],
)
def test_database_refuses_an_erasure_that_says_too_little(fields, name):
    found = refused_by(lambda: an_erasure(a_participant().user, **fields))
    assert found in {name, "erasure_ended_has_its_time"} | (
        {"erasure_approved_by_somebody"} if "state" in fields else set()
    )
