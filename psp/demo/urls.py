"""Pages that exist in the demo only."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
