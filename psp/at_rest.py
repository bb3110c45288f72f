"""What sessions and rate limits leave in the database: nothing that whoever copied its tables could read or use."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

NONCE_BYTES = 12
# As long as Django's column for it.
STORED_LETTERS = 40
# Written out: every request with a cookie asks it.
KEPT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


def _cipher() -> AESGCM:
    return AESGCM(salted_hmac("psp.at_rest.session", "", algorithm="sha256").digest())


def _stored(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:STORED_LETTERS]


class SessionStore(db.SessionStore):
    """Sessions, of which the table holds a digest of the cookie and sealed content.

    The sign-in library keeps codes and the keys of password links in them. For synchronous servers only.
    """

    def encode(self, session_dict: dict[str, Any]) -> str:
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, super().encode(session_dict).encode(), None)).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Nothing where the seal is not ours: the browser has to sign in again."""
        try:
            raw = base64.b64decode(session_data, validate=True)
            plain = _cipher().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
        except (ValueError, InvalidTag):
            return {}
        found: dict[str, Any] = super().decode(plain.decode())
        return found

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(KEPT, [_stored(self.session_key or ""), timezone.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
        return self.decode(found[0]) if found else {}

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(_stored(session_key)))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made = super().create_model_instance(data)
        made.session_key = _stored(made.session_key)
        return made

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(_stored(key))

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may hold anything, also what a database column cannot."""
        return key is not None and len(key) == 32 and key.isascii() and key.isalnum()


def cache_key(key: str, _prefix: str, version: int) -> str:
    """Rate limits count by network address: only a keyed digest of what follows the last slash is kept."""
    what, _slash, whom = key.rpartition("/")
    return f"{version}:{what}/{salted_hmac('psp.at_rest.cache', whom, algorithm='sha256').hexdigest()}"
