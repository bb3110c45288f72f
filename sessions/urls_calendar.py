"""Addresses of calendars: outside sign-in and languages. Nothing but a whole address is looked for."""

from django.urls import re_path

from sessions import views_calendar

urlpatterns = [
    re_path(r"^(?P<token>[A-Za-z0-9_-]{43})\.ics$", views_calendar.feed, name="calendar_feed"),
]
