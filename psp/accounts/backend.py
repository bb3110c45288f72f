"""Who is signed in, read at every request."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from psp.models import User
from psp.sight import remember

# One question for both, written out, because every request of an account asks it. Nothing of the answer outlives
# the request: who loses a role has lost it at the next one.
ACCOUNT = """
SELECT *, ARRAY(
    SELECT ARRAY[role, region_id] FROM psp_roleassignment WHERE user_id = account.id
) AS grants
FROM psp_user AS account WHERE id = %s
"""


class AccountBackend(AuthenticationBackend):
    """The sign-in library's own, but that an account comes with its roles."""

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        for user in User.objects.raw(ACCOUNT, [user_id]):
            remember(user, user.grants)  # type: ignore[attr-defined]
            return user if self.user_can_authenticate(user) else None
        return None
