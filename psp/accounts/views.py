"""The sign-in library's views where ours differ, and the few that it has none for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from psp.accounts import factors
from psp.accounts.adapter import proved_lately
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import require

View = Callable[..., HttpResponseBase]


def team_only(view: View) -> View:
    """Passwords and authenticator apps are for the team; participants have neither."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        require(not user.is_authenticated or user.needs_second_factor, "team_only")
        return view(request, *args, **kwargs)

    return guarded


@require_GET
def enrol(request: HttpRequest) -> HttpResponse:
    """The first sign-in of a team member ends here until a second factor exists."""
    user: Any = request.user
    if not user.needs_second_factor or is_mfa_enabled(user, factors.PRIMARY):
        return redirect("mfa_index")
    return render(request, "psp/enrol.html")


@require_POST
def end_elsewhere(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    user: Any = request.user
    user.end_sessions()
    update_session_auth_hash(request, user)
    audit.record(Action.SIGN_OUT, user, person=user.pk, purpose=Purpose.SECURITY, fields=("elsewhere",))
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("mfa_index")


class PasswordChange(PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated and not user.has_usable_password():
            # Nobody knows the present password: the way to a new one is the link.
            return redirect("account_reset_password")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class RecoveryCodes(ViewRecoveryCodesView):
    """Shown once, and only when asked for: the first look is a change, so it is a POST."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
        if own is None:
            return redirect("mfa_index")
        return render(request, self.template_name, {"seen": own.wrap().did_view, "unused_codes": []})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        return self.render_to_response({**context, "seen": not context["can_view_codes"], "shown": True})


class AddPasskey(AddWebAuthnView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated and not user.needs_second_factor and not proved_lately(request):
            # Whoever finds the page open must not be able to leave a key of their own behind.
            return render(request, "mfa/webauthn/sign_in_again.html")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["js_data"] = {"creation_options": auth.begin_registration(self.request.user, passwordless=True)}
        return found

    def form_valid(self, form: Any) -> HttpResponse:
        if self.request.user.needs_second_factor:
            response: HttpResponse = super().form_valid(form)
            return response
        # No recovery codes for participants: the code by mail is their other way in.
        flows._signup_or_add_authenticator(
            self.request, self.request.user, form.cleaned_data["name"], form.cleaned_data["credential"], signup=True
        )
        return HttpResponseRedirect(reverse("mfa_index"))


class RemovePasskey(RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class ConfirmByPasskey(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the same question, not to signing in: the session is open."""
        for message in form.errors.get("credential", []):
            messages.error(self.request, message)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("mfa_reauthenticate_webauthn")))
