"""Addresses of supervisors: {lang}/care/."""

from django.urls import URLPattern, URLResolver, include, path

from supporters import (
    urls_joining,
    urls_supervision,
    urls_training,
    urls_wellbeing,
    urls_workload,
    views_care,
    views_may_lead,
    views_texts,
)
from supporters.urls_incidents import COMMON, REPORT, REVIEW

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_care.home, name="home"),
    *urls_wellbeing.care,
    path("agreement/", views_texts.care_agreement, name="agreement"),
    path("agreement/<uuid:said>/", views_texts.care_agreed, name="agreed"),
    path("protocol/", views_texts.care_protocol, name="protocol"),
    path("network/", include("supporters.urls_care_network")),
    path("leading/<uuid:pk>/take/", views_may_lead.take, name="concern_take"),
    *urls_training.care,
    *urls_joining.care,
    *urls_supervision.care,
    REPORT,
    REVIEW,
    *COMMON,
    *urls_workload.care,
]
