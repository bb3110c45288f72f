"""Addresses of becoming a peer supporter under {lang}/my/."""

from django.urls import path

from supporters.joining import views_interest

app_name = "my_joining"
urlpatterns = [
    path("giving-back/", views_interest.page, name="page"),
    path("giving-back/take-back/", views_interest.take_back, name="take_back"),
]
