"""School years, and how classes go up a grade into a new one."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from training.filters import SchoolYearFilter
from training.forms.schools import SchoolYearForm
from training.models import School, SchoolYear
from training.school_years import promote_classes, promotions
from training.views.schools import chosen_year
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, SCHOOL, for_roles
from villages.answers import answer_form, for_shared_writers, may_change_shared, sent
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.tables import Table, TableColumn

SORTS = {
    "name": ["name__folded"],
    "starts": ["starts_on"],
    "ends": ["ends_on"],
    "classes": ["class_count"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def school_year_list(request):
    """List the school years, the newest first."""
    context = _listed(request)
    context |= {"today": today(), "may_change": may_change_shared(request.user)}
    return render(request, "training/school_year_list.html", context)


@exported("school_year_list", title=gettext_lazy("School years"))
def school_year_table(request):
    """Draw the school years as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("School years"),
        file_name="nam-hoc",
        notes=(*words_of(context["filter"].form), made_on_note()),
        columns=(
            TableColumn(_("School year"), width=18),
            TableColumn(_("Starts on"), width=14),
            TableColumn(_("Ends on"), width=14),
            TableColumn(_("Number of classes"), width=10),
        ),
        rows=(
            [year.name, year.starts_on, year.ends_on, year.class_count]
            for year in in_order(context)
        ),
    )


def _listed(request):
    schools = School.objects.visible_to(request.user)
    years = SchoolYear.objects.annotate(
        class_count=Count("classes", filter=Q(classes__school__in=schools.values("pk")))
    )
    filterset = SchoolYearFilter(request, years)
    return listing(request, filterset, sorts=SORTS, default="-starts")


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def school_year_add(request):
    """Add a school year."""
    return _year_form(request, SchoolYear(), "training/school_year_add.html")


@for_roles(OFFICIAL, ADMIN)
@for_shared_writers
@form_methods
def school_year_edit(request, pk):
    """Correct the name or the days of a school year; its rolls stay within it."""
    year = get_object_or_404(SchoolYear, pk=pk)
    return _year_form(request, year, "training/school_year_edit.html")


def _year_form(request, year, template):
    address = reverse("school_year_list")
    return answer_form(
        request,
        SchoolYearForm(sent(request), user=request.user, instance=year),
        template,
        save=lambda form: form.save(),
        done=address,
        message=_("The school year is saved."),
        cancel_url=address,
    )


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def school_promote(request, pk):
    """Show what becomes of each class in the chosen school year; make them when confirmed."""
    school = get_object_or_404(School.objects.writable_by(request.user), pk=pk)
    year = chosen_year(request, list(SchoolYear.objects.all()))
    if year is None:
        raise Http404
    former = SchoolYear.objects.filter(starts_on__lt=year.starts_on).order_by("-starts_on").first()
    address = f"{reverse('school_detail', args=[school.pk])}?year={year.pk}"
    refused = None
    if request.method == "POST" and former is not None:
        try:
            made = promote_classes(school, former=former, year=year)
        except ChangeRefused as refusal:
            refused = refusal.message
        else:
            said = ngettext("%(count)s class is made.", "%(count)s classes are made.", made)
            messages.success(request, said % {"count": made})
            return redirect(address)
    found = promotions(school, former=former, year=year) if former else []
    return render(
        request,
        "training/school_promote.html",
        {
            "school": school,
            "year": year,
            "former": former,
            "promotions": found,
            "new": sum(one.is_new for one in found),
            "refused": refused,
            "cancel_url": address,
        },
    )
