"""Addresses of incidents: the same pages in each part of the site whose people may have a part in one."""

from django.urls import URLPattern, URLResolver, path

from supporters.incidents import views as views_incidents

COMMON: list[URLPattern | URLResolver] = [
    path("matters/", views_incidents.incidents, name="incidents"),
    path("matters/<uuid:pk>/", views_incidents.incident, name="incident"),
    path("matters/<uuid:pk>/<slug:what>/", views_incidents.act, name="incident_act"),
]
REPORT = path("matters/report/", views_incidents.report, name="incident_report")
REVIEW = path("matters/review/", views_incidents.review, name="incident_review")
