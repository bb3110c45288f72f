"""How those who lead are, for analysts: protected counts by month, and nothing about anybody."""

from __future__ import annotations

from datetime import date

import pytest

from psp.choices import Role
from reporting.wellbeing import months
from supporters.models import WellbeingMonth
from tests import factories as make
from tests.wellbeing import a_check_in

pytestmark = pytest.mark.django_db


def a_month(month: int, good: int | None, mixed: int | None, hard: int | None) -> None:
    WellbeingMonth.objects.create(month=date(2026, month, 1), good=good, mixed=mixed, hard=hard)


def test_a_small_count_is_hidden_together_with_what_would_give_it_away():
    a_month(9, 20, 15, 3)
    (table,) = [one.table for one in months()]
    assert table is not None
    assert table.audited
    assert table.value(colour="hard") is None
    assert table.suppressed >= 2, "one hidden cell beside its total would be worked out"


def test_months_are_tables_of_their_own_and_the_newest_comes_first():
    a_month(8, 20, 15, 12)
    a_month(9, None, None, None)
    found = months()
    assert [one.first.month for one in found] == [9, 8]
    assert found[0].table is None
    assert found[1].table is not None
    assert found[1].table.dimensions == ("colour",)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("September 2026", "Going well", "Too few people")), ("fr", ("septembre 2026", "Ça va bien", "Trop peu"))],
)
def test_the_page_shows_published_figures_alone_in_both_languages(client, language, words):
    a_month(8, 61, 52, 3)
    a_month(9, None, None, None)
    a_check_in(make.a_facilitator(name="Canari Nom"), word="Canari mot")
    make.sign_in(client, make.an_analyst())
    page = client.get(f"/{language}/reports/by-month/").content.decode()
    for word in words:
        assert word in page
    assert "Canari" not in page
    assert ">3<" not in page


@pytest.mark.parametrize(
    "who", [make.a_coordinator, make.a_facilitator, make.a_privacy_officer,
            lambda: make.with_role(make.a_user(), Role.SUPERVISOR)],
)  # fmt: skip
def test_only_analysts_open_it(client, who):
    make.sign_in(client, who())
    assert client.get("/en/reports/by-month/").status_code == 403
