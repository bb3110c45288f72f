"""Addresses of those who lead, and who are getting ready to: {lang}/lead/."""

from django.urls import URLPattern, URLResolver, include, path

from supporters import views_me
from supporters.hours import urls as urls_workload
from supporters.incidents.urls import COMMON, REPORT
from supporters.joining import urls as urls_joining
from supporters.supervision import urls as urls_supervision
from supporters.texts import views as views_texts
from supporters.training import urls as urls_training
from supporters.wellbeing import urls as urls_wellbeing

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", views_me.me, name="me"),
    *urls_wellbeing.lead,
    path("agreement/", views_texts.lead_agreement, name="agreement"),
    path("agreement/<uuid:said>/", views_texts.lead_agreed, name="agreed"),
    path("protocol/", views_texts.lead_protocol, name="protocol"),
    path("network/", include("supporters.network.urls_lead")),
    *urls_training.lead,
    *urls_joining.lead,
    *urls_supervision.lead,
    REPORT,
    *COMMON,
    *urls_workload.lead,
]
