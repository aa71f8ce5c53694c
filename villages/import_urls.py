"""The addresses of imported lists; a run is named by its uuid."""

from django.urls import path

from villages import views

urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("new/<slug:kind>/", views.import_new, name="import_new"),
    path("template/<slug:kind>/", views.import_template, name="import_template"),
    path("<uuid:uuid>/match/", views.import_match, name="import_match"),
    path("<uuid:uuid>/preview/", views.import_preview, name="import_preview"),
    path("<uuid:uuid>/decide/", views.import_decide, name="import_decide"),
    path("<uuid:uuid>/progress/", views.import_progress, name="import_progress"),
    path("<uuid:uuid>/apply/", views.import_apply, name="import_apply"),
    path("<uuid:uuid>/receipt/", views.import_receipt, name="import_receipt"),
    path("<uuid:uuid>/next-sheet/", views.import_next_sheet, name="import_next_sheet"),
    path("<uuid:uuid>/errors/", views.import_errors, name="import_errors"),
    path("<uuid:uuid>/undo/", views.import_undo, name="import_undo"),
    path("<uuid:uuid>/discard/", views.import_discard, name="import_discard"),
]
