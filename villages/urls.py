"""The addresses of this app. Villages with their figures are addressed by ``reports``."""

from django.urls import path

from villages import views
from villages.views import committees, connectivity, direction, targets, teams
from villages.views import villages as village_views

urlpatterns = [
    path("add/", village_views.village_add, name="village_add"),
    path("<int:pk>/edit/", village_views.village_edit, name="village_edit"),
    path("<int:pk>/delete/", village_views.village_delete, name="village_delete"),
    path("<int:pk>/team/", teams.team_detail, name="team_detail"),
    path("<int:pk>/team/edit/", teams.team_edit, name="team_edit"),
    path("<int:pk>/team/members/add/", teams.team_member_add, name="team_member_add"),
    path("team-members/<int:pk>/", teams.team_member_edit, name="team_member_edit"),
    path("team-members/<int:pk>/leave/", teams.team_member_leave, name="team_member_leave"),
    path("team-members/<int:pk>/delete/", teams.team_member_delete, name="team_member_delete"),
    path("<int:pk>/handover/", views.handover, name="handover"),
    path("cards/", views.card_list, name="card_list"),
    path("cards/issue/", views.card_issue, name="card_issue"),
    path("cards/<int:pk>/withdraw/", views.card_withdraw, name="card_withdraw"),
    path("phones/", views.phone_list, name="phone_list"),
    path("phones/<uuid:uuid>/revoke/", views.phone_revoke, name="phone_revoke"),
    path("connectivity/", connectivity.connectivity_list, name="connectivity_list"),
    path("connectivity/add/", connectivity.connectivity_add, name="connectivity_add"),
    path("connectivity/<int:pk>/", connectivity.connectivity_edit, name="connectivity_edit"),
    path(
        "connectivity/<int:pk>/delete/",
        connectivity.connectivity_delete,
        name="connectivity_delete",
    ),
    path(
        "connectivity/<int:pk>/resolve/",
        connectivity.connectivity_resolve,
        name="connectivity_resolve",
    ),
    path(
        "connectivity/<int:pk>/reopen/",
        connectivity.connectivity_reopen,
        name="connectivity_reopen",
    ),
    path("documents/", direction.document_list, name="document_list"),
    path("documents/add/", direction.document_add, name="document_add"),
    path("documents/<int:pk>/", direction.document_detail, name="document_detail"),
    path("documents/<int:pk>/edit/", direction.document_edit, name="document_edit"),
    path("documents/<int:pk>/delete/", direction.document_delete, name="document_delete"),
    path("documents/<int:pk>/attach/", direction.document_attach, name="document_attach"),
    path(
        "documents/<int:pk>/attachments/<uuid:file_uuid>/remove/",
        direction.document_detach,
        name="document_detach",
    ),
    path("targets/", targets.target_list, name="target_list"),
    path("targets/add/", targets.target_add, name="target_add"),
    path("targets/<int:pk>/", targets.target_edit, name="target_edit"),
    path("targets/<int:pk>/delete/", targets.target_delete, name="target_delete"),
    path("committees/", committees.committee_list, name="committee_list"),
    path("committees/add/", committees.committee_add, name="committee_add"),
    path("committees/<int:pk>/", committees.committee_detail, name="committee_detail"),
    path("committees/<int:pk>/edit/", committees.committee_edit, name="committee_edit"),
    path("committees/<int:pk>/close/", committees.committee_close, name="committee_close"),
    path("committees/<int:pk>/delete/", committees.committee_delete, name="committee_delete"),
    path(
        "committees/<int:pk>/members/add/",
        committees.committee_member_add,
        name="committee_member_add",
    ),
    path("committee-members/", committees.committee_member_list, name="committee_member_list"),
    path(
        "committee-members/<int:pk>/",
        committees.committee_member_edit,
        name="committee_member_edit",
    ),
    path(
        "committee-members/<int:pk>/leave/",
        committees.committee_member_leave,
        name="committee_member_leave",
    ),
    path(
        "committee-members/<int:pk>/delete/",
        committees.committee_member_delete,
        name="committee_member_delete",
    ),
]
