"""Our forms in the sign-in library: its checks, our words. An address becomes its alias before any look-up."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from psp.accounts import factors
from psp.models import User, alias_of

DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


def reword(field: forms.Field, label: Any, *, help_text: Any = "", **attributes: str) -> None:
    """Our label and hint, and no text inside the field that vanishes when one types."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class StaffLoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["login"], _("Sign-in name or e-mail address"), autocomplete="username webauthn",
               autocapitalize="off", spellcheck="false")  # fmt: skip
        reword(self.fields["password"], _("Password"))

    def clean_login(self) -> str:
        typed = super().clean_login()
        return alias_of(typed) if "@" in typed else typed

    def user_credentials(self) -> dict[str, str]:
        """One way of looking up, so that one password check is all that a wrong password ever costs."""
        login = self.cleaned_data["login"]
        return {"email" if "@" in login else "username": login, "password": self.cleaned_data.get("password", "")}


class RequestCodeForm(account.RequestLoginCodeForm):
    _user: User | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["email"], _("E-mail address"), help_text=_("The one that you gave when you applied."))

    def clean_email(self) -> str:
        alias: str = alias_of(self.cleaned_data["email"])
        self.cleaned_data["email"] = alias
        try:
            super().clean_email()
        except forms.ValidationError as error:
            if error.code != "too_many_login_attempts":
                raise
            # No more codes to this address for now, and the same page as ever: another one would tell whoever knows
            # the address that its owner is signing in.
            self._user = None
        user = self._user
        # The team signs in with a password and a second factor; a code alone would be a way around it.
        if user is not None and user.needs_second_factor:
            self._user = None
        return alias


class ConfirmCodeForm(account.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["code"], _("Code from the message"), help_text=_("Eight digits, as in 1234-5678."), **DIGITS)


class ResetPasswordForm(account.ResetPasswordForm):
    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["email"], _("E-mail address"))

    def clean_email(self) -> str:
        self.cleaned_data["email"] = alias_of(self.cleaned_data["email"])
        alias: str = super().clean_email()
        # Participants have no password: they sign in with a code.
        self.users = [user for user in self.users if user.needs_second_factor]
        return alias


def reword_new_password(form: forms.Form) -> None:
    reword(form.fields["password1"], _("New password"), help_text=password_validators_help_text_html())
    reword(form.fields["password2"], _("The same password again"))


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword_new_password(self)


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["oldpassword"], _("Present password"))
        reword_new_password(self)


class ConfirmPasswordForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["password"], _("Password"))


class OnceMixin:
    """A code that was used does not work again, whoever sends it and however many at once."""

    user: User
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["code"], _("Code"), help_text=_("Six digits from your app, or one of your recovery codes."),
               **DIGITS)  # fmt: skip

    def clean_code(self) -> str:
        # Everyone else with a code for this account waits here until this request has been committed.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=self.user.pk)
        typed = self.cleaned_data["code"]
        with factors.belonging_to(self.user.pk):
            if factors.is_replay(self.user.pk, typed):
                check_rate_limit(self.user)
                raise get_adapter().validation_error("used_code")
            code: str = super().clean_code()  # type: ignore[misc]
            found = self.authenticator  # type: ignore[attr-defined]
            if found.type == found.Type.TOTP:
                factors.mark_used(found, factors.step_of(found, code))
        return code


class SecondFactorForm(OnceMixin, mfa.AuthenticateForm):
    pass


class ConfirmSecondFactorForm(OnceMixin, mfa.ReauthenticateForm):
    pass


class AddAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["code"], _("Code that the app shows"), help_text=_("Six digits."), **DIGITS)


class AddPasskeyForm(AddWebAuthnForm):
    """Every passkey can open the account by itself, so the device must always check who holds it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields.pop("name", None)

    def clean(self) -> dict[str, Any]:
        self.cleaned_data.update(passwordless=True, name="-")
        cleaned: dict[str, Any] = super().clean()
        return cleaned
