"""Answers that take as long for an address we know as for one we do not ([security] 13).

The work behind them differs by a few milliseconds, which many tries could measure. So each of these
answers waits until a fixed time has passed; the work itself takes a small part of it.
"""

from __future__ import annotations

import time

EVEN_SECONDS = 0.3
EVEN_VIEWS = frozenset({"account_request_login_code", "account_confirm_login_code", "account_reset_password"})


def wait_until_even(view_name: str, begun: float) -> None:
    """Sleep what is left of the fixed time since `begun` (seconds of the monotonic clock)."""
    if view_name in EVEN_VIEWS:
        time.sleep(max(0.0, EVEN_SECONDS - (time.monotonic() - begun)))
