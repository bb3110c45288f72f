"""Addresses of joining, by area: supervisors, those on the way, coordinators."""

from django.urls import URLPattern, URLResolver, path

from supporters.joining import views as views_joining
from supporters.joining import views_met_again, views_on_the_way

care: list[URLPattern | URLResolver] = [
    path("joining/", views_joining.joining, name="joining"),
    path("joining/note/", views_joining.note, name="joining_note"),
    path("joining/interests/<uuid:pk>/take-up/", views_joining.interest_take_up, name="interest_take_up"),
    path("joining/interests/<uuid:pk>/leave/", views_joining.interest_leave, name="interest_leave"),
    path("joining/interests/<uuid:pk>/delete/", views_joining.interest_drop, name="interest_drop"),
    path("joining/<uuid:pk>/", views_joining.person, name="joiner"),
    path("joining/<uuid:pk>/conversation/", views_joining.readiness, name="readiness"),
    path("joining/<uuid:pk>/begin/", views_joining.begin, name="begin_leading"),
    path("joining/<uuid:pk>/end/", views_joining.end, name="end_role"),
    path("joining/<uuid:pk>/link/", views_joining.send_link, name="send_link"),
    path("joining/conversations/<uuid:pk>/", views_joining.readiness_change, name="readiness_change"),
    path("joining/conversations/<uuid:pk>/take-back/", views_joining.readiness_withdraw, name="readiness_withdraw"),
]

lead: list[URLPattern | URLResolver] = [
    path("joining/", views_on_the_way.mine, name="joining"),
    path("joining/<uuid:pk>/comment/", views_on_the_way.comment, name="readiness_comment"),
    path("joining/end/", views_on_the_way.end, name="end_role"),
    path("joining/back/", views_on_the_way.back, name="come_back"),
]

desk: list[URLPattern | URLResolver] = [
    path("people/<uuid:pk>/met-again/<uuid:supporter>/", views_met_again.met_again, name="met_again"),
]
