"""Addresses of this app."""

from django.urls import path

from privacy import views

app_name = "privacy"

urlpatterns = [
    path("", views.office, name="office"),
    path("log/", views.access_log, name="access_log"),
    path("requests/", views.rights_requests, name="requests"),
]
