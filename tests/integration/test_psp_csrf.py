"""Forms work under `Referrer-Policy: no-referrer`, and another site's do not."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
WITH_TOKEN, WITHOUT_TOKEN = True, False


def post(*, token: bool, **headers: str) -> int:
    """Status of a form sent over HTTPS with these headers, with or without the right token."""
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.get("/en/intake/", secure=True)
    name = next(name for name in client.cookies if name.endswith("csrf"))
    data = {"csrfmiddlewaretoken": client.cookies[name].value} if token else {}
    body = "&".join(f"{key}={value}" for key, value in data.items())
    answer = client.post(
        "/en/intake/check/", body, content_type="application/x-www-form-urlencoded", secure=True, headers=headers
    )
    return answer.status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "https://localhost", "sec-fetch-site": "same-origin"},
        {"origin": "null"},
        {},
    ],
)
def test_our_own_form_is_taken(headers):
    assert post(token=WITH_TOKEN, **headers) != 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"referer": "https://elsewhere.example/page"},
    ],
)
def test_another_sites_form_is_refused_even_with_the_token(headers):
    assert post(token=WITH_TOKEN, **headers) == 403


@pytest.mark.parametrize("headers", [{"origin": "null", "sec-fetch-site": "same-origin"}, {"origin": "null"}, {}])
def test_a_form_without_the_token_is_refused(headers):
    assert post(token=WITHOUT_TOKEN, **headers) == 403
