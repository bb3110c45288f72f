"""Addresses of the participant's own pages: {lang}/my/."""

from django.urls import path

from intake import views_my

app_name = "my"
urlpatterns = [
    path("", views_my.home, name="home"),
    path("application/", views_my.application, name="application"),
    path("application/withdraw/", views_my.withdraw, name="withdraw"),
    path("application/again/", views_my.again, name="again"),
    path("meeting/other-time/", views_my.other_time, name="other_time"),
    path("opened/", views_my.opened, name="opened"),
]
