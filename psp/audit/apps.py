"""Who read or changed what about whom, and the chain that shows tampering."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "psp.audit"
    label = "audit"
