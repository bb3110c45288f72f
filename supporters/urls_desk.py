"""Addresses of the desk that this app fills, in the namespace "desk"."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
