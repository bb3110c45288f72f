"""Addresses on the desk, in the namespace "desk"."""

from django.urls import path

from sessions import views_desk

urlpatterns = [
    path("groups/<uuid:group_id>/schedule/", views_desk.schedule, name="group_schedule"),
    path("sessions/<uuid:session_id>/", views_desk.session, name="session"),
    path("sessions/<uuid:session_id>/move/", views_desk.move, name="session_move"),
    path("sessions/<uuid:session_id>/cancel/", views_desk.cancel, name="session_cancel"),
]
