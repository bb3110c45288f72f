"""The network at {lang}/lead/network/."""

from django.urls import URLPattern, URLResolver, path

from supporters.network import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.directory, name="network"),
    path("me/", views.entry, name="network_entry"),
    path("leave/", views.leave, name="network_leave"),
    path("ask/<uuid:entry_id>/", views.ask, name="network_ask"),
    path("answer/<uuid:touch_id>/", views.answer, name="network_answer"),
    path("end/<uuid:touch_id>/", views.end, name="network_end"),
    path("meetings/", views.events, name="events"),
    path("meetings/<uuid:event_id>/come/", views.come, name="event_come"),
    path("meetings/<uuid:event_id>/stay-away/", views.stay_away, name="event_leave"),
    path("library/", views.library, name="library"),
    path("library/suggest/", views.suggest_link, name="library_suggest"),
    path("library/<uuid:resource_id>/broken/", views.broken, name="library_broken"),
]
