"""Addresses of the desk that this app fills, in the namespace "desk"."""

from django.urls import path

from intake import (
    views_availability,
    views_board,
    views_bulk,
    views_decisions,
    views_desk,
    views_merge,
    views_outcomes,
)

urlpatterns = [
    path("", views_desk.today, name="today"),
    path("applications/", views_desk.applications, name="applications"),
    path("board/", views_board.board, name="board"),
    path("bulk/", views_bulk.bulk, name="bulk"),
    path("bulk/<uuid:pk>/", views_bulk.bulk_done, name="bulk_done"),
    path("bulk/<uuid:pk>/undo/", views_bulk.bulk_undo, name="bulk_undo"),
    path("meetings/", views_desk.meetings, name="meetings"),
    path("availability/", views_availability.own_times, name="availability"),
    path("availability/hours/", views_availability.add_hours, name="hours_add"),
    path("availability/hours/<int:pk>/remove/", views_availability.remove_hours, name="hours_remove"),
    path("availability/days/", views_availability.add_exception, name="day_add"),
    path("availability/days/<int:pk>/remove/", views_availability.remove_exception, name="day_remove"),
    path("search/", views_desk.search, name="search"),
    path("people/<uuid:pk>/", views_desk.file, name="file"),
    path("duplicates/", views_merge.duplicate_list, name="duplicates"),
    path("people/<uuid:pk>/merge/", views_merge.merge_with, name="merge_with"),
    path("people/<uuid:pk>/merge/<uuid:other>/", views_merge.merge, name="merge"),
    path("people/<uuid:pk>/different/<uuid:other>/", views_merge.different, name="different"),
    path("merges/<uuid:pk>/undo/", views_merge.unmerge, name="unmerge"),
    path("applications/<uuid:pk>/meeting/", views_decisions.set_meeting, name="set_meeting"),
    path("applications/<uuid:pk>/accept/", views_decisions.accept, name="accept"),
    path("applications/<uuid:pk>/decline/", views_decisions.decline, name="decline"),
    path("applications/<uuid:pk>/refer/", views_outcomes.refer, name="refer"),
    path("applications/<uuid:pk>/not-now/", views_outcomes.defer, name="defer"),
    path("applications/<uuid:pk>/look-again/", views_outcomes.take_up, name="take_up"),
    path("applications/<uuid:pk>/answers/", views_decisions.answers, name="answers"),
    path("applications/<uuid:pk>/withdraw/", views_decisions.withdraw, name="withdraw"),
    path("meetings/<uuid:pk>/move/", views_decisions.move_meeting, name="move_meeting"),
    path("meetings/<uuid:pk>/cancel/", views_decisions.cancel_meeting, name="cancel_meeting"),
    path("meetings/<uuid:pk>/missed/", views_decisions.missed_meeting, name="missed_meeting"),
    path("consents/<uuid:pk>/countersign/", views_decisions.countersign_consent, name="countersign"),
]
