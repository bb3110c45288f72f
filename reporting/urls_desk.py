"""Addresses of this app on the desk, in the namespace "desk"."""

from django.urls import path

from reporting.stories import views as views_story

urlpatterns = [
    path("words/", views_story.desk_list, name="words"),
    path("words/<uuid:pk>/", views_story.desk_story, name="word"),
]
