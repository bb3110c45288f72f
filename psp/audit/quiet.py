"""Records of which the mere existence tells something about a person: apps name their models.

They are in the log as any other, on the person's own page and in what the privacy officer reads. The list for
administrators leaves them out: whoever keeps the settings may be a colleague of those people, or touched by a report.
"""

from __future__ import annotations

_models: set[str] = set()


def keep_quiet(*models: str) -> None:
    """`models`: labels such as "supporters.talk", as the log writes them."""
    _models.update(models)


def quiet_models() -> frozenset[str]:
    return frozenset(_models)
