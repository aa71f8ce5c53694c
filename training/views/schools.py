"""Schools, their classes of a school year, and the rolls they hand in."""

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, NullIf
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from training.confirming import Standing, confirmations, period_begins
from training.filters import SchoolFilter
from training.forms.schools import RollSheet, SchoolForm
from training.models import ClassRoll, School, SchoolClass, SchoolYear
from training.rolls import AlreadyHandedIn, hand_in_rolls
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, SCHOOL, for_roles, scope_of
from villages.answers import answer_form, sent, writes
from villages.lists import listing, way_back
from villages.percent import percent
from villages.periods import today
from villages.refusals import ChangeRefused

SORTS = {
    "name": ["name__folded"],
    "level": ["level"],
    "village": ["village__number"],
    "classes": ["class_count"],
    "enrolled": ["enrolled"],
    "equipped": ["equipped"],
    "share": ["share"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def school_list(request):
    """List schools with the sums of their last rolls of this school year."""
    context = listed_schools(request)
    standing, day = context["standing"], today()
    current = ClassRoll.objects.current_on(day)
    of_list = context["rows"].order_by().values("pk")
    for school in context["page"]:
        school.percent = percent(school.equipped, school.enrolled)
        school.confirmation = standing[school.pk]
    sums = current.filter(school_class__school__in=of_list).aggregate(
        enrolled=Coalesce(Sum("enrolled"), 0), equipped=Coalesce(Sum("equipped"), 0)
    )
    context |= {
        "period_begins": period_begins(day),
        "unconfirmed": sum(
            not one.is_done and one.standing != Standing.NO_CLASSES for one in standing.values()
        ),
        "enrolled": sums["enrolled"],
        "equipped": sums["equipped"],
        "percent": percent(sums["equipped"], sums["enrolled"]),
        "may_write": writes(request.user),
    }
    return render(request, "training/school_list.html", context)


def listed_schools(request):
    """Return the context of the list: the page and the file of it show the same rows."""
    day = today()
    current = ClassRoll.objects.current_on(day)
    year = SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    schools = (
        School.objects.visible_to(request.user)
        .select_related("village")
        .annotate(
            class_count=Count("classes", filter=Q(classes__school_year=year)),
            enrolled=_sum_of(current, "enrolled"),
            equipped=_sum_of(current, "equipped"),
        )
        .annotate(share=F("equipped") * 1000 / NullIf(F("enrolled"), 0))
    )
    # A commune has a handful of schools: where each stands is weighed before the filter.
    standing = confirmations(list(schools.order_by()), year, day)
    filterset = SchoolFilter(request, schools, standing)
    context = listing(request, filterset, sorts=SORTS, default="name")
    return context | {"year": year, "standing": standing}


@for_roles(*COMMUNE_ROLES, SCHOOL)
@require_GET
def school_detail(request, pk):
    """Show a school's classes of a school year with their last rolls, and all rolls."""
    school = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    years = list(SchoolYear.objects.all())
    year = chosen_year(request, years)
    classes = classes_with_rolls(school, year)
    enrolled = sum(one.last.enrolled for one in classes if one.last)
    equipped = sum(one.last.equipped for one in classes if one.last)
    return render(
        request,
        "training/school_detail.html",
        {
            "school": school,
            "years": years,
            "year": year,
            "classes": classes,
            "enrolled": enrolled,
            "equipped": equipped,
            "percent": percent(equipped, enrolled),
            "history": _history(school, year),
            "confirmation": confirmations([school], year, today())[school.pk],
            "accounts": school.accounts.on(today()).select_related("user"),
            "back": _home_of_schools(request),
            "may_write": writes(request.user),
            "may_hand_in": may_hand_in(request.user),
            "is_this_year": year is not None and year.starts_on <= today() <= year.ends_on,
        },
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def school_add(request):
    """Add a school."""
    return _school_form(
        request, School(), "training/school_add.html", way_back(request, "school_list")
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def school_edit(request, pk):
    """Change a school."""
    school = _writable(request, pk)
    return _school_form(request, school, "training/school_edit.html", _address(school))


def _school_form(request, school, template, cancel_url):
    return answer_form(
        request,
        SchoolForm(sent(request), user=request.user, instance=school),
        template,
        save=lambda form: form.save(),
        done=_address,
        message=_("The school is saved."),
        cancel_url=cancel_url,
    )


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def roll_sheet(request, pk):
    """Hand in the rolls of all classes of a school for one day."""
    school = _writable(request, pk)
    year = chosen_year(request, list(SchoolYear.objects.all()))
    return _hand_in(request, school, classes_with_rolls(school, year), "training/roll_sheet.html")


@for_roles(OFFICIAL, ADMIN, SCHOOL)
@form_methods
def roll_add(request, pk):
    """Hand in one roll of one class."""
    classes = SchoolClass.objects.writable_by(request.user)
    one = get_object_or_404(classes.select_related("school", "school_year"), pk=pk)
    rolls = one.rolls.filter(counted_on__lte=today()).prefetch_related("modules")
    one.last = rolls.order_by("-counted_on").first()
    return _hand_in(request, one.school, [one], "training/roll_add.html")


def _hand_in(request, school, classes, template):
    form = RollSheet(sent(request), classes=classes, initial={"counted_on": today()})

    def save(form):
        try:
            return hand_in_rolls(
                form.numbers(),
                counted_on=form.cleaned_data["counted_on"],
                by=request.user,
                correct=form.cleaned_data["correct"],
                modules=form.taught(),
            )
        except AlreadyHandedIn as known:
            raise ChangeRefused(_already(known.rows), "correct") from None

    year = classes[0].school_year if classes else None
    address = _address(school) + (f"?year={year.pk}" if year else "")
    return answer_form(
        request,
        form,
        template,
        save=save,
        done=address,
        message=_saved_words,
        school=school,
        year=year,
        classes=classes,
        cancel_url=address,
    )


def _saved_words(changed):
    if not changed:
        return _("These numbers were handed in already. Nothing changed.")
    return ngettext(
        "%(count)s roll is saved.", "%(count)s rolls are saved.", changed
    ) % {"count": changed}  # fmt: skip


def _already(rolls):
    listed = ", ".join(
        f"{roll.school_class}: {roll.equipped}/{roll.enrolled}"
        for roll in sorted(rolls, key=lambda roll: roll.school_class.name)
    )
    return _(
        "Other numbers were handed in for that day (%(listed)s). Tick the box to replace them."
    ) % {"listed": listed}


def classes_with_rolls(school, year):
    """Return the classes of a school year, each with its ``last`` roll or ``None``."""
    if year is None:
        return []
    classes = list(
        school.classes.filter(school_year=year)
        .select_related("school", "school_year")
        .order_by("grade", "name")
    )
    last = {}
    rolls = ClassRoll.objects.filter(school_class__in=classes, counted_on__lte=today())
    rolls = rolls.select_related("confirmed_by").prefetch_related("modules")
    for roll in rolls.order_by("counted_on"):
        last[roll.school_class_id] = roll
    for one in classes:
        one.last = last.get(one.pk)
        one.percent = percent(one.last.equipped, one.last.enrolled) if one.last else None
    return classes


def _history(school, year):
    """Return the days on which rolls were handed in, newest first, with their rolls."""
    rolls = (
        ClassRoll.objects.filter(school_class__school=school, school_class__school_year=year)
        .select_related("school_class", "handed_in_by")
        .prefetch_related("modules")
        .order_by("-counted_on", "school_class__grade", "school_class__name")
    )
    days = {}
    for roll in rolls:
        days.setdefault(roll.counted_on, []).append(roll)
    return [
        {
            "day": day,
            "rolls": of_day,
            "enrolled": sum(roll.enrolled for roll in of_day),
            "equipped": sum(roll.equipped for roll in of_day),
        }
        for day, of_day in days.items()
    ]


def _sum_of(rolls, field):
    """Return the sum of a field over the current rolls of the outer school."""
    sums = (
        rolls.filter(school_class__school=OuterRef("pk"))
        .order_by()
        .values("school_class__school")
        .annotate(total=Sum(field))
    )
    return Subquery(sums.values("total"))


def chosen_year(request, years):
    """Return the school year of ``?year=``, else the current one, else the latest."""
    wanted, day = request.GET.get("year", ""), today()
    return (
        next((year for year in years if str(year.pk) == wanted), None)
        or next((year for year in years if year.starts_on <= day <= year.ends_on), None)
        or next(iter(years), None)
    )


def may_hand_in(user):
    """Whether somebody hands in rolls: the commune's officials, and the school itself."""
    return writes(user) or scope_of(user).role == SCHOOL


def _home_of_schools(request):
    if scope_of(request.user).role == SCHOOL:
        return reverse("my_school")
    return way_back(request, "school_list")


def _address(school):
    return reverse("school_detail", args=[school.pk])


def _writable(request, pk):
    return get_object_or_404(School.objects.writable_by(request.user), pk=pk)
