"""Addresses of this app."""

from django.urls import path

from reporting import views

app_name = "reports"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("table.csv", views.overview_csv, name="overview_csv"),
]
