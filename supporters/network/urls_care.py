"""Meetings and the library at {lang}/care/network/."""

from django.urls import URLPattern, URLResolver, path

from supporters.network import views_care as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.network, name="network"),
    path("meetings/new/", views.event, name="event_new"),
    path("meetings/<uuid:event_id>/", views.event, name="event"),
    path("meetings/<uuid:event_id>/cancel/", views.cancel, name="event_cancel"),
    path("library/new/", views.resource, name="resource_new"),
    path("library/<uuid:resource_id>/", views.resource, name="resource"),
    path("library/<uuid:resource_id>/checked/", views.checked, name="resource_checked"),
    path("library/<uuid:resource_id>/out/", views.out, name="resource_out"),
]
