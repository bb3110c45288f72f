"""What apps add to a registry never takes the place of what another added: the site does not start instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from contact import registry
from intake import merging
from privacy import correcting, datamap, erasing, holdings, retention
from psp import dashboard


def taken(kept: Any) -> Any:
    return next(iter(kept.values()))


def other(*_args: Any) -> Any:
    return []


def again(add: Callable[[Any], None], known: Any, **changes: Any) -> tuple[Callable[[], None], Callable[[], None]]:
    return lambda: add(known), lambda: add(replace(known, **changes))


def registries() -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
    """Name → (the same once more, another one under the same name)."""
    guarded, guard = next((known, found.each) for known, found in registry._guards.items() if found.each)
    many, guard_of_many = next((known, found.many) for known, found in registry._guards.items() if found.many)
    return {
        "guard": (lambda: registry.add_guard(guarded.template, guard, about=guarded.about),
                  lambda: registry.add_guard(guarded.template, other, about=guarded.about)),
        "guard of many": (lambda: registry.add_guard_of_many(many.template, guard_of_many, about=many.about),
                          lambda: registry.add_guard_of_many(many.template, other, about=many.about)),
        "place": again(dashboard.add_place, taken(dashboard._places), icon="other", key=""),
        "letter of a place": again(dashboard.add_place, taken(dashboard._letters), url_name="other:page"),
        "topic": again(datamap.add_topic, taken(datamap._topics), order=1),
        "holding": again(datamap.declare, taken(datamap._holdings), retention="other"),
        "held elsewhere": again(datamap.declare_elsewhere, taken(datamap._elsewhere), order=1),
        "section": again(holdings.add_section, taken(holdings._sections), order=1),
        "corrector": again(correcting.add_corrector, taken(correcting._correctors), place=other, field=other),
        "eraser": again(erasing.add_eraser, taken(erasing._erasers), run=other),
        "last use": again(retention.add_last_use, taken(retention._last_uses), collect=other),
        "rows": again(retention.add_rows, taken(retention._rows), order=1),
        "mover": again(merging.add_mover, taken(merging._movers), order=1),
    }  # fmt: skip


@pytest.mark.parametrize("name", registries())
def test_second_registration_under_the_same_name_stops_the_site_unless_it_is_the_same(name, monkeypatch):
    for module, kept in ((dashboard, "_places"), (dashboard, "_letters")):
        monkeypatch.setattr(module, kept, dict(getattr(module, kept)))
    same, another = registries()[name]
    same()
    with pytest.raises(ImproperlyConfigured):
        another()


def test_guards_of_one_template_are_each_asked_about_their_own(monkeypatch):
    from contact.models import OutboxMessage

    monkeypatch.setattr(registry, "_guards", {})
    asked: list[str] = []
    registry.add_guard("page_news", lambda message: asked.append("any") or False)
    registry.add_guard("page_news", lambda message: asked.append("hours") or True, about="hours")
    hours, other_news = (OutboxMessage(template_id="page_news", context={name: "1"}) for name in ("hours", "what"))
    senseless = registry.without_sense([hours, other_news])
    assert sorted(asked) == ["any", "hours"]
    assert senseless == {other_news.pk}
