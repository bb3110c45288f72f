"""Addresses of this app under {lang}/my/."""

from django.urls import path

from contact import views, views_reminders

app_name = "contact"
urlpatterns = [
    path("contact/", views.safe_contact, name="safe_contact"),
    path("contact/confirm/", views.confirm, name="confirm"),
    path("contact/change/", views.change_safe_contact, name="change"),
    path("reminders/", views_reminders.own_reminders, name="reminders"),
    path("messages/", views.own_messages, name="messages"),
]
