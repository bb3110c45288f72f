"""Addresses on the desk, in the namespace "desk"."""

from django.urls import path

from sessions import desk_support, views_after_desk, views_cover, views_desk, views_schedule

urlpatterns = [
    path("calendar/", views_desk.calendar, name="calendar"),
    path("groups/<uuid:group_id>/schedule/", views_schedule.schedule, name="group_schedule"),
    path("groups/<uuid:group_id>/schedule/add/", views_schedule.add, name="session_add"),
    path("groups/<uuid:group_id>/schedule/shift/", views_schedule.shift, name="sessions_shift"),
    path("closures/", views_schedule.closures, name="closures"),
    path("closures/<int:closure_id>/remove/", views_schedule.closure_remove, name="closure_remove"),
    path("sessions/<uuid:session_id>/restore/", views_desk.restore, name="session_restore"),
    path("sessions/<uuid:session_id>/place/", views_desk.place, name="session_place"),
    path("sessions/<uuid:session_id>/", views_desk.session, name="session"),
    path("sessions/<uuid:session_id>/move/", views_desk.move, name="session_move"),
    path("sessions/<uuid:session_id>/video/", views_desk.video, name="session_video"),
    path("sessions/<uuid:session_id>/cancel/", views_desk.cancel, name="session_cancel"),
    path("before/", desk_support.page, name="support_first"),
    path("covers/", views_cover.covers, name="covers"),
    path("covers/<uuid:cover_id>/", views_cover.cover, name="cover"),
    path("covers/<uuid:cover_id>/alone/", views_cover.alone, name="cover_alone"),
    path("covers/<uuid:cover_id>/theirs/", views_cover.theirs, name="cover_theirs"),
    path("covers/<uuid:cover_id>/reopen/", views_cover.reopen, name="cover_reopen"),
    path("after-sessions/", views_after_desk.after, name="after_sessions"),
    path("after-sessions/codes/<uuid:drop_in_id>/", views_after_desk.code_settle, name="code_settle"),
    path("after-sessions/talks/<uuid:debrief_id>/", views_after_desk.talk_done, name="talk_done"),
    path("after-sessions/calls/<uuid:offer_id>/", views_after_desk.call, name="follow_up"),
]
