"""Addresses of supervisors: {lang}/care/."""

from django.urls import URLPattern, URLResolver, path

from supporters import views_attendance, views_care, views_cohort, views_may_lead, views_texts, views_training_care

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_care.home, name="home"),
    path("agreement/", views_texts.care_agreement, name="agreement"),
    path("agreement/<uuid:said>/", views_texts.care_agreed, name="agreed"),
    path("protocol/", views_texts.care_protocol, name="protocol"),
    path("leading/<uuid:pk>/take/", views_may_lead.take, name="concern_take"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_care.home, name="home"),
    path("training/", views_training_care.home, name="training"),
    path("training/asked/<uuid:request_id>/", views_training_care.answer, name="training_answer"),
    path("training/person/<uuid:person_id>/", views_training_care.person, name="training_person"),
    path("training/done/<uuid:qualification_id>/back/", views_training_care.take_back, name="training_take_back"),
    path("training/new/", views_cohort.new, name="training_new"),
    path("training/cohort/<uuid:cohort_id>/", views_cohort.cohort, name="training_cohort"),
    path("training/cohort/<uuid:cohort_id>/state/", views_cohort.move, name="training_move"),
    path("training/cohort/<uuid:cohort_id>/places/", views_cohort.places, name="training_places"),
    path("training/cohort/<uuid:cohort_id>/lead/", views_cohort.lead, name="training_lead"),
    path(
        "training/cohort/<uuid:cohort_id>/lead/<uuid:person_id>/remove/", views_cohort.lead_remove,
        name="training_lead_remove",
    ),
    path("training/cohort/<uuid:cohort_id>/enrol/", views_cohort.enrol, name="training_enrol"),
    path("training/cohort/<uuid:cohort_id>/complete/", views_cohort.complete_all, name="training_complete"),
    path("training/cohort/<uuid:cohort_id>/date/", views_cohort.date_add, name="training_date_add"),
    path("training/session/<uuid:session_id>/", views_attendance.care_session, name="training_session"),
    path("training/session/<uuid:session_id>/date/", views_cohort.date, name="training_date"),
    path("training/place/<uuid:enrolment_id>/end/", views_cohort.place_end, name="training_place_end"),
]  # fmt: skip
