"""Addresses of this app: {lang}/my/consents/."""

from django.urls import path

from consent import views

app_name = "consent"
urlpatterns = [
    path("consents/", views.consents, name="list"),
    path("consents/<uuid:consent_id>/", views.text, name="text"),
    path("consents/<slug:purpose>/sign/", views.sign, name="sign"),
    path("consents/<slug:purpose>/withdraw/", views.withdraw, name="withdraw"),
]
