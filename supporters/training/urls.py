"""Addresses of training: of those who learn under {lang}/lead/, of supervisors under {lang}/care/."""

from django.urls import URLPattern, path

from supporters.training import views as views_training
from supporters.training import views_attendance, views_cohort
from supporters.training import views_care as views_training_care

lead: list[URLPattern] = [
    path("training/", views_training.home, name="training"),
    path("training/plan/", views_training.goal_add, name="training_goal_add"),
    path("training/plan/<uuid:goal_id>/", views_training.goal_close, name="training_goal_close"),
    path("training/ask/", views_training.ask, name="training_ask"),
    path("training/ask/<uuid:request_id>/back/", views_training.ask_withdraw, name="training_ask_withdraw"),
    path("training/cohort/<uuid:cohort_id>/", views_training.cohort, name="training_cohort"),
    path("training/cohort/<uuid:cohort_id>/enrol/", views_training.enrol, name="training_enrol"),
    path("training/place/<uuid:enrolment_id>/leave/", views_training.leave, name="training_leave"),
    path("training/said/<uuid:box_id>/", views_training.slip, name="training_slip"),
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
care: list[URLPattern] = [
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
