"""Addresses of this app."""

from django.urls import path

from reporting import views, views_wellbeing
from sessions import views_results

app_name = "reports"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("feedback/", views_results.feedback_results, name="feedback"),
    path("by-month/", views_wellbeing.by_month, name="wellbeing"),
    path("table.csv", views.overview_csv, name="overview_csv"),
]
