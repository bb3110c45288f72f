"""The secrets behind second factors: sealed under the data key of the person they belong to.

The sign-in library encrypts and decrypts without saying for whom. Here the owner is always known: the
account that is signed in, or the one named with `belonging_to`. A secret that was copied to somebody
else's row does not open there, and is gone for good when the owner's data key is destroyed.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp

from psp.crypto import cipher, keyring
from psp.crypto.cipher import Place, SealBroken

# What counts as a second factor by itself; recovery codes only stand in for one.
PRIMARY = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
LAST_STEP = "last_step"

_owner: ContextVar[UUID | None] = ContextVar("factor_owner", default=None)


@contextmanager
def belonging_to(person: UUID) -> Iterator[None]:
    """Secrets handled meanwhile are this person's."""
    token = _owner.set(person)
    try:
        yield
    finally:
        _owner.reset(token)


def owner() -> UUID:
    """Whose secrets are being handled. SealBroken when nobody is known: then nothing may open."""
    named = _owner.get()
    if named is not None:
        return named
    user = getattr(context.request, "user", None)
    if user is None or not user.is_authenticated:
        raise SealBroken("nobody is known to whom this secret could belong")
    return UUID(str(user.pk))


def _place(person: UUID) -> Place:
    return Place(Authenticator._meta.label_lower, "data", "secret", str(person))


def seal(text: str, person: UUID) -> str:
    """`text` sealed for this person, as base64."""
    found = keyring.key_of(person)
    if found is None:
        raise SealBroken("this person's key does not exist")
    token = cipher.seal(text, key=found[1], key_id=found[0], place=_place(person))
    return base64.b64encode(token).decode()


def unseal(sealed: str, person: UUID) -> str:
    """The text again. SealBroken if it was altered, belongs to somebody else, or the key is gone."""
    found = keyring.key_of(person)
    if found is None:
        raise SealBroken("this person's key does not exist")
    return cipher.unseal(base64.b64decode(sealed), key=found[1], place=_place(person))


def now_step() -> int:
    """Number of the 30-second step that an authenticator app counts in."""
    return int(time.time()) // app_settings.TOTP_PERIOD


def step_of(authenticator: Authenticator, code: str) -> int | None:
    """The newest step for which `code` is right, or None. The owner must be known."""
    secret = unseal(authenticator.data["secret"], owner())
    right = [
        step
        for step in totp.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step)))
    ]
    return max(right, default=None)


def is_replay(person: UUID, code: str) -> bool:
    """Whether this authenticator code, or a later one, was used before.

    The library forgets a used code after one step, while the clock tolerance keeps it right for three.
    """
    app = Authenticator.objects.filter(user_id=person, type=Authenticator.Type.TOTP).first()
    step = step_of(app, code) if app else None
    return step is not None and app is not None and step <= app.data.get(LAST_STEP, -1)


def mark_used(authenticator: Authenticator, step: int | None) -> None:
    """From now on only codes of later steps are right."""
    if step is not None:
        authenticator.data[LAST_STEP] = step
        authenticator.save(update_fields=["data"])
