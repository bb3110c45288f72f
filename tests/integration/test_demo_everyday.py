"""The days of those who lead, as the demo tells them: once, through the services, plain, and on every page."""

from __future__ import annotations

import time

import pytest
from django.apps import apps
from django.core.management import call_command

from demo.later.everyday import make_everyday
from tests.history import holes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


def test_everyday_is_made_once_with_its_history(capsys):
    call_command("seed_demo", participants=60, seed=3, years=1.0)
    begun = time.perf_counter()
    make_everyday()
    print("SECONDS", time.perf_counter() - begun)
    first = rows()
    make_everyday()
    assert rows() == first
    assert holes() == []
