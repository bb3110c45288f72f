"""Unit tests know no database, no network and no time zone data but PyPI's."""

from __future__ import annotations

import zoneinfo

# The system's zone data may be older than the 2026 changes in the west; the settings do the same.
zoneinfo.reset_tzpath(to=[])
zoneinfo.ZoneInfo.clear_cache()
