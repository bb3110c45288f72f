"""Addresses of those who lead, and who are getting ready to: {lang}/lead/."""

from django.urls import URLPattern, URLResolver, path

from supporters import views_me

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", views_me.me, name="me"),
]
