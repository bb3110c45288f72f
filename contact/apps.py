"""How, when and under which name it is safe to reach someone."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "contact"
