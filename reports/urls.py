"""The addresses of this app, among them the villages' pages, which show figures."""

from django.urls import path

from reports import views

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("figures/<slug:indicator>/", views.figure, name="figure"),
    path("reminder/", views.reminder, name="reminder"),
    path("teams/", views.team_list, name="team_list"),
    path("villages/", views.village_list, name="village_list"),
    path("villages/<int:pk>/", views.village_detail, name="village_detail"),
]
