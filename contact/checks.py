"""What an operator could set that would give everybody away: a sender or an address that names the program."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from contact import sms
from contact.lint import neutral_violations

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@register()
def outside_names_are_neutral(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """No message goes out whose sender or link has telling words; better to know before the first one."""
    found: list[CheckMessage] = []
    for name in ("DEFAULT_FROM_EMAIL", "PSP_PUBLIC_URL"):
        value = getattr(settings, name)
        telling = dict.fromkeys(neutral_violations(value, "en") + neutral_violations(value, "fr"))
        if telling:
            hint = "Choose one that a household member may read: every message would be refused."
            found.append(Warning(f"{name} is not neutral: {', '.join(telling)}.", hint=hint, id="contact.W001"))
    return found


@register()
def text_messages_are_set_up(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Half a set-up would let every text message wait in vain; an open line would show them to everybody on it."""
    if settings.PSP_SMS not in (sms.NONE, sms.LOCAL, sms.GC_NOTIFY):
        return [Error(f"PSP_SMS: no such provider: {settings.PSP_SMS}.", id="contact.E001")]
    if settings.PSP_SMS == sms.LOCAL and not settings.PSP_DEMO:
        return [Error("PSP_SMS is local: nobody would get a text message.", id="contact.E002")]
    if settings.PSP_SMS != sms.GC_NOTIFY:
        return []
    found: list[CheckMessage] = []
    if not (settings.GC_NOTIFY_API_KEY and settings.GC_NOTIFY_TEMPLATE_ID):
        found.append(Error("GC_NOTIFY_API_KEY and GC_NOTIFY_TEMPLATE_ID belong together.", id="contact.E003"))
    address = urlsplit(settings.GC_NOTIFY_URL)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        found.append(Error("GC_NOTIFY_URL must begin with https://.", id="contact.E004"))
    return found
