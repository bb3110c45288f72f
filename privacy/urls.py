"""Addresses of this app."""

from django.urls import path

from privacy import views, views_erasure

app_name = "privacy"

urlpatterns = [
    path("", views.office, name="office"),
    path("log/", views.access_log, name="access_log"),
    path("requests/", views.rights_requests, name="requests"),
    path("deletions/", views_erasure.erasures, name="erasures"),
    path("deletions/prepare/<uuid:request_id>/", views_erasure.prepare, name="erasure_prepare"),
    path("deletions/<uuid:erasure_id>/", views_erasure.erasure, name="erasure"),
    path("deletions/<uuid:erasure_id>/stop/", views_erasure.stop, name="erasure_stop"),
]
