"""What administrators keep for reports. Never a figure that is not protected."""

from reporting import admin_definitions, admin_platforms

__all__ = ["admin_definitions", "admin_platforms"]
