"""The addresses of sessions, staff, schools, communications and enterprises."""

from django.urls import path

from training.views import attendance, sessions

urlpatterns = [
    path("sessions/", sessions.session_list, name="session_list"),
    path("sessions/add/", sessions.session_add, name="session_add"),
    path("sessions/<uuid:uuid>/", sessions.session_detail, name="session_detail"),
    path("sessions/<uuid:uuid>/edit/", sessions.session_edit, name="session_edit"),
    path("sessions/<uuid:uuid>/cancel/", sessions.session_cancel, name="session_cancel"),
    path("sessions/<uuid:uuid>/close/", sessions.session_close, name="session_close"),
    path("sessions/<uuid:uuid>/reopen/", sessions.session_reopen, name="session_reopen"),
    path(
        "sessions/<uuid:uuid>/attendance/",
        attendance.session_attendance,
        name="session_attendance",
    ),
]
