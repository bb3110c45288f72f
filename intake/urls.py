"""Addresses of the public application: {lang}/intake/."""

from django.urls import path

from intake import views, views_drafts

app_name = "intake"
urlpatterns = [
    path("", views.apply, name="apply"),
    path("check/", views.check_answers, name="check"),
    path("stop/", views.stop_here, name="stop"),
    path("elsewhere/", views.elsewhere, name="elsewhere"),
    path("sent/", views.sent, name="sent"),
    path("later/", views_drafts.save, name="save"),
    path("kept/", views_drafts.kept, name="kept"),
    path("back/", views_drafts.resume, name="resume"),
    path("throw-away/", views_drafts.throw_away, name="throw_away"),
    path("gone/", views_drafts.gone, name="gone"),
]
