"""Addresses of the desk that this app fills, in the namespace "desk"."""

from django.urls import include, path

from groups import views, views_conflicts, views_free_leads, views_inviting, views_met_again, views_place

urlpatterns = [
    path("groups/", views.groups, name="groups"),
    path("groups/form/", include("groups.urls_forming")),
    path("groups/new/", views.new_group, name="group_new"),
    path("groups/<uuid:pk>/", views.group, name="group"),
    path("groups/<uuid:pk>/people/", views.add_people, name="group_add"),
    path("groups/<uuid:pk>/leads/", views.add_lead, name="lead_add"),
    path("groups/<uuid:pk>/met-again/", views_met_again.choose, name="group_met_again"),
    path("groups/<uuid:pk>/establish/", views.establish, name="group_establish"),
    path("groups/<uuid:pk>/complete/", views.complete, name="group_complete"),
    path("groups/<uuid:pk>/cancel/", views.cancel, name="group_cancel"),
    path("groups/<uuid:pk>/place/", views_place.place, name="group_place"),
    path("groups/<uuid:pk>/open/", views_place.open_door, name="group_open"),
    path("groups/<uuid:pk>/close/", views_place.close_door, name="group_close"),
    path("line/<uuid:pk>/end/", views_place.end_wait, name="queue_end"),
    path("places/<uuid:pk>/end/", views.remove_member, name="place_end"),
    path("groups/<uuid:pk>/invite/", views_inviting.invite, name="group_invite"),
    path("groups/<uuid:pk>/invite-lead/", views_inviting.invite_lead, name="lead_invite"),
    path("invitations/<uuid:pk>/remind/", views_inviting.remind, name="invitation_remind"),
    path("invitations/<uuid:pk>/take-back/", views_inviting.take_back, name="invitation_take_back"),
    path("invitations/<uuid:pk>/answer/", views_inviting.answer, name="invitation_answer"),
    path("leads/", views_free_leads.free, name="free_leads"),
    path("leads/<int:pk>/end/", views.remove_lead, name="lead_end"),
    path("conflicts/<uuid:apart>/<uuid:pk>/", views_conflicts.conflict, name="conflict"),
    path("conflicts/<uuid:apart>/<uuid:pk>/mine/", views_conflicts.take, name="conflict_take"),
    path("conflicts/<uuid:apart>/<uuid:pk>/<uuid:who>/", views_conflicts.part, name="conflict_part"),
]
