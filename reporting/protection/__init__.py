"""Disclosure control behind its door, `reporting.disclosure`: pure, proven before anything is shown."""
