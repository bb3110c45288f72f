"""Pages that say that something is not possible come whatever is broken, in both languages, and stay neutral."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import RequestFactory

from contact.lint import neutral_violations
from psp import pages
from tests.browser import Browser
from tests.factories import a_coordinator, a_participant, sign_in

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own, with a database that is not there.
PROBE = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
answers = {}
pages = ("/en/", "/fr/my/", "/en/desk/", "/accounts/login/", "/admin/")
for path in (*pages, "/healthz", "/readyz", "/static/css/psp.css"):
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    if path in pages:
        client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    answer = client.get(path)
    text = b"".join(answer) if answer.streaming else answer.content
    answers[path] = [answer.status_code, text.decode(), answer.get("Content-Security-Policy", "")]
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def without_database():
    gone = "postgresql://nobody:nothing@127.0.0.1:1/none"
    environment = {**os.environ, "DATABASE_URL": gone, "KEYS_DATABASE_URL": gone, "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-W", "ignore", "-c", PROBE]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=True)
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("path", ["/en/", "/fr/my/", "/en/desk/", "/accounts/login/", "/admin/"])
def test_page_for_a_fault_comes_without_a_database(without_database, path):
    status, text, policy = without_database[path]
    assert status == 500
    assert "Something went wrong on our side" in text
    assert "default-src 'none'" in policy


def test_process_is_alive_and_says_that_it_cannot_serve_without_a_database(without_database):
    assert without_database["/healthz"][0] == 200
    assert without_database["/readyz"][0] == 503
    assert without_database["/static/css/psp.css"][0] == 200


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_page_that_is_not_there_is_neutral_and_in_both_languages(client, language):
    answer = client.get("/nothing/here/", headers={"accept-language": language})
    text = answer.content.decode()
    assert answer.status_code == 404
    assert 'lang="en"' in text
    assert 'lang="fr"' in text
    main = text[text.index("<main") : text.index("</main>")]
    assert neutral_violations(main, language) == []


@pytest.mark.django_db
def test_refused_area_is_a_page_with_403(client):
    sign_in(client, a_coordinator())
    answer = client.get("/en/reports/")
    assert answer.status_code == 403
    assert "You cannot open this page" in answer.content.decode()


def test_page_for_a_fault_comes_even_when_the_page_itself_is_broken(monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the context is broken too")

    monkeypatch.setattr(pages, "render", broken)
    answer = pages.out_of_order(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


@pytest.mark.django_db
def test_fault_in_a_view_shows_the_page_and_not_the_reason(monkeypatch):
    from psp import views

    def broken(*_args, **_kwargs):
        raise RuntimeError("secret-canary")

    monkeypatch.setattr(views, "crisis_lines", broken)
    answer = Browser(raise_request_exception=False).get("/en/safe-use/")
    assert answer.status_code == 500
    assert "secret-canary" not in answer.content.decode()


def test_every_status_that_we_answer_has_a_page_of_its_own():
    from django.template.loader import get_template

    for template in {*pages.TEMPLATES.values(), "errors/problem.html", "errors/csrf.html"}:
        assert get_template(template)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/nothing/here/", "/en/desk/"])
def test_whoever_is_inside_finds_whom_to_call_now_on_an_error_page(client, path):
    """On a page that anybody can reach there is nothing of the kind."""
    before = client.get(path, follow=True).content.decode()
    assert 'id="help-now"' not in before
    sign_in(client, a_participant("QC").user)
    answer = client.get(path)
    assert answer.status_code in (403, 404)
    assert 'id="help-now"' in answer.content.decode()


@pytest.mark.django_db
def test_team_gets_the_plain_error_page(client):
    sign_in(client, a_coordinator())
    assert 'id="help-now"' not in client.get("/en/nothing/here/").content.decode()
