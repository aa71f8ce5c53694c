"""The addresses of handed lists."""

from django.urls import path

from households.views.handed import (
    handed_add,
    handed_close,
    handed_detail,
    handed_reminder,
    handed_reopen,
)
from households.views.handed_list import handed_list

urlpatterns = [
    path("", handed_list, name="handed_list"),
    path("new/", handed_add, name="handed_add"),
    path("reminder/", handed_reminder, name="handed_reminder"),
    path("<int:pk>/", handed_detail, name="handed_detail"),
    path("<int:pk>/close/", handed_close, name="handed_close"),
    path("<int:pk>/reopen/", handed_reopen, name="handed_reopen"),
]
