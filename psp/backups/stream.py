"""Sealing a stream of any length, piece by piece, in constant memory.

File: magic | 8 random bytes | pieces. A piece: 4 bytes of length | AES-256-GCM of up to PIECE bytes. Its nonce is the
random bytes and its number; the last one says so in its associated data, so that a file that was cut off, or whose
pieces were moved, does not open.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from io import BufferedReader
from typing import IO, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"PSPBACKUP1"
PIECE = 1024 * 1024
TAG = 16
PREFIX = 8


class BackupBroken(Exception):
    """The key is not the one it was sealed with, or the file was cut off or altered."""


def seal(source: IO[bytes], target: BinaryIO, key: bytes, *, name: str) -> None:
    """Read `source` to its end and write it sealed. `name` is what it must be opened as."""
    prefix, cipher = os.urandom(PREFIX), AESGCM(key)
    target.write(MAGIC + prefix)
    number, piece = 0, _read(source)
    while True:
        following = _read(source)
        last = not following
        sealed = cipher.encrypt(_nonce(prefix, number), piece, _about(name, last))
        target.write(struct.pack(">I", len(sealed)) + sealed)
        if last:
            return
        number, piece = number + 1, following


def opened(source: BufferedReader, key: bytes, *, name: str) -> Iterator[bytes]:
    """The pieces. BackupBroken at the first that does not open; whatever came before was whole."""
    head = source.read(len(MAGIC) + PREFIX)
    if head[: len(MAGIC)] != MAGIC or len(head) != len(MAGIC) + PREFIX:
        raise BackupBroken(f"{name} is not a backup of this program.")
    prefix, cipher, number, last = head[len(MAGIC) :], AESGCM(key), 0, False
    while not last:
        sealed = _next(source, name)
        last = not source.peek(1)
        try:
            yield cipher.decrypt(_nonce(prefix, number), sealed, _about(name, last))
        except InvalidTag as error:
            raise BackupBroken(
                f"{name} does not open: it was made with another key, or it was cut off or altered."
            ) from error
        number += 1


def _next(source: BinaryIO, name: str) -> bytes:
    length = source.read(4)
    size = struct.unpack(">I", length)[0] if len(length) == 4 else 0
    sealed = source.read(size) if TAG <= size <= PIECE + TAG else b""
    if not size or len(sealed) != size:
        raise BackupBroken(f"{name} was cut off.")
    return sealed


def _read(source: IO[bytes]) -> bytes:
    """Up to PIECE bytes, fewer only at the end: a pipe gives what it has."""
    found = bytearray()
    while len(found) < PIECE:
        more = source.read(PIECE - len(found))
        if not more:
            break
        found += more
    return bytes(found)


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + struct.pack(">I", number)


def _about(name: str, last: bool) -> bytes:
    return MAGIC + name.encode() + (b"|last" if last else b"|more")
