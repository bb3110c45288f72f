"""What every answer tells the browser: properties 15, 16 and 30 of `security.md`, each by its name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.test import Client, RequestFactory

from psp import pages
from tests import matrix
from tests.browser import FORM, Browser
from tests.factories import sign_in
from tests.integration.test_security_matrix import address, browser_with, cookies_of, ruled
from tests.matrix import ROLES, a_world

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
MULTIPART = "multipart/form-data; boundary=x"
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'


def faults_of(answer) -> list[str]:
    """What is missing from the headers of an answer."""
    policy = answer.get("Content-Security-Policy", "")
    wanted = {
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    found = [name for name, value in wanted.items() if answer.get(name) != value]
    found += ["policy"] if "default-src 'none'" not in policy or "unsafe" in policy else []
    found += ["hosts"] if re.search(r"(script|style|connect|font)-src(?! 'self'(;|$))", policy) else []
    return found


class TestProperty15:
    """CSP without unsafe-inline and unsafe-eval on every address, the admin included."""

    @pytest.mark.parametrize("role", ROLES)
    def test_property_15_every_page_of_every_role_has_the_policy_and_keeps_to_it(self, role):
        world = a_world()
        cookies, wrong = cookies_of(world, role), {}
        for name, rule in ruled():
            answer = browser_with(cookies).get(address(name, rule, world))
            is_page = answer.get("Content-Type", "").startswith("text/html")
            faults = faults_of(answer) + (inline_parts(answer.content.decode()) if is_page else [])
            if faults:
                wrong[name] = faults
        assert wrong == {}

    @pytest.mark.parametrize(
        ("path", "status"),
        [("/nothing/here/", 404), ("/static/css/psp.css", 200), ("/static/nothing.css", 404), ("/en", 301)],
    )
    def test_property_15_answers_without_a_view_have_the_policy(self, client, path, status):
        answer = client.get(path)
        answer.close()
        assert (answer.status_code, faults_of(answer)) == (status, [])

    def test_property_15_refusals_have_the_policy(self, client):
        for answer, status in (
            (client.post("/en/intake/", UPLOAD, content_type=MULTIPART), 415),
            (client.put("/healthz"), 405),
            (Client(enforce_csrf_checks=True).post("/accounts/login/", "a=b", content_type=FORM), 403),
        ):
            assert (answer.status_code, faults_of(answer)) == (status, [])

    def test_property_15_nobody_else_may_read_our_files(self, client):
        answer = client.get("/static/css/psp.css")
        answer.close()
        assert not answer.has_header("Access-Control-Allow-Origin")


def inline_parts(page: str) -> list[str]:
    """Scripts that are not data and have no address, styles in tags, and handlers."""
    scripts = [
        tag for tag in re.findall(r"<script\b[^>]*>", page) if "src=" not in tag and "application/json" not in tag
    ]
    return scripts + re.findall(r"<style\b[^>]*>|<[a-z][^>]*\s(?:style|on[a-z]+)=[^>]*>|javascript:", page)


# Runs in a process of its own: the settings that HTTPS changes are read once.
PROBE = """
import json, django
django.setup()
from django.test import Client
client = Client(REMOTE_ADDR="203.0.113.7", HTTP_HOST="localhost")
page = client.get("/en/language/?next=/en/", secure=True)
form = client.get("/accounts/login/code/", secure=True)
token = client.cookies["__Host-csrf"].value
client.post("/accounts/login/code/", "email=nobody@example.org", content_type="application/x-www-form-urlencoded",
            secure=True)
plain = client.get("/en/")
print(json.dumps({
    "headers": dict(form.headers), "plain": [plain.status_code, plain["Location"]],
    "cookies": {name: [str(m["secure"]), m["path"], m["domain"], str(m["httponly"]), m["samesite"]]
                for name, m in client.cookies.items()},
}))
"""


@pytest.fixture(scope="module")
def over_https():
    environment = {**os.environ, "PSP_HTTPS": "1", "PSP_DEMO": "0", "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-W", "ignore", "-c", PROBE]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=True)
    return json.loads(run.stdout.splitlines()[-1])


class TestProperty16:
    """__Host- cookies, HSTS of a year, nosniff, no-referrer, COOP."""

    def test_property_16_every_cookie_is_bound_to_this_host_and_to_https(self, over_https):
        cookies = over_https["cookies"]
        assert set(cookies) == {"__Host-session", "__Host-csrf", "__Host-language"}
        assert {tuple(values) for values in cookies.values()} == {("True", "/", "", "True", "Lax")}

    def test_property_16_https_for_a_year_and_everywhere(self, over_https):
        assert over_https["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert over_https["plain"] == [301, "https://localhost/en/"]

    def test_property_16_headers_over_https(self, over_https):
        assert faults_of(over_https["headers"]) == []
        assert over_https["headers"]["X-Frame-Options"] == "DENY"
        assert "no-store" in over_https["headers"]["Cache-Control"]

    def test_property_16_session_is_forgotten_with_the_browser(self):
        assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE


class TestProperty30:
    """No file field; multipart refused; bodies limited."""

    def test_property_30_multipart_is_refused_everywhere(self):
        world = a_world()
        wrong = []
        for role in ROLES:
            cookies = cookies_of(world, role)
            for name, rule in ruled():
                answer = browser_with(cookies).post(address(name, rule, world), UPLOAD, content_type=MULTIPART)
                if answer.status_code != 415:
                    wrong.append(f"{role} {name}: {answer.status_code}")
        assert wrong == []

    def test_property_30_no_model_has_a_place_for_a_file(self):
        fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
        assert [str(field) for field in fields if isinstance(field, models.FileField)] == []

    def test_property_30_no_form_takes_a_file(self):
        found, waiting = [], [forms.BaseForm]
        while waiting:
            form = waiting.pop()
            waiting += form.__subclasses__()
            found += [form for field in getattr(form, "base_fields", {}).values() if isinstance(field, forms.FileField)]
        assert [form for form in found if not form.__module__.startswith("django.")] == []

    def test_property_30_no_template_offers_to_upload(self):
        offers = [
            path
            for path in (ROOT / "templates").rglob("*.html")
            if re.search(r"type=.file|multipart", path.read_text())
        ]
        assert offers == []

    @pytest.mark.parametrize(("size", "status"), [(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1, 413), (1000, 200)])
    def test_property_30_large_body_is_refused(self, client, size, status):
        assert client.post("/accounts/login/", "a=" + "b" * (size - 2), content_type=FORM).status_code == status

    def test_property_30_very_many_fields_are_refused(self, client):
        body = "&".join(f"f{number}=1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
        answer = client.post("/accounts/login/", body, content_type=FORM)
        assert (answer.status_code, "could not read" in answer.content.decode()) == (400, True)

    def test_length_that_is_no_number_is_refused(self):
        from psp.middleware import BodyMiddleware

        request = RequestFactory().post("/accounts/login/", "a=b", content_type=FORM, CONTENT_LENGTH="many")
        request.user = AnonymousUser()
        assert BodyMiddleware(lambda _request: pages.problem(request, 500))(request).status_code == 400


def test_signed_in_pages_are_never_kept(client):
    world = a_world()
    for role in sorted(matrix.SIGNED_IN):
        browser = Browser()
        sign_in(browser, world.accounts[role])
        assert "no-store" in browser.get("/en/me/")["Cache-Control"]
