"""Registries that apps fill when they are ready: what one of them says never takes the place of what another said."""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def keep_once(kept: MutableMapping[K, V], key: K, value: V) -> None:
    """Keep `value` under `key`; the same value again is fine.

    ImproperlyConfigured where something else is there: the site does not start, rather than lose one of the two.
    """
    if kept.setdefault(key, value) != value:
        raise ImproperlyConfigured(f"{key!r} is registered twice: {kept[key]!r} and {value!r}")
