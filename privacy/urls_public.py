"""Public addresses of this app."""

from django.urls import path

from privacy import views_erasure, views_public

urlpatterns = [
    path("what-we-hold/", views_public.what_we_hold, name="what_we_hold"),
    path("transparency/", views_public.transparency, name="transparency"),
    path("document/", views_erasure.certificate, name="certificate"),
]
