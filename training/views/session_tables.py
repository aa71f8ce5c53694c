"""The lists of sessions, of who came, of walk-ins and certificates: what leaves as a file."""

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.certifying import written_code
from training.lacking import lacks_in_words
from training.views.attendances import listed_attendances
from training.views.certificates import listed_certificates
from training.views.sessions import listed_sessions
from training.views.walk_ins import listed_walk_ins
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order
from villages.tables import Table, TableColumn

OLDER = 60
MAJORITY = ("", "Kinh")


@exported("session_list", title=gettext_lazy("Training sessions"))
def session_table(request):
    """Draw the sessions as listed, in the columns of table 03 of the reports."""
    context = listed_sessions(request)
    return Table(
        title=_("Training sessions"),
        columns=tuple(
            TableColumn(heading, width=width)
            for heading, width in (
                (_("No."), 6),
                (_("Session, content"), 44),
                (_("Time"), 22),
                (_("Place"), 30),
                (_("Organised by"), 30),
                (_("Trainees"), 10),
                (_("Women"), 8),
                (_("Ethnic minorities"), 10),
                (_("Poor and near-poor households"), 12),
                (_("Older people"), 10),
                (_("Completed"), 12),
                (_("Status"), 14),
                (_("What is lacking"), 36),
            )
        ),
        rows=(
            [
                number,
                session.title,
                _time_of(session),
                _place_of(session),
                session.organiser,
                session.listed,
                session.women,
                session.minority,
                session.poor,
                session.older,
                session.finished,
                session.get_status_display(),
                "; ".join(
                    str(words)
                    for words in lacks_in_words(
                        session, listed=session.listed, has_photograph=session.has_photograph
                    )
                ),
            ]
            for number, session in enumerate(_counted(in_order(context)), start=1)
        ),
        file_name="lop-tap-huan",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


def _counted(sessions):
    """Annotate how many of each kind came; the age is that in the year of the session."""
    old_enough = ExtractYear("held_on") - OLDER
    born = "attendances__resident__birth_year"
    return sessions.annotate(
        women=_of(
            Q(attendances__resident__sex="female")
            | Q(attendances__staff_member__sex="female")
            | Q(attendances__walk_in_name__gt="", attendances__walk_in_sex="female")
        ),
        minority=_of(
            Q(attendances__resident__isnull=False)
            & ~Q(attendances__resident__ethnic_group__in=MAJORITY)
        ),
        poor=_of(Q(attendances__resident__household__poverty__in=["poor", "near_poor"])),
        older=_of(
            Q(**{f"{born}__lte": old_enough})
            | Q(
                attendances__walk_in_name__gt="",
                attendances__walk_in_birth_year__lte=old_enough,
            )
        ),
        finished=_of(Q(attendances__completed=True)),
    )


def _of(condition):
    return Count("attendances", filter=condition, distinct=True)


def _time_of(session):
    hours = f"{session.starts_at:%H:%M}" if session.starts_at else ""
    if session.ends_at:
        hours += f"–{session.ends_at:%H:%M}"
    return ", ".join(part for part in (hours, f"{session.held_on:%d/%m/%Y}") if part)


def _place_of(session):
    village = session.village.full_name if session.village else ""
    return ", ".join(part for part in (session.place, village) if part)


@exported("attendance_list", title=gettext_lazy("Who came to sessions"))
def attendance_table(request):
    """Draw the attendances as listed, one row each."""
    context = listed_attendances(request)
    return Table(
        title=_("Who came to sessions"),
        columns=(
            TableColumn(_("Session"), width=44),
            TableColumn(_("Date"), width=12),
            TableColumn(_("Full name"), is_personal=True, width=28),
            TableColumn(_("Birth year"), is_personal=True, width=10),
            TableColumn(_("Sex"), width=8),
            TableColumn(_("Village, agency"), width=26),
            TableColumn(_("Resident, staff or walk-in"), width=18),
            TableColumn(_("Completed"), width=12),
            TableColumn(_("How it was noted"), width=22),
        ),
        rows=(
            [
                row.session.title,
                row.session.held_on,
                str(row),
                _birth_year_of(row),
                _sex_of(row),
                _from_where(row),
                _kind_of(row),
                row.completed,
                row.get_noted_display(),
            ]
            for row in in_order(context)
        ),
        file_name="nguoi-du-tap-huan",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


@exported("walk_in_list", title=gettext_lazy("Walk-ins"))
def walk_in_table(request):
    """Draw the walk-ins as listed, with who they were once that is known."""
    context = listed_walk_ins(request)
    return Table(
        title=_("Walk-ins"),
        columns=(
            TableColumn(_("Came as"), is_personal=True, width=28),
            TableColumn(_("Birth year"), is_personal=True, width=10),
            TableColumn(_("Sex"), width=8),
            TableColumn(_("Village"), width=22),
            TableColumn(_("Session"), width=44),
            TableColumn(_("Date"), width=12),
            TableColumn(_("Who it was"), is_personal=True, width=28),
            TableColumn(_("Found on a list"), width=14),
        ),
        rows=(
            [
                row.walk_in_name or row.came_as,
                row.walk_in_birth_year,
                row.get_walk_in_sex_display(),
                row.walk_in_village.full_name if row.walk_in_village else "",
                row.session.title,
                row.session.held_on,
                "" if row.walk_in_name else str(row),
                not row.walk_in_name,
            ]
            for row in in_order(context)
        ),
        file_name="khach-ngoai-danh-sach",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


@exported("certificate_list", title=gettext_lazy("Certificates"))
def certificate_table(request):
    """Draw the certificates as listed; a code opens a name's page, so it is personal."""
    context = listed_certificates(request)
    return Table(
        title=_("Certificates"),
        columns=(
            TableColumn(_("Code"), is_personal=True, width=14),
            TableColumn(_("Holder"), is_personal=True, width=28),
            TableColumn(_("Session"), width=44),
            TableColumn(_("Date"), width=12),
            TableColumn(_("Issued on"), width=12),
            TableColumn(_("Revoked on"), width=12),
            TableColumn(_("why revoked"), is_personal=True, width=30),
        ),
        rows=(
            [
                written_code(row.code),
                row.full_name,
                row.title,
                row.held_on,
                row.issued_on,
                row.revoked_at and timezone.localdate(row.revoked_at),
                row.revoke_reason,
            ]
            for row in in_order(context)
        ),
        file_name="giay-chung-nhan",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


def _birth_year_of(row):
    return row.resident.birth_year if row.resident else row.walk_in_birth_year


def _sex_of(row):
    person = row.resident or row.staff_member
    return person.get_sex_display() if person else row.get_walk_in_sex_display()


def _from_where(row):
    if row.resident:
        return row.resident.household.village.full_name
    if row.staff_member:
        return row.staff_member.position
    return row.walk_in_village.full_name if row.walk_in_village else ""


def _kind_of(row):
    if row.resident:
        return _("Resident")
    return _("Staff") if row.staff_member else _("walk-in")
