"""Our forms in the sign-in library: an address becomes its alias before anything looks it up."""

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as BaseResetPasswordForm

from psp.models import alias_of


class RequestCodeForm(RequestLoginCodeForm):
    def clean_email(self) -> str:
        self.cleaned_data["email"] = alias_of(self.cleaned_data["email"])
        return super().clean_email()


class StaffLoginForm(LoginForm):
    pass


class ResetPasswordForm(BaseResetPasswordForm):
    pass
