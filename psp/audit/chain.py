"""What the chain is made of: the bytes that a link covers, its digest, and the signature of a checkpoint. Pure."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

GENESIS = "0" * 64
# The columns of an entry, in the order in which a link covers them.
COLUMNS = ("id", "at", "actor", "action", "model", "object_id", "person", "fields", "purpose", "request_id")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(row: Sequence[Any]) -> bytes:
    """The bytes that the chain covers: every column, in the order of COLUMNS."""
    key, at, actor, action, model, object_id, person, fields, purpose, request_id = row
    return _encode(
        [key, at.isoformat(), str(actor), action, model, object_id, str(person), fields, purpose, request_id]
    ).encode()


def next_digest(previous: str, row: Sequence[Any], key: bytes) -> str:
    """HMAC of the link before and of every column of the entry."""
    return hmac.digest(key, previous.encode() + canonical(row), "sha256").hex()


def sign(
    previous: str, *, at: datetime, link: int, digest: str, cutoff: datetime, removed: int, kept: int, batch: UUID,
    key: bytes,
) -> str:  # fmt: skip
    """Signature of a checkpoint: it covers the checkpoint before, so that none can be left out."""
    said = [previous, at.isoformat(), link, digest, cutoff.isoformat(), removed, kept, str(batch)]
    return hmac.digest(key, b"checkpoint:" + _encode(said).encode(), "sha256").hex()
