"""The addresses of this app. Villages with their figures are addressed by ``reports``."""

from django.urls import path

from villages import views

urlpatterns = [
    path("<int:pk>/team/", views.team_detail, name="team_detail"),
    path("connectivity/", views.connectivity_list, name="connectivity_list"),
    path("connectivity/add/", views.connectivity_add, name="connectivity_add"),
    path("connectivity/<int:pk>/resolve/", views.connectivity_resolve, name="connectivity_resolve"),
    path("documents/", views.document_list, name="document_list"),
    path("committees/<int:pk>/", views.committee_detail, name="committee_detail"),
]
