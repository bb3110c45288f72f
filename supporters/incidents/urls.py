"""Addresses of incidents: the same pages in each part of the site whose people may have a part in one."""

from django.urls import URLPattern, URLResolver, path

from supporters.incidents import views as views_incidents

COMMON: list[URLPattern | URLResolver] = [
    path("incidents/", views_incidents.incidents, name="incidents"),
    path("incidents/<uuid:pk>/", views_incidents.incident, name="incident"),
    path("incidents/<uuid:pk>/<slug:what>/", views_incidents.act, name="incident_act"),
]
REPORT = path("incidents/report/", views_incidents.report, name="incident_report")
REVIEW = path("incidents/review/", views_incidents.review, name="incident_review")
