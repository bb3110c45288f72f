"""Addresses of this app under {lang}/my/."""

from django.urls import path

from contact import views

app_name = "contact"
urlpatterns = [
    path("contact/", views.safe_contact, name="safe_contact"),
    path("contact/confirm/", views.confirm, name="confirm"),
    path("contact/change/", views.change_safe_contact, name="change"),
    path("messages/", views.own_messages, name="messages"),
]
