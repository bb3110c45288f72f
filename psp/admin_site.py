"""The administrators' site: configuration, accounts, history. Never a bulk list of personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from psp.choices import Role
from psp.errors import require
from psp.sight import sight_of

# Nobody sees another person's factors, aliases or sessions: what libraries register stays outside.
OUR_APPS = frozenset(
    {"psp", "audit", "consent", "contact", "intake", "supporters", "groups", "peer_sessions", "reporting", "privacy"}
)


class ProgramAdminSite(AdminSite):
    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Settings and accounts")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return sight_of(request.user).has(Role.ADMINISTRATOR)

    def register(self, model_or_iterable: Any, admin_class: type[Any] | None = None, **options: Any) -> None:
        found: Iterable[type[Model]] = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in found if model._meta.app_label in OUR_APPS]
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[Any]:
        """Without the two addresses that nothing here uses."""
        unused = {"view_on_site", "autocomplete"}
        return [url for url in super().get_urls() if getattr(url, "name", None) not in unused]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Refuse at once: whoever is signed in and no administrator gains nothing from signing in again."""
        inner: Callable[..., HttpResponse] = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(not request.user.is_authenticated or self.has_permission(request), "administrators_only")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one way to sign in, and the second factor is part of it."""
        if request.user.is_authenticated:
            require(self.has_permission(request), "administrators_only")
            return redirect("admin:index")
        return redirect(f"/accounts/login/?{request.META.get('QUERY_STRING', '')}".rstrip("?"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")
