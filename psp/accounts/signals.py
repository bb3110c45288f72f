"""What follows when someone signs in or changes how they do: the audit is told, other sessions end."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from psp.accounts import factors, second_factor
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.context_vars import actor_id
from psp.models import User


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    actor_id.set(user.pk)
    audit.record(Action.SIGN_IN, user, person=user.pk, purpose=Purpose.SECURITY)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        audit.record(Action.SIGN_OUT, user, person=user.pk, purpose=Purpose.SECURITY)


@receiver([account.password_changed, account.password_set, account.password_reset])
def password_is_new(user: User, **_kwargs: Any) -> None:
    """Every other session has ended by itself: the password is part of what a session is checked against."""
    audit.record(Action.CHANGE, user, person=user.pk, purpose=Purpose.SECURITY, fields=("password",))


@receiver([account.login_code_rejected, mfa.authentication_failed])
def code_refused(user: User, **_kwargs: Any) -> None:
    audit.record_denial("sign_in_code", str(user.pk), purpose=Purpose.SECURITY)


@receiver([mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset])
def factor_changed(request: HttpRequest, user: User, authenticator: Authenticator, signal: Any, **_kwargs: Any) -> None:
    audit.record(Action.CHANGE, user, person=user.pk, purpose=Purpose.SECURITY, fields=("second_factor",))
    if signal is mfa.authenticator_added and authenticator.type in factors.PRIMARY:
        # Whoever made the factor holds it.
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)
    if signal is mfa.authenticator_added and authenticator.type == Authenticator.Type.TOTP:
        # The code that proved the app works is spent.
        factors.mark_used(authenticator, factors.now_step())
    if not is_mfa_enabled(user, factors.PRIMARY):
        second_factor.forget_factor(request)
    user.end_sessions()
    update_session_auth_hash(request, user)
