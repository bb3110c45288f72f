"""Addresses on the desk, in the namespace "desk"."""

from django.urls import path

from contact import views_desk, views_desk_reminders

urlpatterns = [
    path("messages/", views_desk.troubled_messages, name="messages"),
    path("messages/<uuid:message_id>/dealt/", views_desk.message_dealt, name="message_dealt"),
    path("calls/", views_desk.calls, name="calls"),
    path("calls/<uuid:task_id>/", views_desk.call, name="call"),
    path("reminders/", views_desk_reminders.reminders, name="reminders"),
    path("reminders/<uuid:message_id>/retry/", views_desk_reminders.retry, name="reminder_retry"),
    path("reminders/<uuid:message_id>/tell/", views_desk_reminders.tell, name="reminder_tell"),
    path("rechecks/", views_desk.rechecks, name="rechecks"),
]
