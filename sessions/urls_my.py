"""Addresses of this app under {lang}/my/."""

from django.urls import path

from sessions import views_after_my, views_calendar, views_feedback, views_groups, views_my, views_questions

app_name = "my_sessions"
urlpatterns = [
    path("sessions/", views_my.mine, name="mine"),
    path("sessions/<uuid:session_id>/coming/", views_groups.coming, name="coming"),
    path("sessions/<uuid:session_id>.ics", views_calendar.my_file, name="file"),
    path("calendar/", views_calendar.my_feed, name="feed"),
    path("code/", views_after_my.code, name="code"),
    path("calls/<uuid:offer_id>/", views_after_my.call, name="call"),
    path("sessions/<uuid:session_id>/feedback/", views_feedback.slip, name="slip"),
    path("groups/<uuid:pk>/questions/<slug:moment>/", views_questions.questions, name="questions"),
    path("groups/", views_groups.groups, name="groups"),
    path("groups/<uuid:pk>/", views_groups.group, name="group"),
    path("groups/<uuid:pk>/enrol/", views_groups.enrol, name="enrol"),
    path("groups/<uuid:pk>/leave/", views_groups.leave, name="leave"),
    path("groups/<uuid:pk>/line/", views_groups.leave_line, name="leave_line"),
    path("groups/<uuid:pk>/needs/", views_groups.needs, name="needs"),
]
