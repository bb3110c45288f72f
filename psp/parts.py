"""The parts of an app that add themselves, when the site starts, to what other parts of the house know."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module


def join(app: str, *, registered: Iterable[str] = (), subscribed: Iterable[str] = ()) -> None:
    """Call `register()` of each module of the app in `registered`, in this order: it adds cards, guards, places,
    erasers, rules of keeping. Then `subscribe()` of those that listen to what happens elsewhere."""
    for part in registered:
        import_module(f"{app}.{part}").register()
    for part in subscribed:
        import_module(f"{app}.{part}").subscribe()
