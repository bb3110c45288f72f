"""The whole way through once, in each language, on real parts: from the public form to a protected figure."""

from __future__ import annotations

import pytest

from tests.e2e.people import apply, sign_in_participant

LANGUAGES = ("fr", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_way(language, visitor, site):
    person = visitor(language, phone=True)
    apply(person, name="Zoé", email=f"zoe.{language}@example.org")
    sign_in_participant(person, f"zoe.{language}@example.org")
