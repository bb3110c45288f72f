"""What happens around every request, outermost first. Order is set in `psp.settings`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from psp import pages
from psp.accounts.second_factor import detour
from psp.accounts.timing import wait_until_even
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.audit.subjects import subject_of
from psp.choices import Language
from psp.context_vars import actor_id, request_id
from psp.crypto import keyring
from psp.errors import DomainError
from psp.logs import get_logger
from psp.nameless import is_nameless

log = get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]
STARTED, SEEN = "psp_started", "psp_seen"
# How often "seen" is written: a session ends at most this many seconds early.
SEEN_EVERY = 60


def is_static(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/")


class RequestContextMiddleware:
    """A request id for logs and audit, an empty keyring at both ends, one log line a request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        keyring.clear()
        actor_id.set(None)
        identity = str(uuid4())
        request_id.set(identity)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=identity)
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = identity
            self._log(request, response, time.perf_counter() - begun)
            return response
        finally:
            keyring.clear()

    @staticmethod
    def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        if is_static(request) or is_nameless(request):
            return
        match = request.resolver_match
        # The route, not the path: an address may hold the id of a person.
        log.info(
            "request", method=request.method, route=match.view_name if match else "", status=response.status_code,
            ms=round(seconds * 1000),
        )  # fmt: skip


class HeadersMiddleware:
    """Nothing of a page may stay in a cache, and no browser feature is open that we do not use."""

    PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_static(request):
            add_never_cache_headers(response)
        response.setdefault("Permissions-Policy", self.PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Robots-Tag", "noindex")
        return response


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves what was collected, or straight from the source where nothing was: then there is no folder to read."""

    def add_files(self, root: Any, prefix: str | None = None) -> None:
        if Path(root).is_dir():
            super().add_files(root, prefix)


class BodyMiddleware:
    """No address takes files, so a multipart body is refused before anything reads it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (request.content_type or "").startswith("multipart/"):
            return pages.problem(request, 415)
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal():
            return pages.problem(request, 400)
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return pages.problem(request, 413)
        # The database cannot hold it, so no address of ours has it.
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return pages.problem(request, 400)
        return self.get_response(request)


class EvenAnswerMiddleware:
    """Lets the time of an answer say nothing about whether an address is known."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        wait_until_even(match.view_name if match else "", begun)
        return response


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Hold a lock of this name across all processes of the site."""
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        # A connection that broke meanwhile has let the lock go by itself.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


class OneAtATimeMiddleware:
    """What one browser sends to the sign-in pages is handled in a row ([security] 9).

    Outside the session: the second of two equal codes must find the session that the first one left.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if request.method != "POST" or not session or not request.path_info.startswith("/accounts/"):
            return self.get_response(request)
        with one_at_a_time(f"session:{session}"):
            return self.get_response(request)


class SessionLimitsMiddleware:
    """Ends a session after a time without use, and after a time in all, by the kind of account."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and self._is_over(request):
            logout(request)
        return self.get_response(request)

    @staticmethod
    def _is_over(request: HttpRequest) -> bool:
        user: Any = request.user
        now = int(timezone.now().timestamp())
        limits = settings.SESSION_LIMITS[user.kind]
        started = request.session.setdefault(STARTED, now)
        seen = request.session.get(SEEN, now)
        if now - started > limits["absolute"] or now - seen > limits["idle"]:
            return True
        if SEEN not in request.session or now - seen >= SEEN_EVERY:
            request.session[SEEN] = now
        return False


class SecondFactorMiddleware:
    """No team member or supporter gets past sign-in without a second factor, the admin included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        destination = detour(request, match.view_name if match else None)
        return redirect(destination) if destination else None


class SignInMiddleware(LoginRequiredMiddleware):
    """Closed by default. Participants are asked for a code, everybody else for a password."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.path_info.split("/")[2:3] == ["my"]:
            return redirect_to_login(request.get_full_path(), reverse("account_request_login_code"))
        return super().handle_no_permission(request, view_func)


class ActorMiddleware:
    """Whoever is signed in is the actor of the audit, and reads in the language that they chose.

    The language in the address wins; the account's own language serves addresses without one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            actor_id.set(request.user.pk)
            prefix = request.path_info.split("/", 2)[1]
            if prefix not in Language.values and not request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class ErrorsMiddleware:
    """Turns a rule's "no" into a page that says how to mend it, and notes every refusal in the audit.

    Django calls it after the request's transaction was rolled back, so the note is kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            log.info("refused", code=exception.code)
            return pages.problem(request, exception.status, message=exception.message)
        if isinstance(exception, PermissionDenied):
            self._note_denial(request)
            return pages.problem(request, 403)
        if isinstance(exception, Http404) and request.resolver_match and request.resolver_match.kwargs:
            self._note_denial(request)
        return None

    @staticmethod
    def _note_denial(request: HttpRequest) -> None:
        """A closed area, or an id that is none of theirs, asked for by someone signed in."""
        match: Any = request.resolver_match
        if request.user.is_authenticated and match is not None:
            named = str(next(iter(match.kwargs.values()), ""))
            person = subject_of(match.view_name, named)
            audit.record_denial(match.view_name, named, person=person, purpose=Purpose.SECURITY)
