"""Unit tests know no database, no network and no time zone data but PyPI's."""

from __future__ import annotations

import os
import zoneinfo

from hypothesis import settings

# The system's zone data may be older than the 2026 changes in the west; the settings do the same.
zoneinfo.reset_tzpath(to=[])
zoneinfo.ZoneInfo.clear_cache()

settings.register_profile("quick", max_examples=100, deadline=None)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
