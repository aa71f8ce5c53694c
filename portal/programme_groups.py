"""Where everything of the programme is kept: groups of links, and how much each leads to."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from households.models import Encounter
from reports.counting import answers_to
from training.models import (
    Agency,
    Communication,
    Course,
    Enterprise,
    School,
    StaffMember,
    TrainingSession,
)
from villages.access import ADMIN, OFFICIAL, scope_of
from villages.models import (
    Commune,
    ConnectivityReport,
    GoverningDocument,
    ImportRun,
    SteeringCommitteeMember,
    Target,
    Team,
)
from villages.periods import during, today

WRITERS_ONLY = (OFFICIAL, ADMIN)


@dataclass(frozen=True)
class Entry:
    """A link of the page: ``counts`` names the measure that stands beside it."""

    url_name: str
    label: str
    note: str
    counts: str = ""
    arguments: tuple = ()
    query: tuple = ()
    roles: tuple = ()


GROUPS = (
    (
        _("Training"),
        (
            Entry(
                "session_list",
                _("Training sessions"),
                _("Plan, invite, take attendance, close."),
                "sessions",
            ),
            Entry(
                "certificate_list",
                _("Certificates"),
                _("Issued, with a code that anybody can check."),
            ),
            Entry(
                "session_add",
                _("Plan a session"),
                _("Title, place, trainer, skills, expected list."),
                roles=WRITERS_ONLY,
            ),
        ),
    ),
    (
        _("Staff and courses"),
        (
            Entry("staff_list", _("Staff"), _("Who has finished, by agency."), "staff"),
            Entry("agency_list", _("Agencies"), _("Who has not finished there."), "agencies"),
            Entry(
                "unfinished_list",
                _("Not finished yet"),
                _("Who still has to take which course, and reminders."),
            ),
            Entry("course_list", _("Courses"), _("Required of whom, valid how long."), "courses"),
            Entry("enterprise_list", _("Enterprises"), _("Workers, as declared."), "enterprises"),
        ),
    ),
    (
        _("Schools"),
        (
            Entry("school_list", _("Schools and class rolls"), _("Enrolled, equipped."), "schools"),
            Entry("school_year_list", _("School years"), _("From when to when.")),
        ),
    ),
    (
        _("Communication"),
        (
            Entry(
                "communication_list",
                _("News, articles, videos"),
                _("Channel, date, reach, attachments."),
                "communications",
            ),
            Entry(
                "news",
                _("Public information page"),
                _("What everybody can read, without an account."),
                "public",
            ),
        ),
    ),
    (
        _("Direction"),
        (
            Entry(
                "document_list",
                _("Governing documents"),
                _("Plans, decisions, letters, and the targets they set."),
                "documents",
            ),
            Entry("target_list", _("Targets"), _("By year and indicator."), "targets"),
            Entry(
                "committee_list",
                _("Steering Committee"),
                _("Members of today and former ones."),
                "committee",
            ),
            Entry(
                "team_list",
                _("Community Digital Technology Teams"),
                _("Members, gaps, hand-overs."),
                "teams",
            ),
        ),
    ),
    (
        _("Infrastructure"),
        (
            Entry(
                "connectivity_list",
                _("Connectivity"),
                _("Places without a good signal, not solved yet."),
                "connectivity",
            ),
            Entry(
                "connectivity_sheet",
                _("List for the telecom companies"),
                _("By company, to print or send."),
            ),
            Entry(
                "household_list",
                _("Households without a smart device"),
                _("As last seen on a visit."),
                query=(("show", "no_device"),),
            ),
            Entry(
                "household_list",
                _("Households without a signal"),
                _("As last seen on a visit."),
                query=(("show", "no_signal"),),
            ),
        ),
    ),
    (
        _("Service counter"),
        (
            Entry(
                "counter",
                _("Help a citizen"),
                _("VNeID, online public services, QR, cashless payment."),
                "counter",
                roles=WRITERS_ONLY,
            ),
        ),
    ),
    (
        _("Bring in from Excel"),
        (
            Entry(
                "import_list",
                _("Lists from Excel"),
                _("Templates, preview, receipts, undo for 7 days."),
                "imports",
                roles=WRITERS_ONLY,
            ),
        ),
    ),
    (
        _("Take out"),
        (
            Entry(
                "export_list",
                _("What was exported"),
                _("Who took which list, when and why."),
            ),
        ),
    ),
)


def groups_for(user):
    """Return (title, links) of each group that has a page this person may open.

    All counts come in one query. A page that the installation does not have is left out.
    """
    role, counts = scope_of(user).role, _counts(user)
    found = []
    for title, entries in GROUPS:
        links = [
            link
            for entry in entries
            if not entry.roles or role in entry.roles
            if (link := _link(entry, counts)) is not None
        ]
        if links:
            found.append((title, links))
    return found


def _link(entry, counts):
    try:
        url = reverse(entry.url_name, args=entry.arguments)
    except NoReverseMatch:
        return None
    return {
        "url": f"{url}?{urlencode(entry.query)}" if entry.query else url,
        "label": entry.label,
        "note": entry.note,
        "count": counts.get(entry.counts),
    }


def _counts(user):
    day = today()
    answers = answers_to(_measures(user, day))
    row = Commune.objects.order_by("pk").values_list(*answers.values()).first()
    return dict(zip(answers, row, strict=True)) if row else {}


def _measures(user, day):
    documents = GoverningDocument.objects.visible_to(user).values("pk")
    targets = Target.objects.visible_to(user).values("pk")
    open_reports = ConnectivityReport.objects.visible_to(user).filter(resolved_on__isnull=True)
    service_centre = Encounter.objects.visible_to(user).standing()
    return {
        "sessions": TrainingSession.objects.visible_to(user),
        "staff": (
            StaffMember.objects.visible_to(user).filter(during(day, "employments__")),
            Count("pk", distinct=True),
        ),
        "agencies": Agency.objects.visible_to(user),
        "courses": Course.objects.all(),
        "enterprises": Enterprise.objects.visible_to(user),
        "schools": School.objects.visible_to(user),
        "communications": Communication.objects.visible_to(user),
        "public": Communication.objects.visible_to(user).filter(is_public=True),
        "documents": GoverningDocument.objects.filter(
            Q(pk__in=documents) | Q(commune__isnull=True)
        ),
        "targets": Target.objects.filter(
            Q(pk__in=targets) | Q(commune__isnull=True), year=day.year
        ),
        "committee": SteeringCommitteeMember.objects.visible_to(user)
        .on(day)
        .filter(during(day, "committee__")),
        "teams": Team.objects.visible_to(user).on(day).filter(during(day, "village__")),
        "connectivity": open_reports.exclude(quality=ConnectivityReport.Quality.GOOD),
        "counter": service_centre.filter(occasion=Encounter.Occasion.SERVICE_CENTRE, held_on=day),
        "imports": ImportRun.objects.visible_to(user),
    }
