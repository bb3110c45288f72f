"""The CSRF check, told about `Referrer-Policy: no-referrer`.

Under that policy browsers send `Origin: null` with our own forms and no Referer, both of which Django takes for
another site's. The browser's own `Sec-Fetch-Site`, which no page can forge, says whether the form was ours. Browsers
too old to send it are judged by the token alone; it stands in a `__Host-` cookie that no other site can plant.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

OURS = frozenset({"same-origin", ""})


def comes_from_ourselves(request: HttpRequest) -> bool:
    """Whether a form without a readable origin was one of ours, as far as the browser tells."""
    return request.META.get("HTTP_SEC_FETCH_SITE", "") in OURS


class NoReferrerCsrfMiddleware(CsrfViewMiddleware):
    """Django's own check in all but its reading of a missing origin."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META["HTTP_ORIGIN"] == "null":
            return comes_from_ourselves(request)
        return bool(super()._origin_verified(request))  # type: ignore[misc] # private, and so untyped

    def _check_referer(self, request: HttpRequest) -> None:
        """Called over HTTPS when there is no Origin header at all."""
        if "HTTP_REFERER" not in request.META and comes_from_ourselves(request):
            return
        super()._check_referer(request)  # type: ignore[misc]
