"""Addresses of supervision: /care/ for supervisors, /lead/supervision/ for whoever is supervised."""

from django.urls import URLPattern, path

from supporters.supervision import desk as desk_supervision
from supporters.supervision import views, views_people, views_talks

care: list[URLPattern] = [
    path("door/", views_talks.door, name="door"),
    path("talks/<uuid:talk_id>/take/", views_talks.take, name="talk_take"),
    path("talks/<uuid:talk_id>/done/", views_talks.done, name="talk_done"),
    path("together/", views_people.together, name="together"),
    path("people/<uuid:user_id>/", views_people.person, name="person"),
    path("people/<uuid:user_id>/meeting/", views_people.meeting, name="meeting"),
    path("people/<uuid:user_id>/next/", views_people.plan_next, name="next"),
    path("people/<uuid:user_id>/next/off/", views_people.drop_next, name="next_off"),
    path("people/<uuid:user_id>/plan/", views_people.new_plan, name="plan"),
    path("people/<uuid:user_id>/plan/<uuid:plan_id>/", views_people.look_again, name="plan_again"),
    path("people/<uuid:user_id>/plan/<uuid:plan_id>/end/", views_people.end_plan, name="plan_end"),
    path("people/<uuid:user_id>/hand-over/", views_people.hand_over, name="hand_over"),
    path("people/<uuid:user_id>/take-on/", views_people.take_on, name="take_on"),
    path("people/<uuid:user_id>/not-now/", views_people.not_now, name="not_now"),
]
lead: list[URLPattern] = [
    path("supervision/", views.mine, name="supervision"),
    path("supervision/talk/", views.talk, name="talk"),
    path("supervision/talk/<uuid:talk_id>/back/", views.talk_back, name="talk_back"),
    path("supervision/talk/<uuid:talk_id>/done/", views.talk_done, name="talk_done"),
    path("supervision/another/", views.another, name="another_supervisor"),
    path("supervision/another/back/", views.another_back, name="another_back"),
    path("supervision/meetings/<uuid:meeting_id>/", views.own_line, name="own_line"),
    path("supervision/meetings/<uuid:meeting_id>/show/", views.show_meeting, name="show_meeting"),
    path("supervision/plan/<uuid:plan_id>/show/", views.show_plan, name="show_plan"),
    path("supervision/next/<uuid:next_id>/", views.next_file, name="next_file"),
    path("supervision/next/off/", views.drop_next, name="next_off"),
]
desk: list[URLPattern] = [path("unsupervised/", desk_supervision.page, name="unsupervised")]
