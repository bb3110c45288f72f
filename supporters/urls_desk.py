"""Addresses of the desk that this app fills, in the namespace "desk"."""

from django.urls import URLPattern, URLResolver, path

from supporters import urls_joining, urls_supervision, urls_workload, views_texts
from supporters.urls_incidents import COMMON, REPORT

urlpatterns: list[URLPattern | URLResolver] = [
    path("agreement/", views_texts.desk_agreement, name="agreement"),
    path("agreement/<uuid:said>/", views_texts.desk_agreed, name="agreed"),
    path("protocol/", views_texts.desk_protocol, name="protocol"),
    *urls_joining.desk,
    *urls_supervision.desk,
    REPORT,
    *COMMON,
    *urls_workload.desk,
]
