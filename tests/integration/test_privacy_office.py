"""The front page of the privacy officer's area: today's work."""

from __future__ import annotations

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db
URL = "/en/privacy/"


@pytest.fixture
def officer(client):
    make.sign_in(client, make.a_privacy_officer())
    return client


def test_office_says_so_when_nothing_waits(officer):
    page = officer.get(URL).content.decode()
    assert "Nothing waits for you" in page
    assert "card-plain" not in page


def test_office_counts_open_requests_with_their_nearest_last_day(officer):
    person = make.a_participant(name="Zéphyrine Canari")
    make.a_correction(person)
    page = officer.get(URL).content.decode()
    assert "Requests to answer" in page
    assert "The nearest last day is" in page
    assert "Nothing waits" not in page
    assert "Canari" not in page
