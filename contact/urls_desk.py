"""Addresses on the desk, in the namespace "desk"."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
