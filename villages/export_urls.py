"""The addresses of lists that leave as files."""

from django.urls import path

from villages.views import exports as views

urlpatterns = [
    path("", views.export_list, name="export_list"),
    path("<slug:name>/", views.export, name="export"),
]
