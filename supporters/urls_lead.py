"""Addresses of those who lead, and who are getting ready to: {lang}/lead/."""

from django.urls import URLPattern, URLResolver, include, path

from supporters import (
    urls_joining,
    urls_supervision,
    urls_training,
    urls_wellbeing,
    urls_workload,
    views_me,
    views_texts,
)
from supporters.urls_incidents import COMMON, REPORT

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", views_me.me, name="me"),
    *urls_wellbeing.lead,
    path("agreement/", views_texts.lead_agreement, name="agreement"),
    path("agreement/<uuid:said>/", views_texts.lead_agreed, name="agreed"),
    path("protocol/", views_texts.lead_protocol, name="protocol"),
    path("network/", include("supporters.urls_lead_network")),
    *urls_training.lead,
    *urls_joining.lead,
    *urls_supervision.lead,
    REPORT,
    *COMMON,
    *urls_workload.lead,
]
