"""Addresses of those who lead, and who are getting ready to: {lang}/lead/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
