"""How often pages of figures ask the database for names: as often for many questions or regions as for one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from psp.models import ProgramRegion
from reporting.answers.forms import Source, forms_read_once, published
from tests import factories as make
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
FORMS = ("peer_sessions_questionnaire", "supporters_evaluationform")


def asked_for(work, *names: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return sum(any(f'FROM "{name}"' in one["sql"] for name in names or FORMS) for one in asked.captured_queries)


@pytest.mark.parametrize("path", ["topics/answers/", "definitions/"])
def test_page_of_many_questions_asks_once_for_each_kind_of_form(client, path):
    make.sign_in(client, make.an_analyst())
    a_region_with(3, "QC", sessions=1, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
    assert asked_for(lambda: client.get(f"/en/reports/{path}")) == len(Source)


def test_page_by_region_asks_no_more_for_many_regions_than_for_few(client):
    make.sign_in(client, make.an_analyst())
    for month in (5, 6):
        a_region_with(41, "QC", sessions=1, at=datetime(2026, month, 5, 23, tzinfo=UTC))

    def look(period: str) -> int:
        def open_page() -> None:
            assert client.get(f"/en/reports/topics/people/?period={period}&by=region").status_code == 200

        open_page()  # counted and frozen once
        return asked_for(open_page, "psp_programregion")

    few = look("2026-05")
    for number in range(12):
        ProgramRegion.objects.create(code=f"X{number}", name_en=f"North {number}", name_fr=f"Nord {number}")
    assert look("2026-06") == few


def test_forms_are_asked_for_again_once_the_page_is_made():
    def twice() -> None:
        published(Source.FEEDBACK)
        published(Source.FEEDBACK)

    assert asked_for(twice) == 2
    with forms_read_once():
        assert asked_for(twice) == 1
    assert asked_for(twice) == 2
