"""Reminders in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

DAY = 24


def how_long(hours: int) -> Promise:
    """How long before; a day is twenty-four hours, also when the clocks change."""
    if hours == DAY:
        return _("The day before")
    if hours % DAY:
        return format_lazy(ngettext_lazy("{count} hour before", "{count} hours before", hours), count=hours)
    days = hours // DAY
    return format_lazy(ngettext_lazy("{count} day before", "{count} days before", days), count=days)
