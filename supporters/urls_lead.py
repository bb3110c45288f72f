"""Addresses of those who lead, and who are getting ready to: {lang}/lead/."""

from django.urls import URLPattern, URLResolver, path

from supporters import views_attendance, views_me, views_texts, views_training

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", views_me.me, name="me"),
    path("agreement/", views_texts.lead_agreement, name="agreement"),
    path("agreement/<uuid:said>/", views_texts.lead_agreed, name="agreed"),
    path("protocol/", views_texts.lead_protocol, name="protocol"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", views_me.me, name="me"),
    path("training/", views_training.home, name="training"),
    path("training/plan/", views_training.goal_add, name="training_goal_add"),
    path("training/plan/<uuid:goal_id>/", views_training.goal_close, name="training_goal_close"),
    path("training/ask/", views_training.ask, name="training_ask"),
    path("training/ask/<uuid:request_id>/back/", views_training.ask_withdraw, name="training_ask_withdraw"),
    path("training/cohort/<uuid:cohort_id>/", views_training.cohort, name="training_cohort"),
    path("training/cohort/<uuid:cohort_id>/enrol/", views_training.enrol, name="training_enrol"),
    path("training/place/<uuid:enrolment_id>/leave/", views_training.leave, name="training_leave"),
    path("training/session/<uuid:session_id>/", views_attendance.lead_session, name="training_session"),
    path(
        "training/done/<uuid:qualification_id>/certificate/", views_training.certificate_make,
        name="training_certificate_make",
    ),
    path("training/certificate/<uuid:certificate_id>/", views_training.certificate, name="training_certificate"),
    path(
        "training/certificate/<uuid:certificate_id>/withdraw/", views_training.certificate_withdraw,
        name="training_certificate_withdraw",
    ),
]  # fmt: skip
