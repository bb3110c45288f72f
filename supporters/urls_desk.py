"""Addresses of the desk that this app fills, in the namespace "desk"."""

from django.urls import URLPattern, URLResolver, path

from supporters.hours import urls as urls_workload
from supporters.incidents.urls import COMMON, REPORT
from supporters.joining import urls as urls_joining
from supporters.supervision import urls as urls_supervision
from supporters.texts import views as views_texts

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
