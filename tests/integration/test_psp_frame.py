"""What every page has in common is drawn once, and what an account may do is asked at every request."""

from __future__ import annotations

import pytest
from django.db import connection
from django.template import RequestContext, Template
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from psp.choices import Role
from psp.models import RoleAssignment
from psp.templatetags.components import _drawn
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return factories.a_coordinator()


def test_taken_role_is_gone_at_the_next_request_of_the_same_session(client, coordinator):
    """Also where nobody ended the session: the row alone decides."""
    factories.sign_in(client, coordinator)
    assert client.get("/en/desk/applications/").status_code == 200
    RoleAssignment.objects.filter(user=coordinator)._raw_delete("default")
    assert client.get("/en/desk/applications/").status_code == 403


def test_given_role_and_its_places_are_there_at_the_next_request(client, coordinator):
    factories.sign_in(client, coordinator)
    assert 'href="/en/reports/"' not in client.get("/en/desk/").content.decode()
    RoleAssignment.objects.bulk_create([RoleAssignment(user=coordinator, role=Role.ANALYST)])
    assert 'href="/en/reports/"' in client.get("/en/desk/").content.decode()


def test_closed_account_is_signed_out_at_the_next_request(client, coordinator):
    factories.sign_in(client, coordinator)
    type(coordinator).objects.filter(pk=coordinator.pk).update(is_active=False)
    assert client.get("/en/desk/").status_code == 302


def test_account_and_its_roles_are_one_question_and_the_session_another(client, coordinator):
    factories.sign_in(client, coordinator)
    client.get("/en/desk/search/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/en/desk/search/").status_code == 200
    assert [query["sql"] for query in asked if "psp_roleassignment" in query["sql"]] == [
        query["sql"] for query in asked if "psp_user" in query["sql"]
    ]
    assert len([query for query in asked if query["sql"].lstrip().startswith("SELECT")]) == 2


def test_two_people_share_no_place_that_only_one_may_enter(client, coordinator):
    """The rail is kept between requests, under what it shows."""
    both = factories.a_coordinator()
    RoleAssignment.objects.create(user=both, role=Role.ANALYST)
    for user, seen in ((both, True), (coordinator, False), (both, True)):
        factories.sign_in(client, user)
        assert ('href="/en/reports/"' in client.get("/en/desk/").content.decode()) is seen


def test_drawn_component_gets_nothing_of_the_page_but_its_values(rf):
    request = rf.get("/en/")
    request.user = factories.a_coordinator()
    page = RequestContext(request, {"places": (), "word": "of the page"})
    with translation.override("en"):
        text = Template('{% drawn "components/places_row.html" bar=True %}').render(page)
        link = Template('{% drawn "components/language_link.html" %}').render(page)
    assert (text.strip(), link.strip()) == ("", "")
    kept = _drawn.cache_info()
    with translation.override("en"):
        Template('{% drawn "components/places_row.html" bar=True %}').render(page)
    assert _drawn.cache_info().hits == kept.hits + 1


def test_drawn_component_is_another_one_in_another_language(rf):
    texts = []
    for language in ("en", "fr", "en"):
        with translation.override(language):
            texts.append(Template('{% drawn "components/footer_links.html" %}').render(RequestContext(rf.get("/"))))
    assert texts[0] == texts[2]
    assert "/en/safe-use/" in texts[0]
    assert "/fr/safe-use/" in texts[1]
