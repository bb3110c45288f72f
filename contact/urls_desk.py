"""Addresses on the desk, in the namespace "desk"."""

from django.urls import path

from contact import views

urlpatterns = [path("messages/", views.troubled_messages, name="messages")]
