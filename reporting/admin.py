"""What administrators keep for reports. Never a figure that is not protected."""

from reporting.definitions import admin as admin_definitions
from reporting.platforms import admin as admin_platforms

__all__ = ["admin_definitions", "admin_platforms"]
