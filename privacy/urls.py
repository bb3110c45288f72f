"""Addresses of this app."""

from django.urls import path

from privacy import (
    views,
    views_affected,
    views_breach,
    views_erasure,
    views_glass,
    views_log,
    views_paper,
    views_retention,
)

app_name = "privacy"

urlpatterns = [
    path("", views.office, name="office"),
    path("log/", views.access_log, name="access_log"),
    path("elsewhere/", views_glass.openings, name="glass"),
    path("elsewhere/<uuid:pk>/end/", views_glass.end, name="glass_end"),
    path("elsewhere/<uuid:pk>/review/", views_glass.review, name="glass_review"),
    path("log/team/", views_log.by_staff, name="log_staff"),
    path("log/person/", views_log.by_person, name="log_person"),
    path("log/unusual/", views_log.findings, name="unusual"),
    path("log/unusual/<int:pk>/", views_log.look_at, name="unusual_look"),
    path("log/exports/", views_log.exports, name="exports"),
    path("log/exports/ask/", views_log.ask, name="export_ask"),
    path("log/exports/<uuid:pk>/", views_log.fetch, name="export_fetch"),
    path("approvals/exports/<uuid:pk>/", views_log.approve, name="export_approve"),
    path("requests/", views.rights_requests, name="requests"),
    path("retention/", views_retention.retention, name="retention"),
    path("retention/calendar/", views_retention.calendar, name="retention_calendar"),
    path("retention/rules/<int:rule_id>/standing/", views_retention.standing, name="standing"),
    path("retention/<uuid:batch_id>/", views_retention.disposal, name="disposal"),
    path("retention/<uuid:batch_id>/certificate/", views_retention.certificate, name="certificate"),
    path("deletions/", views_erasure.erasures, name="erasures"),
    path("deletions/prepare/<uuid:request_id>/", views_erasure.prepare, name="erasure_prepare"),
    path("deletions/<uuid:erasure_id>/", views_erasure.erasure, name="erasure"),
    path("deletions/<uuid:erasure_id>/stop/", views_erasure.stop, name="erasure_stop"),
    path("requests/record/", views_paper.record, name="paper"),
    path("requests/<uuid:pk>/", views_paper.one, name="request"),
    path("requests/<uuid:pk>/extend/", views_paper.extend, name="request_extend"),
    path("requests/<uuid:pk>/identity/", views_paper.identity, name="request_identity"),
    path("requests/<uuid:pk>/copy/", views_paper.copy, name="request_copy"),
    path("breaches/", views_breach.breaches, name="breaches"),
    path("breaches/record/", views_breach.record, name="breach_record"),
    path("breaches/<uuid:pk>/", views_breach.one, name="breach"),
    path("breaches/<uuid:pk>/change/", views_breach.change, name="breach_change"),
    path("breaches/<uuid:pk>/move/", views_breach.move, name="breach_move"),
    path("breaches/<uuid:pk>/paper/", views_breach.paper, name="breach_paper"),
    path("breaches/<uuid:pk>/people/", views_affected.people, name="affected"),
    path("breaches/<uuid:pk>/people/find/", views_affected.find, name="affected_find"),
    path("breaches/<uuid:pk>/people/decide/", views_affected.decide, name="affected_decide"),
    path("breaches/<uuid:pk>/notices/", views_affected.prepare, name="notices"),
    path("approvals/", views_affected.approvals, name="approvals"),
    path("approvals/notices/<uuid:pk>/", views_affected.approve, name="notices_approve"),
]
