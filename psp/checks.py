"""System checks of our own, for `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string

from psp.crypto import cipher


@register(Tags.security, deploy=True)
def https_outside_the_demo(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    if settings.PSP_HTTPS and not settings.PSP_DEMO:
        return []
    return [Warning("PSP_HTTPS=0 and PSP_DEMO=1 are for the demo on one machine only.", id="psp.W001")]


@register(Tags.security)
def forms_are_protected(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Stands in for Django's security.W003, which does not know subclasses of its own middleware."""
    for path in settings.MIDDLEWARE:
        part = import_string(path)
        if isinstance(part, type) and issubclass(part, CsrfViewMiddleware):
            return []
    return [Error("No CSRF middleware is in MIDDLEWARE.", id="psp.E002")]


@register(Tags.security)
def keys_are_keys(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    for name in ("PSP_INDEX_KEY", "PSP_AUDIT_KEY"):
        try:
            cipher.decode_key(getattr(settings, name))
        except ValueError as error:
            messages.append(Error(f"{name}: {error}", id="psp.E001"))
    return messages
