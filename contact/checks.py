"""What an operator could set that would give everybody away: a sender or an address that names the program."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from contact.lint import neutral_violations


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
