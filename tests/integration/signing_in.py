"""Steps of signing in, for tests that go through the real pages."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.models import Authenticator

from contact.models import OutboxMessage
from psp.accounts import factors
from psp.accounts.services import current_code, enrol_totp
from psp.models import User
from tests.factories import hashed

PASSWORD = "a long and quiet river"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_password(user: User) -> User:
    user.password = hashed(PASSWORD)
    user.save()
    return user


def with_app(user: User) -> User:
    """An authenticator app is connected."""
    enrol_totp(user, SECRET)
    return user


def code_now() -> str:
    return current_code(SECRET)


def with_recovery_codes(user: User, seed: str = "ab" * 40) -> list[str]:
    made = Authenticator.objects.create(
        user=user, type=Authenticator.Type.RECOVERY_CODES,
        data={"seed": factors.seal(seed, user.pk), "used_mask": 0},
    )  # fmt: skip
    with factors.belonging_to(user.pk):
        return made.wrap().generate_codes()


def give_password(client: Any, user: User, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": user.username, "password": password})


def ask_for_code(client: Any, address: str, **extra: Any) -> Any:
    return client.post("/accounts/login/code/", {"email": address}, **extra)


def code_in_mail(user: User) -> str:
    """The code in the newest letter that waits for this person."""
    letter = OutboxMessage.objects.filter(person=user, template_id="sign_in_code").order_by("-created_at").first()
    return letter.secret if letter else ""


def link_in_mail(user: User) -> str:
    """Path of the newest password link for this person."""
    letter = OutboxMessage.objects.filter(person=user, template_id="password_link").order_by("-created_at").first()
    return re.sub(r"^https?://[^/]+", "", letter.secret) if letter else ""


def give_code(client: Any, code: str, **extra: Any) -> Any:
    return client.post("/accounts/login/code/confirm/", {"code": code}, **extra)


def is_signed_in(client: Any) -> bool:
    return "_auth_user_id" in client.session
