"""Addresses of those who lead: {lang}/lead/."""

from django.urls import path

from contact.views_reminders import lead_reminders
from groups import views_leading
from sessions import views_after_lead, views_calendar, views_cover, views_lead

urlpatterns = [
    path("", views_lead.home, name="home"),
    path("times/", views_leading.times, name="times"),
    path("times/pause/", views_leading.pause, name="times_pause"),
    path("reminders/", lead_reminders, name="reminders"),
    path("groups/<uuid:group_id>/", views_lead.group, name="group"),
    path("sessions/<uuid:session_id>/", views_lead.session, name="session"),
    path("sessions/<uuid:session_id>/thanks/", views_lead.thanks, name="thanks"),
    path("sessions/<uuid:session_id>.ics", views_calendar.lead_file, name="file"),
    path("calendar/", views_lead.calendar, name="calendar"),
    path("calendar/address/", views_calendar.lead_feed, name="feed"),
    path("sessions/<uuid:session_id>/code/", views_after_lead.drop_in, name="drop_in"),
    path("sessions/<uuid:session_id>/debrief/", views_after_lead.debrief, name="debrief"),
    path("sessions/<uuid:session_id>/debrief/away/", views_after_lead.debrief_away, name="debrief_away"),
    path("sessions/<uuid:session_id>/cannot/", views_cover.cannot, name="cannot"),
    path("sessions/<uuid:session_id>/after-all/", views_cover.after_all, name="after_all"),
]
