"""The addresses of this app."""

from django.urls import include, path

from households.views.activity import activity_list, activity_sheet
from households.views.held import held_detail, held_dismiss, held_list, held_record
from households.views.household import household_detail
from households.views.household_form import household_add, household_edit
from households.views.household_list import household_list
from households.views.my_village import my_village
from households.views.paper import paper_list, paper_sheet, paper_sheet_new
from households.views.paper_entry import paper_entry
from households.views.rescue import rescue_upload
from households.views.resident import (
    resident_add,
    resident_detail,
    resident_edit,
    resident_leave,
    resident_move,
)
from households.views.visit import visit
from households.views.visit_correct import visit_correct, visit_void
from households.views.visit_form import visit_form
from households.views.visit_list import doubt_list, doubt_settle, visit_list

urlpatterns = [
    path("", household_list, name="household_list"),
    path("my-village/", my_village, name="my_village"),
    path("new/", household_add, name="household_add"),
    path("paper/", paper_list, name="paper_list"),
    path("paper/new/", paper_sheet_new, name="paper_sheet_new"),
    path("paper/<uuid:uuid>/", paper_sheet, name="paper_sheet"),
    path("paper/<uuid:uuid>/entry/", paper_entry, name="paper_entry"),
    path("activity/", activity_list, name="activity_list"),
    path("activity/<int:pk>/", activity_sheet, name="activity_sheet"),
    path("lists/", include("households.list_urls")),
    path("rescue/", rescue_upload, name="rescue_upload"),
    path("held/", held_list, name="held_list"),
    path("held/<uuid:uuid>/", held_detail, name="held_detail"),
    path("held/<uuid:uuid>/record/", held_record, name="held_record"),
    path("held/<uuid:uuid>/dismiss/", held_dismiss, name="held_dismiss"),
    path("visits/", visit_list, name="visit_list"),
    path("visits/new/", visit_form, name="visit_form"),
    path("visits/doubtful/", doubt_list, name="doubt_list"),
    path("visits/doubtful/<int:pk>/", doubt_settle, name="doubt_settle"),
    path("visits/<uuid:uuid>/", visit, name="visit"),
    path("visits/<uuid:uuid>/correct/", visit_correct, name="visit_correct"),
    path("visits/<uuid:uuid>/void/", visit_void, name="visit_void"),
    path("residents/<uuid:uuid>/", resident_detail, name="resident_detail"),
    path("residents/<uuid:uuid>/edit/", resident_edit, name="resident_edit"),
    path("residents/<uuid:uuid>/leave/", resident_leave, name="resident_leave"),
    path("residents/<uuid:uuid>/move/", resident_move, name="resident_move"),
    path("<uuid:uuid>/", household_detail, name="household_detail"),
    path("<uuid:uuid>/edit/", household_edit, name="household_edit"),
    path("<uuid:uuid>/members/new/", resident_add, name="resident_add"),
]
