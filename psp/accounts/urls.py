"""Sign-in: the parts of the sign-in library that are open. Nobody can sign up or change an address here."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from psp.accounts import views
from psp.accounts.views import team_only

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("login/code/", account.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", team_only(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", team_only(views.PasswordChange.as_view()), name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    # The key itself has a dash in it, the id before it has none.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("enrol/", views.enrol, name="account_enrol"),
    path("elsewhere/", views.end_elsewhere, name="account_end_elsewhere"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", team_only(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", team_only(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", team_only(views.RecoveryCodes.as_view()), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        team_only(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", views.ConfirmByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]
