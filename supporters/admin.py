"""What administrators keep for those who lead: settings and texts. Never anything about a person."""
