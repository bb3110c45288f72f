"""Sealed streams: what goes in comes out, and nothing that was cut off, moved or altered opens."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp.backups import stream
from psp.backups.stream import BackupBroken

KEY = os.urandom(32)


def sealed(content: bytes, *, name: str = "base") -> bytes:
    target = io.BytesIO()
    stream.seal(io.BytesIO(content), target, KEY, name=name)
    return target.getvalue()


def opened(content: bytes, *, key: bytes = KEY, name: str = "base") -> bytes:
    return b"".join(stream.opened(io.BufferedReader(io.BytesIO(content)), key, name=name))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 1, stream.PIECE - 1, stream.PIECE, stream.PIECE + 1, 2 * stream.PIECE + 7])
def test_stream_of_any_length_comes_back(size):
    content = os.urandom(size)
    assert opened(sealed(content)) == content


@given(st.binary(max_size=200), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_stream_with_one_byte_altered_does_not_open(content, place, change):
    broken = bytearray(sealed(content))
    broken[place % len(broken)] ^= change
    with pytest.raises(BackupBroken):
        opened(bytes(broken))


@given(st.integers(min_value=0, max_value=10_000))
def test_stream_that_was_cut_off_does_not_open(place):
    whole = sealed(os.urandom(500))
    with pytest.raises(BackupBroken):
        opened(whole[: place % len(whole)])


def test_stream_that_was_cut_between_two_pieces_or_has_them_swapped_does_not_open():
    whole = sealed(os.urandom(2 * stream.PIECE))
    head, piece = len(stream.MAGIC) + stream.PREFIX, 4 + stream.PIECE + stream.TAG
    with pytest.raises(BackupBroken):
        opened(whole[: head + piece])
    with pytest.raises(BackupBroken):
        opened(whole[:head] + whole[head + piece :] + whole[head : head + piece])


def test_stream_opens_with_its_own_key_and_name_only():
    whole = sealed(b"content")
    with pytest.raises(BackupBroken, match="another key"):
        opened(whole, key=os.urandom(32))
    with pytest.raises(BackupBroken):
        opened(whole, name="another")
