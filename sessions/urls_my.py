"""Addresses of this app under {lang}/my/."""

from django.urls import path

from sessions import views_my

app_name = "my_sessions"
urlpatterns = [path("sessions/", views_my.mine, name="mine")]
