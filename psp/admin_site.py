"""The administrators' site: configuration, accounts, history. Never a bulk list of personal data."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from psp.choices import Role
from psp.sight import sight_of


class ProgramAdminSite(AdminSite):
    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Settings and accounts")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return sight_of(request.user).has(Role.ADMINISTRATOR)
