"""Addresses of invitations under {lang}/my/."""

from django.urls import path

from groups import views_invitations

app_name = "my_invitations"
urlpatterns = [
    path("invitations/", views_invitations.mine, name="mine"),
    path("invitations/<uuid:pk>/", views_invitations.one, name="one"),
    path("invitations/<uuid:pk>/again/", views_invitations.again, name="again"),
    path("invitations/<uuid:pk>/not-after-all/", views_invitations.not_after_all, name="not_after_all"),
]
