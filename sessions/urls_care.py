"""Addresses of supervisors: {lang}/care/."""

from django.urls import path

from sessions import views_care

urlpatterns = [
    path("<uuid:debrief_id>/take/", views_care.take, name="take"),
    path("<uuid:debrief_id>/end/", views_care.end, name="end"),
]
