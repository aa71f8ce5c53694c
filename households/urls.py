"""The addresses of this app."""

from django.urls import include, path

from households.views.activity import activity_list, activity_sheet
from households.views.connectivity_sheet import connectivity_sheet
from households.views.counter import counter, counter_people, counter_undo
from households.views.doubt_list import doubt_list
from households.views.held import held_detail, held_dismiss, held_list, held_record
from households.views.household import household_detail
from households.views.household_cards import household_cards
from households.views.household_form import household_add, household_edit
from households.views.household_list import household_list
from households.views.my_village import my_village
from households.views.paper import paper_list, paper_sheet, paper_sheet_new
from households.views.paper_entry import paper_entry
from households.views.rescue import rescue_upload
from households.views.rescue_list import rescue_list
from households.views.resident import (
    resident_add,
    resident_detail,
    resident_edit,
    resident_leave,
    resident_move,
)
from households.views.resident_merge import resident_merge, resident_part
from households.views.village_change import (
    village_change_undo,
    village_merge,
    village_rename,
    village_split,
)
from households.views.visit import visit
from households.views.visit_correct import visit_correct, visit_void
from households.views.visit_form import visit_form
from households.views.visit_list import doubt_settle, visit_list

urlpatterns = [
    path("", household_list, name="household_list"),
    path("cards/", household_cards, name="household_cards"),
    path("connectivity-sheet/", connectivity_sheet, name="connectivity_sheet"),
    path("my-village/", my_village, name="my_village"),
    path("new/", household_add, name="household_add"),
    path("counter/", counter, name="counter"),
    path("counter/people/", counter_people, name="counter_people"),
    path("counter/<uuid:uuid>/undo/", counter_undo, name="counter_undo"),
    path("paper/", paper_list, name="paper_list"),
    path("paper/new/", paper_sheet_new, name="paper_sheet_new"),
    path("paper/<uuid:uuid>/", paper_sheet, name="paper_sheet"),
    path("paper/<uuid:uuid>/entry/", paper_entry, name="paper_entry"),
    path("activity/", activity_list, name="activity_list"),
    path("activity/<int:pk>/", activity_sheet, name="activity_sheet"),
    path("lists/", include("households.list_urls")),
    path("rescue/", rescue_upload, name="rescue_upload"),
    path("rescue/files/", rescue_list, name="rescue_list"),
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
    path("residents/<uuid:uuid>/merge/", resident_merge, name="resident_merge"),
    path("merges/<int:pk>/part/", resident_part, name="resident_part"),
    path("residents/<uuid:uuid>/move/", resident_move, name="resident_move"),
    path("villages/changes/<int:pk>/undo/", village_change_undo, name="village_change_undo"),
    path("villages/<int:pk>/merge/", village_merge, name="village_merge"),
    path("villages/<int:pk>/rename/", village_rename, name="village_rename"),
    path("villages/<int:pk>/split/", village_split, name="village_split"),
    path("<uuid:uuid>/", household_detail, name="household_detail"),
    path("<uuid:uuid>/edit/", household_edit, name="household_edit"),
    path("<uuid:uuid>/members/new/", resident_add, name="resident_add"),
]
