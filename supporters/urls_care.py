"""Addresses of supervisors: {lang}/care/."""

from django.urls import URLPattern, URLResolver, path

from supporters import views_care

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_care.home, name="home"),
]
