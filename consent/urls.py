"""Addresses of this app: {lang}/my/consents/."""

from django.urls import path

from consent import views, views_leave

app_name = "consent"
urlpatterns = [
    path("consents/", views.consents, name="list"),
    path("consents/<uuid:consent_id>/", views.text, name="text"),
    path("consents/<uuid:consent_id>/paper/", views.paper, name="paper"),
    path("consents/<slug:purpose>/sign/", views.sign, name="sign"),
    path("consents/<slug:purpose>/withdraw/", views.withdraw, name="withdraw"),
    path("consents/<slug:purpose>/withdrawn/", views.withdrawn, name="withdrawn"),
    path("leave/", views_leave.leave, name="leave"),
    path("left/", views_leave.left, name="left"),
]
