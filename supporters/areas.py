"""Pages that open to a role, and to somebody who is on the way to it and has none yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from psp.areas import View
from psp.errors import require
from psp.sight import sight_of
from supporters.joining.permissions import is_on_the_way

P = ParamSpec("P")


def requires_or_joining(*roles: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Refuse (403) everybody who has none of `roles` and is not on the way to being a peer supporter."""

    def guard(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(sight_of(request.user).has(*roles) or is_on_the_way(request.user), "area_closed")
            return view(request, *args, **kwargs)

        return guarded

    return guard
