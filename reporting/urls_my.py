"""Addresses of this app under {lang}/my/."""

from django.urls import path

from reporting.stories import views_my as views_story_my

app_name = "my_words"
urlpatterns = [path("words/", views_story_my.words, name="words")]
