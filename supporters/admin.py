"""What administrators keep for those who lead. Never anything about a person."""

from supporters import admin_incidents as admin_incidents
