"""What administrators keep for those who lead: settings and texts. Never anything about a person."""

from supporters.hours import admin as admin_hours
from supporters.incidents import admin as admin_incidents
from supporters.joining import admin as admin_joining
from supporters.network import admin as admin_network
from supporters.supervision import admin as admin_supervision
from supporters.texts import admin as admin_texts
from supporters.training import admin as admin_training
from supporters.wellbeing import admin as admin_wellbeing

__all__ = [
    "admin_hours", "admin_incidents", "admin_joining", "admin_network", "admin_supervision", "admin_texts",
    "admin_training", "admin_wellbeing",
]  # fmt: skip
