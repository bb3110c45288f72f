"""Addresses of hours, leave, limits and pay, for the areas that they stand in."""

from django.urls import URLPattern, URLResolver, path

from supporters.hours import views as views_hours
from supporters.hours import views_care as views_hours_care
from supporters.hours import views_leave, views_pay

lead: list[URLPattern | URLResolver] = [
    path("hours/", views_hours.hours, name="hours"),
    path("hours/take/", views_hours.take, name="hours_take"),
    path("hours/add/", views_hours.add, name="hours_add"),
    path("hours/send/", views_hours.send, name="hours_send"),
    path("hours/back/", views_hours.take_back, name="hours_take_back"),
    path("hours/<uuid:line_id>/", views_hours.change, name="hours_line"),
    path("hours/<uuid:line_id>/remove/", views_hours.remove, name="hours_remove"),
    path("hours/<uuid:line_id>/correct/", views_hours.correct, name="hours_correct"),
    path("leave/", views_leave.leave, name="leave"),
    path("leave/<uuid:leave_id>/back/", views_leave.leave_back, name="leave_back"),
    path("leave/needs/", views_leave.accommodation, name="accommodation"),
    path("leave/needs/<uuid:accommodation_id>/end/", views_leave.accommodation_end, name="accommodation_end"),
    path("limits/", views_leave.limits, name="limits"),
    path("limits/end/", views_leave.limits_end, name="limits_end"),
]
care: list[URLPattern | URLResolver] = [
    path("hours/", views_hours_care.hours, name="hours"),
    path("hours/<uuid:person>/approve/", views_hours_care.approve, name="hours_approve"),
    path("hours/<uuid:person>/undo/", views_hours_care.undo, name="hours_undo"),
    path("hours/<uuid:person>/return/", views_hours_care.send_back, name="hours_return"),
    path("leave/<uuid:leave_id>/", views_hours_care.leave_decide, name="leave_decide"),
    path("needs/<uuid:accommodation_id>/", views_hours_care.accommodation_agree, name="accommodation_agree"),
    path("limits/<uuid:person>/", views_hours_care.limits, name="limits"),
]
desk: list[URLPattern | URLResolver] = [
    path("pay/", views_pay.pay, name="pay"),
    path("pay/ask/", views_pay.ask, name="pay_ask"),
    path("pay/roles/", views_pay.roles, name="pay_roles"),
    path("pay/<uuid:export_id>/approve/", views_pay.approve, name="pay_approve"),
    path("pay/<uuid:export_id>/drop/", views_pay.drop, name="pay_drop"),
    path("pay/<uuid:export_id>/file/", views_pay.fetch, name="pay_file"),
]
