"""What every test stands on: databases that exist already, reached as the application's role."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.environment import empty_databases
from tests.gc_notify import notify  # noqa: F401 - a fixture for every test
from tests.graph import graph  # noqa: F401 - a fixture for every test
from tests.smtp import smtp_sink  # noqa: F401 - a fixture for every test

# How long one example takes, or the making of it, tells of the machine and of what else it does.
for _name, _examples in {"quick": 100, "thorough": 2000}.items():
    settings.register_profile(
        _name, max_examples=_examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The databases exist and are migrated already; tests connect as the application's role."""


@pytest.fixture(autouse=True)
def _fresh_context():
    """No keys, actor, language, crisis lines or cached counters from the test before."""
    from django.utils import translation

    from psp import crisis
    from psp.context_vars import actor_id, request_id
    from psp.crypto import keyring

    keyring.clear()
    crisis.forget()
    actor_id.set(None)
    request_id.set("")
    translation.activate("en")
    yield
    keyring.clear()


@pytest.fixture
def client():
    """Sends forms as a browser does (pytest-django's own sends multipart, which is refused)."""
    from tests.browser import Browser

    return Browser()


@pytest.fixture(scope="session", autouse=True)
def _owner_empties_after_transactional_tests():
    from django.test import TransactionTestCase

    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: empty_databases()
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once():
    """Each new browser loads the middleware, which would look at some hundred files again."""
    from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

    original = WhiteNoiseMiddleware.add_files_from_finders
    listed: dict[str, object] = {}

    def add_files(self):
        if not listed:
            original(self)
            listed.update(self.files)
        self.files.update(listed)

    WhiteNoiseMiddleware.add_files_from_finders = add_files
    yield
    WhiteNoiseMiddleware.add_files_from_finders = original


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the database uses both: nobody can be made without a data key."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and "databases" not in marker.kwargs:
            fresh = pytest.mark.django_db(*marker.args, **{**marker.kwargs, "databases": ["default", "keys"]})
            item.add_marker(fresh, append=False)


@pytest.fixture
def whole_history(_django_db_marker):
    """After the test each row is what its own history says last: no bulk write left a hole ([security] 32)."""
    from tests.history import holes

    yield
    assert holes() == []
