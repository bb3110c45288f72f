"""How the sign-in library works here: its mail, its words, its secrets, and when it asks again."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from psp.accounts import factors, mail
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.models import User

LETTERS = {
    "account/email/login_code": mail.Letter.SIGN_IN_CODE,
    "account/email/password_reset_key": mail.Letter.PASSWORD_LINK,
}
NO_MATCH = _("The name and the password do not fit together. Check both and try again.")
TOO_MANY = _("There were many tries in a short time. Please wait five minutes and try again.")
WRONG_CODE = _("That is not the right code. Check it and try again.")


def proved_lately(request: HttpRequest) -> bool:
    """Whether whoever sits here showed a few minutes ago that they are the owner of the account.

    Where a second factor exists and is needed, only that counts: a password can be read over a shoulder.
    """
    user: Any = request.user
    records = get_authentication_records(request, user)
    if user.needs_second_factor and is_mfa_enabled(user, factors.PRIMARY):
        records = [record for record in records if record["method"] == "mfa"]
    newest: float = max((record["at"] for record in records), default=0.0)
    return time.time() - newest < account_settings.REAUTHENTICATION_TIMEOUT


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": NO_MATCH,
        "username_password_mismatch": NO_MATCH,
        "enter_current_password": _("That is not your present password. Please type it again."),
        "incorrect_password": _("That is not your password. Please type it again."),
        "incorrect_code": WRONG_CODE,
        "invalid_login": NO_MATCH,
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account here: people apply, and administrators add the team."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """`email` is an alias; the letter goes to the address that the account keeps sealed."""
        kind = LETTERS[template_prefix]
        user = User.objects.filter(email=email, is_active=True).first()
        if user is not None:
            mail.send(user, kind, code=context.get("code", ""), link=context.get("password_reset_url", ""))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Where people reach the site, never where the request says that it came to."""
        uid, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.PSP_PUBLIC_URL}{path}"

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "psp.accounts.stages.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def login(self, request: HttpRequest, user: User) -> None:
        # Noting the time of signing in is not a change that the account's history should hold.
        user.skip_history_when_saving = True  # type: ignore[attr-defined]
        try:
            super().login(request, user)
        finally:
            del user.skip_history_when_saving  # type: ignore[attr-defined]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        audit.record_denial("account_login", "", purpose=Purpose.SECURITY)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Where there is a second factor, the password alone proves too little to change anything."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [method for method in found if method["id"] != "reauthenticate"]
        words = {"mfa_reauthenticate": gettext("Use a code"), "mfa_reauthenticate:webauthn": gettext("Use a passkey")}
        return [{**method, "description": words[method["id"]]} for method in stronger] or found

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        return not proved_lately(context.request)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "used_code": _("This code was used already. Wait until the app shows the next one."),
    }

    def encrypt(self, text: str) -> str:
        return factors.seal(text, factors.owner())

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text, factors.owner())

    def _get_user_identifier(self, user: User) -> str:
        """What an authenticator app or a browser shows beside the key; never an address or a name."""
        return user.username if user.needs_second_factor else gettext("Appointments")

    def _get_site_name(self) -> str:
        return gettext("Appointments")

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        name = self._get_user_identifier(user)
        return {"id": user.pk.hex.encode(), "name": name, "display_name": name}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """No name: what a person calls their device may describe them. Pages tell passkeys apart by date."""
        return "-"
