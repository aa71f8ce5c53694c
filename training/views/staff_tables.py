"""The lists of staff and schools as tables: what leaves the portal as a file."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.requirements import missing_of, required_on
from training.unfinished import missing_in_words
from training.views.agencies import listed_agencies, listed_unfinished
from training.views.schools import listed_schools
from training.views.staff import listed_staff
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order
from villages.percent import percent
from villages.periods import today
from villages.tables import Table, TableColumn


@exported("staff_list", title=gettext_lazy("Staff"))
def staff_table(request):
    """Draw the staff as listed, with the required courses each has finished."""
    context = listed_staff(request)
    return Table(
        title=_("Cadres, civil servants, public employees"),
        columns=(
            TableColumn(_("Staff code"), is_personal=True, width=12),
            TableColumn(_("Full name"), is_personal=True, width=28),
            TableColumn(_("Sex"), width=8),
            TableColumn(_("Category"), width=18),
            TableColumn(_("Position"), width=24),
            TableColumn(_("Agency"), width=34),
            TableColumn(_("Party member"), is_personal=True, width=12),
            TableColumn(_("Required courses"), width=12),
            TableColumn(_("Finished"), width=12),
        ),
        rows=(
            [
                member.code,
                member.full_name,
                member.get_sex_display(),
                member.get_category_display(),
                member.position,
                member.agency_name or "",
                member.is_party_member,
                member.asked,
                member.finished,
            ]
            for member in in_order(context)
        ),
        file_name="can-bo",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


@exported("agency_list", title=gettext_lazy("Agencies"))
def agency_table(request):
    """Draw the agencies as listed, with how many of their staff have finished."""
    context = listed_agencies(request)
    return Table(
        title=_("Agencies"),
        columns=(
            TableColumn(_("Agency"), width=38),
            TableColumn(_("Village"), width=18),
            TableColumn(_("Contact person"), is_personal=True, width=26),
            TableColumn(_("E-mail"), is_personal=True, width=26),
            TableColumn(_("Staff"), width=10),
            TableColumn(_("Finished"), width=12),
            TableColumn(_("Share, %"), width=10, is_percent=True),
        ),
        rows=(
            [
                agency.name,
                agency.village.full_name if agency.village else "",
                agency.contact_name,
                agency.contact_email,
                agency.staff_count,
                agency.finished,
                percent(agency.finished, agency.staff_count),
            ]
            for agency in in_order(context)
        ),
        file_name="co-quan",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


@exported("unfinished_list", title=gettext_lazy("Required courses not finished"))
def unfinished_table(request):
    """Draw who lacks a required course, a row for each person and course."""
    context = listed_unfinished(request)
    day = today()
    people = list(in_order(context))
    missing = missing_of(people, required_on(day), day)
    return Table(
        title=_("Required courses not finished"),
        columns=(
            TableColumn(_("Agency"), width=38),
            TableColumn(_("Staff code"), is_personal=True, width=12),
            TableColumn(_("Full name"), is_personal=True, width=28),
            TableColumn(_("Category"), width=18),
            TableColumn(_("Missing course"), width=50),
        ),
        rows=(
            [
                member.agency_name,
                member.code,
                member.full_name,
                member.get_category_display(),
                missing_in_words(one),
            ]
            for member in people
            for one in missing[member.pk]
        ),
        file_name="chua-hoan-thanh",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )


@exported("school_list", title=gettext_lazy("Schools"))
def school_table(request):
    """Draw the schools as listed, with their last rolls and where they stand."""
    context = listed_schools(request)
    return Table(
        title=_("Schools"),
        columns=(
            TableColumn(_("School"), width=34),
            TableColumn(_("Level"), width=22),
            TableColumn(_("Village"), width=18),
            TableColumn(_("Number of classes"), width=10),
            TableColumn(_("Enrolled"), width=10),
            TableColumn(_("Equipped"), width=10),
            TableColumn(_("Share, %"), width=10, is_percent=True),
            TableColumn(_("Confirmation"), width=26),
        ),
        rows=(
            [
                school.name,
                school.get_level_display(),
                school.village.full_name if school.village else "",
                school.class_count,
                school.enrolled,
                school.equipped,
                percent(school.equipped, school.enrolled) if school.enrolled else None,
                str(context["standing"][school.pk].standing.label),
            ]
            for school in in_order(context)
        ),
        file_name="truong-hoc",
        notes=(*words_of(context["filter"].form), made_on_note()),
    )
