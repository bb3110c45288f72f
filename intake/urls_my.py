"""Addresses of the participant's own pages: {lang}/my/."""

from django.urls import path

from intake import views_booking, views_my, views_preferences

app_name = "my"
urlpatterns = [
    path("", views_my.home, name="home"),
    path("application/", views_my.application, name="application"),
    path("application/withdraw/", views_my.withdraw, name="withdraw"),
    path("application/again/", views_my.again, name="again"),
    path("application/look-again/", views_my.ask_again, name="ask_again"),
    path("meeting/other-time/", views_my.other_time, name="other_time"),
    path("meeting/", views_booking.meeting, name="meeting"),
    path("meeting/times/", views_booking.times, name="meeting_times"),
    path("meeting/confirm/", views_booking.confirm, name="meeting_confirm"),
    path("meeting/wish/", views_booking.wish, name="meeting_wish"),
    path("meeting/<uuid:pk>/calendar/", views_booking.calendar, name="meeting_calendar"),
    path("preferences/", views_preferences.preferences, name="preferences"),
    path("preferences/change/", views_preferences.change_preferences, name="change_preferences"),
    path("opened/", views_my.opened, name="opened"),
]
