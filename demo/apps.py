"""Synthetic data for the demo, the tests and the benches. Above every other app, and imported by none."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
