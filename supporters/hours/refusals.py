"""What the database says no to, in sentences that say how to mend it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# Name of the constraint → (code, field of the form, sentence).
REFUSALS: dict[str, tuple[str, str, Any]] = {
    "hours_one_thing_at_a_time": (
        "overlap", "begin", _("You noted something for this time already. Change one of the two."),
    ),
    "hours_within_a_day": (
        "day_full", "minutes", _("With this, the day would have more than 24 hours. Look at what is noted already."),
    ),
    "hours_never_below_nothing": (
        "length", "minutes", _("No more can be taken away than was counted. Say how long it really was."),
    ),
    "hours_needed_by_others": (
        "needed", "minutes", _("Other lines count on this correction. Remove or change those first."),
    ),
    "hours_minutes_sensible": ("length", "minutes", _("Say how long it was, at most 24 hours.")),
    "hours_taken_once": ("twice", "kind", _("This is among your hours already.")),
    "hours_away_once": ("twice", "kind", _("This is among your hours already.")),
}  # fmt: skip
