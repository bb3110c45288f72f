"""Steps between a right password or code and an open session."""

from __future__ import annotations

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest


class SecondFactorStage(AuthenticateStage):
    """Asks for the second factor. A participant's passkey is another way in, never a second hurdle."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is not None and not user.needs_second_factor:
            return False
        return bool(super()._should_handle(request))
