"""The addresses of this app. Villages with their figures are addressed by ``reports``."""

from django.urls import path

from villages import views

urlpatterns = [
    path("<int:pk>/team/", views.team_detail, name="team_detail"),
    path("<int:pk>/handover/", views.handover, name="handover"),
    path("cards/", views.card_list, name="card_list"),
    path("cards/issue/", views.card_issue, name="card_issue"),
    path("cards/<int:pk>/withdraw/", views.card_withdraw, name="card_withdraw"),
    path("phones/", views.phone_list, name="phone_list"),
    path("phones/<uuid:uuid>/revoke/", views.phone_revoke, name="phone_revoke"),
    path("connectivity/", views.connectivity_list, name="connectivity_list"),
    path("connectivity/add/", views.connectivity_add, name="connectivity_add"),
    path("connectivity/<int:pk>/resolve/", views.connectivity_resolve, name="connectivity_resolve"),
    path("documents/", views.document_list, name="document_list"),
    path("committees/<int:pk>/", views.committee_detail, name="committee_detail"),
]
