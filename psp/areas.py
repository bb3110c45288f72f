"""Who may enter an area of the site at all; what they see inside is each queryset's `visible_to`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from psp.choices import Kind
from psp.errors import require
from psp.sight import sight_of

if TYPE_CHECKING:
    from psp.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(*roles: str) -> Callable[[View[P]], View[P]]:
    """Refuse (403, noted in the audit) everybody who has none of `roles`."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(sight_of(request.user).has(*roles), "area_closed")
            return view(request, *args, **kwargs)

        return guarded

    return guard


def holds(*roles: str) -> Callable[[Any], bool]:
    """For `Place.allowed`: whether an account has one of `roles`."""
    return lambda user: sight_of(user).has(*roles)


def for_participants(view: View[P]) -> View[P]:
    """Refuse (403) everybody but participants: the pages under /my/ are each person's own."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require(is_participant(request.user), "area_closed")
        return view(request, *args, **kwargs)

    return guarded


def is_participant(user: Any) -> bool:
    """For `Place.allowed`: whether this is a participant's account."""
    return bool(getattr(user, "kind", "") == Kind.PARTICIPANT)


def account(request: HttpRequest) -> User:
    """The account behind a request of a page that is closed to visitors."""
    require(request.user.is_authenticated, "area_closed")
    return cast("User", request.user)
