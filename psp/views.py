"""Pages of the floor: public front page, quick exit, health, errors."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from psp import crisis, leaving, pages
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Kind, Role
from psp.content import load
from psp.dashboard import public_figures
from psp.sight import sight_of


def crisis_lines(language: str | None = None) -> list[dict[str, Any]]:
    """Lines to call now, in the reader's language, as the component `help_now` wants them."""
    now, code = timezone.now(), language or reader_language()
    return [crisis.shown(line, code, now) for line in crisis.offered()]


@login_not_required
@require_GET
def root(request: HttpRequest) -> HttpResponse:
    return redirect(f"/{reader_language()}/")


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "psp/home.html", {"crisis_lines": crisis_lines(), "figures": public_figures()})


@login_not_required
@require_GET
def offer(request: HttpRequest) -> HttpResponse:
    """Each kind of service, with sizes and lengths as they are set now."""
    return render(request, "psp/offer.html", {"crisis_lines": crisis_lines(), "figures": public_figures()})


@login_not_required
@require_GET
def after(request: HttpRequest) -> HttpResponse:
    """What happens after applying, and how long it took others."""
    context = {
        "crisis_lines": crisis_lines(), "figures": public_figures("after"),
        "working_days": settings.PSP_ANSWER_WORKING_DAYS,
    }  # fmt: skip
    return render(request, "psp/after.html", context)


@login_not_required
@require_GET
def privacy_notice(request: HttpRequest) -> HttpResponse:
    current, language = notice(), reader_language()
    since = long_date(date.fromisoformat(current["valid_from"]), language, article=False)
    return render(request, "psp/privacy_notice.html", {"notice": current, "notice_date": since})


def notice(language: str | None = None) -> dict[str, Any]:
    """The privacy notice in one language: every `x_en`/`x_fr` pair becomes `x`."""
    flat: dict[str, Any] = flatten(load("notice_v1"), language or reader_language())
    return flat


def flatten(item: Any, language: str) -> Any:
    """Content in one language: pairs of `_en` and `_fr` keys become one key without ending."""
    if isinstance(item, list):
        return [flatten(part, language) for part in item]
    if not isinstance(item, dict):
        return item
    own = "_fr" if language.startswith("fr") else "_en"
    flat = {key: flatten(value, language) for key, value in item.items() if not key.endswith(("_en", "_fr"))}
    return flat | {key[:-3]: value for key, value in item.items() if key.endswith(own)}


@login_not_required
@require_GET
def safe_use(request: HttpRequest) -> HttpResponse:
    return render(request, "psp/safe_use.html", {"crisis_lines": crisis_lines()})


@require_GET
def home_for_me(request: HttpRequest) -> HttpResponse:
    """Where each account's work or own page begins, in the language that they chose."""
    destination = front_page(request.user)
    return HttpResponseRedirect(destination) if destination else render(request, "psp/no_place.html")


def front_page(user: Any) -> str:
    """Address of the first page of an account; "" for one whose role has no pages yet, or that has no role."""
    language = user.language
    sight = sight_of(user)
    if user.kind == Kind.PARTICIPANT:
        return f"/{language}/my/"
    for roles, path in (
        ((Role.COORDINATOR,), "desk/"), ((Role.SUPPORTER, Role.CLINICIAN), "lead/"),
        ((Role.SUPERVISOR,), "care/"), ((Role.ANALYST,), "reports/"), ((Role.PRIVACY_OFFICER,), "privacy/"),
    ):  # fmt: skip
        if sight.has(*roles):
            return f"/{language}/{path}"
    if user.kind == Kind.SUPPORTER and not sight.grants:
        # Somebody who is joining, or who has ended the role, has a page of their own.
        return f"/{language}/lead/joining/"
    return reverse("admin:index") if sight.has(Role.ADMINISTRATOR) else ""


@login_not_required
@require_GET
def switch_language(request: HttpRequest) -> HttpResponse:
    """Remember the language of this address and go back to a page that has none in its own."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, reader_language(), secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


@login_not_required
@csrf_exempt
@require_POST
def quick_exit(request: HttpRequest) -> HttpResponse:
    """End the session on the server, then go somewhere else; or come back. Works without JavaScript.

    Without CSRF protection on purpose: leaving must never fail, and all that a forged request can do
    is to end a session.
    """
    # Also for whoever comes back: an exit without a network hid the pages and could not end the session.
    logout(request)
    if leaving.COME_BACK in request.POST:
        return leaving.come_back()
    response = HttpResponseRedirect(settings.PSP_QUICK_EXIT_URL)
    leaving.mark_left(response)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
@transaction.non_atomic_requests
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is alive."""
    return JsonResponse({"status": "ok"})


@login_not_required
@transaction.non_atomic_requests
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """Databases, broker and migrations, each "ok" or "down". 503 unless the site can serve.

    The broker may be away: applying and withdrawing work without it.
    """
    state = {
        "database": _database("default"),
        "keys": _database("keys"),
        "broker": _broker(),
        "migrations": _migrations(),
    }
    needed = (state["database"], state["keys"], state["migrations"])
    return JsonResponse(state, status=200 if all(part == "ok" for part in needed) else 503)


def _database(alias: str) -> str:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _broker() -> str:
    import redis

    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
        client.ping()
    except redis.RedisError:
        return "down"
    return "ok"


def _migrations() -> str:
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connections["default"])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "down"
    return "behind" if any(migration.app_label != "keys" for migration, _backwards in plan) else "ok"


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", {"message": ""}, status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return pages.problem(request, 404)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return pages.problem(request, 400)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    return pages.out_of_order(request)
