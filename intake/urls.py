"""Addresses of the public application: {lang}/intake/."""

from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("", views.apply, name="apply"),
    path("check/", views.check_answers, name="check"),
    path("stop/", views.stop_here, name="stop"),
    path("elsewhere/", views.elsewhere, name="elsewhere"),
    path("sent/", views.sent, name="sent"),
]
