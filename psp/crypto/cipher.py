"""The pure part of the encryption: bytes in, bytes out, no database.

Token: version (1 byte) | key id (16) | nonce (12) | ciphertext and tag. The associated data binds a
token to its model, field, row and person: moved anywhere else it does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
HEADER_BYTES = 1 + 16 + NONCE_BYTES
# Lengths are rounded up to this many bytes, so that a ciphertext does not tell "Al" from "Alexandrine".
PAD_TO = 32


class SealBroken(Exception):
    """A token was altered, moved, or opened with a key that is not its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token belongs: `model` is app_label.model, `row` the primary key, `person` the owner."""

    model: str
    field: str
    row: str
    person: str

    def associated_data(self, key_id: UUID) -> bytes:
        parts = (self.model, self.field, self.row, self.person)
        return VERSION + key_id.bytes + "\x1f".join(parts).encode()


def new_key() -> bytes:
    """A fresh 256-bit key from the system's generator."""
    return os.urandom(KEY_BYTES)


def pad(data: bytes) -> bytes:
    """Append 0x80 and zeros up to the next multiple of PAD_TO."""
    return data + b"\x80" + b"\x00" * (-(len(data) + 1) % PAD_TO)


def unpad(data: bytes) -> bytes:
    return data.rstrip(b"\x00")[:-1]


def seal(plain: str, *, key: bytes, key_id: UUID, place: Place) -> bytes:
    """Encrypt `plain` for `place`. Two calls with the same text give different tokens."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, pad(plain.encode()), place.associated_data(key_id))
    return VERSION + key_id.bytes + nonce + sealed


def key_id_of(token: bytes) -> UUID:
    """The id of the data key that a token was sealed with. Raises SealBroken for anything else."""
    if len(token) < HEADER_BYTES + 16 or token[:1] != VERSION:
        raise SealBroken("not a sealed value")
    return UUID(bytes=token[1:17])


def unseal(token: bytes, *, key: bytes, place: Place) -> str:
    """Decrypt a token at its place. Raises SealBroken if anything at all was altered."""
    key_id = key_id_of(token)
    nonce, sealed = token[17:HEADER_BYTES], token[HEADER_BYTES:]
    try:
        return unpad(AESGCM(key).decrypt(nonce, sealed, place.associated_data(key_id))).decode()
    except InvalidTag as error:
        raise SealBroken("the value does not open here") from error


def wrap(data_key: bytes, *, master: bytes, key_id: UUID, person: UUID) -> bytes:
    """Wrap a data key under a master key, bound to its own id and person."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, data_key, key_id.bytes + person.bytes)


def unwrap(wrapped: bytes, *, master: bytes, key_id: UUID, person: UUID) -> bytes:
    """The data key. Raises SealBroken with a wrong master key, id or person."""
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.bytes + person.bytes)
    except InvalidTag as error:
        raise SealBroken("the data key does not open with this master key") from error


def blind_index(value: str, *, secret: bytes, column: str) -> str:
    """Keyed digest for exact look-up, 64 hex digits; each column has a key of its own.

    Equal values in two columns give digests that cannot be linked without the secret.
    """
    column_key = hmac.digest(secret, b"blind-index:" + column.encode(), hashlib.sha256)
    return hmac.new(column_key, value.encode(), hashlib.sha256).hexdigest()


def decode_key(text: str) -> bytes:
    """A 32-byte key from base64 (either alphabet). Raises ValueError with a sentence that says how to mend it."""
    raw = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError("A key is 32 random bytes in base64: openssl rand -base64 32")
    return raw
