"""Addresses of invitations to lead under {lang}/lead/: by the group, of which the newest invitation counts."""

from django.urls import path

from groups import views_invitations

app_name = "lead_invitations"
urlpatterns = [
    path("invitations/<uuid:group_id>/", views_invitations.one_to_lead, name="one"),
    path("invitations/<uuid:group_id>/again/", views_invitations.again_to_lead, name="again"),
]
