"""Addresses of the person's rights: {lang}/my/rights/."""

from django.urls import path

from privacy import views_my, views_notices

app_name = "rights"
urlpatterns = [
    path("rights/", views_my.overview, name="overview"),
    path("rights/copy/", views_my.copy, name="copy"),
    path("rights/copy/download/", views_my.copy_json, name="copy_json"),
    path("rights/copy/paper/", views_my.copy_pdf, name="copy_pdf"),
    path("rights/copy/all/", views_my.copy_all, name="copy_all"),
    path("rights/details/", views_my.details, name="details"),
    path("rights/correct/", views_my.correct, name="correct"),
    path("rights/delete/", views_my.delete, name="delete"),
    path("rights/notices/", views_notices.notices, name="notices"),
    path("rights/<uuid:request_id>/", views_my.one, name="request"),
    path("rights/<uuid:request_id>/take-back/", views_my.take_back, name="take_back"),
]
