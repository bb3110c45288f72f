"""Addresses of this app on the desk."""

from django.urls import path

from privacy import views_desk

urlpatterns = [
    path("corrections/", views_desk.corrections, name="corrections"),
    path("corrections/<uuid:request_id>/", views_desk.correction, name="correction"),
]
