"""Where slips come back: {lang}/feedback/. Nameless addresses (`psp.nameless`)."""

from django.urls import path

from sessions import views_feedback

app_name = "feedback"
urlpatterns = [
    path("", views_feedback.answer, name="answer"),
    path("thanks/", views_feedback.thanks, name="thanks"),
]
