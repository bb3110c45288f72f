"""What the chain is made of: the bytes that a link covers, its digest, and the signature of a checkpoint. Pure.

`canonical` says what the bytes are. CANONICAL has the database say the same of each row, for walks over millions of
them; a test compares the two over whatever a row can hold.
"""

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
# As datetime.isoformat has a moment in UTC: without a fraction where there is none. (Zones by name are slow.)
_AT = """replace(to_char(entry.at AT TIME ZONE INTERVAL '0', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')"""
# The bytes of one `entry` as text, in SQL.
CANONICAL = f"""concat('[', entry.id, ',"', {_AT}, '+00:00","', coalesce(entry.actor::text, 'None'), '",',
    to_json(entry.action), ',', to_json(entry.model), ',', to_json(entry.object_id), ',"',
    coalesce(entry.person::text, 'None'), '",', to_json(entry.fields), ',', to_json(entry.purpose), ',',
    to_json(entry.request_id), ']')"""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(row: Sequence[Any]) -> bytes:
    """The bytes that the chain covers: every column, in the order of COLUMNS."""
    key, at, actor, action, model, object_id, person, fields, purpose, request_id = row
    return _encode(
        [key, at.isoformat(), str(actor), action, model, object_id, str(person), fields, purpose, request_id]
    ).encode()


def next_digest(previous: str, row: Sequence[Any], key: bytes) -> str:
    """HMAC of the link before and of every column of the entry."""
    return digest_after(previous, canonical(row), key)


def digest_after(previous: str, covered: bytes, key: bytes) -> str:
    """`next_digest` of an entry whose bytes are known already."""
    return hmac.digest(key, previous.encode() + covered, "sha256").hex()


def sign(
    previous: str, *, at: datetime, link: int, digest: str, cutoff: datetime, removed: int, kept: int, batch: UUID,
    key: bytes,
) -> str:  # fmt: skip
    """Signature of a checkpoint: it covers the checkpoint before, so that none can be left out."""
    said = [previous, at.isoformat(), link, digest, cutoff.isoformat(), removed, kept, str(batch)]
    return hmac.digest(key, b"checkpoint:" + _encode(said).encode(), "sha256").hex()
