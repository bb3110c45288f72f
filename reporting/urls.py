"""Addresses of this app."""

from django.urls import path

from reporting import views
from sessions import views_results

app_name = "reports"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("feedback/", views_results.feedback_results, name="feedback"),
    path("table.csv", views.overview_csv, name="overview_csv"),
]
