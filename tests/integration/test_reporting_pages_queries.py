"""How often pages of figures ask the database for forms: as often for many questions as for one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.answers.forms import Source, forms_read_once, published
from tests import factories as make
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
FORMS = ("peer_sessions_questionnaire", "supporters_evaluationform")


def asked_for_forms(work) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return sum(any(f'FROM "{name}"' in one["sql"] for name in FORMS) for one in asked.captured_queries)


@pytest.mark.parametrize("path", ["topics/answers/", "definitions/"])
def test_page_of_many_questions_asks_once_for_each_kind_of_form(client, path):
    make.sign_in(client, make.an_analyst())
    a_region_with(3, "QC", sessions=1, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
    assert asked_for_forms(lambda: client.get(f"/en/reports/{path}")) == len(Source)


def test_forms_are_asked_for_again_once_the_page_is_made():
    def twice() -> None:
        published(Source.FEEDBACK)
        published(Source.FEEDBACK)

    assert asked_for_forms(twice) == 2
    with forms_read_once():
        assert asked_for_forms(twice) == 1
    assert asked_for_forms(twice) == 2
