"""Addresses of how those who lead are, by area: themselves, and supervisors to whom they show something."""

from django.urls import URLPattern, URLResolver, path

from supporters.wellbeing import views as views_wellbeing
from supporters.wellbeing import views_pause

lead: list[URLPattern | URLResolver] = [
    path("pause/", views_pause.pause, name="pause"),
    path("pause/end/", views_pause.end, name="pause_end"),
    path("how-i-am/", views_wellbeing.wellbeing, name="wellbeing"),
    path("how-i-am/away/", views_wellbeing.put_away, name="check_in_away"),
    path("how-i-am/wishes/", views_wellbeing.wishes, name="check_in_wishes"),
    path("how-i-am/<uuid:check_in_id>/", views_wellbeing.check_in, name="check_in"),
    path("how-i-am/<uuid:check_in_id>/share/", views_wellbeing.share, name="check_in_share"),
    path("how-i-am/<uuid:check_in_id>/back/<uuid:person_id>/", views_wellbeing.take_back, name="check_in_take_back"),
    path("how-i-am/<uuid:check_in_id>/remove/", views_wellbeing.remove, name="check_in_remove"),
]

care: list[URLPattern | URLResolver] = [
    path("check-ins/", views_wellbeing.shared_with_me, name="check_ins"),
]
