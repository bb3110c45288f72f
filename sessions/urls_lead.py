"""Addresses of those who lead: {lang}/lead/."""

from django.urls import path

from sessions import views_lead

app_name = "lead"
urlpatterns = [
    path("", views_lead.home, name="home"),
    path("groups/<uuid:group_id>/", views_lead.group, name="group"),
    path("sessions/<uuid:session_id>/", views_lead.session, name="session"),
    path("sessions/<uuid:session_id>/thanks/", views_lead.thanks, name="thanks"),
]
