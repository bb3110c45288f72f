"""Addresses of the workbench on which groups are formed."""

from django.urls import path

from groups import views_board, views_forming, views_sending

urlpatterns = [
    path("", views_forming.formings, name="formings"),
    path("<uuid:pk>/", views_board.board, name="forming"),
    path("<uuid:pk>/pool/", views_forming.pool, name="forming_pool"),
    path("<uuid:pk>/drop/", views_forming.drop, name="forming_drop"),
    path("<uuid:pk>/restore/", views_forming.restore, name="forming_restore"),
    path("<uuid:pk>/search/", views_board.search, name="forming_search"),
    path("<uuid:pk>/stop/", views_board.stop, name="forming_stop"),
    path("<uuid:pk>/try/", views_board.try_change, name="forming_try"),
    path("<uuid:pk>/move/", views_board.move, name="forming_move"),
    path("<uuid:pk>/pin/", views_board.pin, name="forming_pin"),
    path("<uuid:pk>/keep/", views_board.keep, name="forming_keep"),
    path("<uuid:pk>/group/", views_board.add_group, name="forming_group"),
    path("<uuid:pk>/remove/", views_board.remove, name="forming_remove"),
    path("<uuid:pk>/lead/", views_board.lead, name="forming_lead"),
    path("<uuid:pk>/send/", views_sending.send, name="forming_send"),
]
