"""The addresses of stored files."""

from django.urls import path

from villages import views

urlpatterns = [
    path("files/<uuid:uuid>/", views.stored_file, name="stored_file"),
    path("files/<uuid:uuid>/small/", views.stored_file_small, name="stored_file_small"),
    path("public/files/<uuid:uuid>/", views.public_file, name="public_file"),
]
