"""Whether somebody signed in a short while ago: for what would let others sign in from then on."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from psp.middleware import STARTED

# Seconds. Time enough to fill in a form without haste.
LATELY = 15 * 60


def signed_in_lately(request: HttpRequest) -> bool:
    """False for a session that was left open: whoever holds the device now need not be the person."""
    now = int(timezone.now().timestamp())
    return bool(now - request.session.get(STARTED, 0) <= LATELY)
