"""Protected tables as texts to keep, and back."""

from __future__ import annotations

import hashlib
import hmac
import json
from types import MappingProxyType

from reporting.protection.types import _SEAL, DisclosureError, Method, ProtectedTable


def record_of(table: ProtectedTable) -> str:
    """A protected table as a text to keep: the same table gives the same text, on every machine."""
    cells = [[*key, value] for key, value in table.values.items()]
    statistics = [[*key, dict(sorted(found.items()))] for key, found in table.statistics.items()]
    whole = {
        "dimensions": list(table.dimensions), "categories": [list(names) for names in table.categories],
        "threshold": table.threshold, "audited": table.audited, "method": table.method.value,
        "where": dict(sorted(table.where.items())), "overlapping": sorted(table.overlapping),
        "cells": cells, "statistics": statistics,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal of the kept text."""
    return hashlib.sha256(text.encode()).hexdigest()


def restore(text: str, digest: str) -> ProtectedTable:
    """The table that `record_of` wrote down; DisclosureError where the text is not the one with this digest.

    The only other way to a protected table than `protect`. Only `reporting.record` calls it, on what it wrote.
    """
    if not hmac.compare_digest(digest_of(text), digest):
        raise DisclosureError("record", "was changed after it was written")
    whole = json.loads(text)
    if whole["audited"] is not True:
        raise DisclosureError("record", "was never proven safe")
    return ProtectedTable(
        tuple(whole["dimensions"]), tuple(tuple(names) for names in whole["categories"]), whole["threshold"], True,
        MappingProxyType({tuple(cell[:-1]): cell[-1] for cell in whole["cells"]}), Method(whole["method"]),
        MappingProxyType(whole["where"]), frozenset(whole["overlapping"]),
        MappingProxyType({tuple(found[:-1]): found[-1] for found in whole["statistics"]}), seal=_SEAL,
    )  # fmt: skip
