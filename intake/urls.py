"""Addresses of the public application: {lang}/intake/."""

from django.urls import path

from intake import views, views_calls, views_drafts

app_name = "intake"
urlpatterns = [
    path("", views.apply, name="apply"),
    path("check/", views.check_answers, name="check"),
    path("stop/", views.stop_here, name="stop"),
    path("elsewhere/", views.elsewhere, name="elsewhere"),
    path("call/", views_calls.call, name="call"),
    path("call/confirm/", views_calls.confirm, name="call_confirm"),
    path("call/code/", views_calls.with_code, name="call_code"),
    path("call/cancel/", views_calls.cancel, name="call_cancel"),
    path("sent/", views.sent, name="sent"),
    path("later/", views_drafts.save, name="save"),
    path("later/keep/", views_drafts.keep, name="keep"),
    path("kept/", views_drafts.kept, name="kept"),
    path("back/", views_drafts.resume, name="resume"),
    path("throw-away/", views_drafts.throw_away, name="throw_away"),
    path("gone/", views_drafts.gone, name="gone"),
]
