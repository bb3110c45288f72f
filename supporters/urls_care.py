"""Addresses of supervisors: {lang}/care/."""

from django.urls import URLPattern, URLResolver, include, path

from supporters import views_care
from supporters.hours import urls as urls_workload
from supporters.incidents.urls import COMMON, REPORT, REVIEW
from supporters.joining import urls as urls_joining
from supporters.may_lead import views as views_may_lead
from supporters.supervision import urls as urls_supervision
from supporters.texts import views as views_texts
from supporters.training import urls as urls_training
from supporters.wellbeing import urls as urls_wellbeing

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_care.home, name="home"),
    *urls_wellbeing.care,
    path("agreement/", views_texts.care_agreement, name="agreement"),
    path("agreement/<uuid:said>/", views_texts.care_agreed, name="agreed"),
    path("protocol/", views_texts.care_protocol, name="protocol"),
    path("network/", include("supporters.network.urls_care")),
    path("leading/<uuid:pk>/take/", views_may_lead.take, name="concern_take"),
    *urls_training.care,
    *urls_joining.care,
    *urls_supervision.care,
    REPORT,
    REVIEW,
    *COMMON,
    *urls_workload.care,
]
