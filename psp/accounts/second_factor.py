"""Whether this session has shown what it must before it may go on."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.urls import reverse

# Where someone who still lacks a second factor, or has not shown it, may go.
OPEN_PREFIXES = ("/accounts/logout/", "/accounts/2fa/", "/accounts/reauthenticate/", "/static/", "/healthz", "/readyz")
# Set when the factor was made in this very session.
ENROLLED_NOW = "psp_enrolled_now"


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether a TOTP code, recovery code or passkey was given when this session was opened."""
    records = get_authentication_records(request)
    return any(record.get("method") == "mfa" for record in records) or request.session.get(ENROLLED_NOW, False)


def may_pass(request: HttpRequest) -> str | None:
    """Where to send this request instead, or None to let it go on."""
    user = request.user
    if not user.is_authenticated or not user.needs_second_factor:
        return None
    if request.path.startswith(OPEN_PREFIXES):
        return None
    if not is_mfa_enabled(user):
        return reverse("mfa_activate_totp")
    return None if has_shown_factor(request) else reverse("mfa_reauthenticate")
