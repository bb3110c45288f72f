"""Addresses on the desk, in the namespace "desk"."""

from django.urls import path

from contact import views_desk

urlpatterns = [
    path("messages/", views_desk.troubled_messages, name="messages"),
    path("messages/<uuid:message_id>/dealt/", views_desk.message_dealt, name="message_dealt"),
    path("calls/", views_desk.calls, name="calls"),
    path("calls/<uuid:task_id>/", views_desk.call, name="call"),
    path("rechecks/", views_desk.rechecks, name="rechecks"),
]
