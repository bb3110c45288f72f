"""How long people wait, for the public page."""
