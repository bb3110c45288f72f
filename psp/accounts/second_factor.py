"""Whether this session has shown what it must before it may go on."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.urls import reverse

from psp.accounts.factors import PRIMARY

ALWAYS_OPEN = frozenset(
    {"account_logout", "quick_exit", "switch_language", "privacy_notice", "safe_use", "healthz", "readyz"}
)
# Where someone who still lacks a second factor may go, and someone who has not shown theirs.
TO_ENROL = ALWAYS_OPEN | {"account_enrol", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
TO_SHOW = ALWAYS_OPEN | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether a code, a recovery code or a passkey was given, or made, in this session."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def forget_factor(request: HttpRequest) -> None:
    """The last factor is gone: what was shown before counts no more."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    kept = [record for record in records if record.get("method") != "mfa"]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


def detour(request: HttpRequest, view_name: str | None) -> str | None:
    """Where to send this request instead of `view_name`, or None to let it go on."""
    user: Any = request.user
    if not user.is_authenticated or not user.needs_second_factor or has_shown_factor(request):
        return None
    if is_mfa_enabled(user, PRIMARY):
        return None if view_name in TO_SHOW else reverse("mfa_reauthenticate")
    return None if view_name in TO_ENROL else reverse("account_enrol")
