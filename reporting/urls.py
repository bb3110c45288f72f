"""Addresses of this app."""

from django.urls import path

from reporting import urls_files, views, views_topics, views_wellbeing
from reporting.answers import views as views_answers
from reporting.given import views as views_given
from reporting.platforms import views as views_platforms
from reporting.releases import views as views_releases
from reporting.stories import views as views_story

app_name = "reports"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("answers/", views_answers.said, name="answers"),
    path("given/", views_given.given, name="given"),
    path("words/", views_story.words, name="words"),
    path("words/<uuid:pk>/<int:release_id>/", views_story.place, name="word_place"),
    path("by-month/", views_wellbeing.by_month, name="wellbeing"),
    path("platforms/", views_platforms.platforms, name="platforms"),
    path("platforms/<int:platform_id>/number/", views_platforms.month, name="platform_month"),
    path("platforms/<int:platform_id>/table/", views_platforms.table, name="platform_table"),
    path("platforms/<int:platform_id>/<str:month>/remove/", views_platforms.remove, name="platform_remove"),
    path("topics/<slug:code>/", views_topics.topic, name="topic"),
    path("definitions/", views_topics.definitions, name="definitions"),
    path("table.csv", views.overview_csv, name="overview_csv"),
    *urls_files.patterns,
    path("releases/", views_releases.releases, name="releases"),
    path("releases/new/", views_releases.release_new, name="release_new"),
    path("releases/<int:release_id>/", views_releases.release, name="release"),
    path("releases/<int:release_id>/tables/<int:table_id>/", views_releases.release_table, name="release_table"),
    path("releases/<int:release_id>/approve/", views_releases.release_approve, name="release_approve"),
    path("releases/<int:release_id>/return/", views_releases.release_return, name="release_return"),
    path("releases/<int:release_id>/again/", views_releases.release_again, name="release_again"),
    path("releases/<int:release_id>/reproduce/", views_releases.release_reproduce, name="release_reproduce"),
]
