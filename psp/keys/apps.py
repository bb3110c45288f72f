"""The data keys, in a database of their own."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "psp.keys"
    label = "keys"
