"""The teams of a commune on one page: members, activity, gaps."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from reports.teams import ANY_GAP, GAPS, SORTS, chosen_teams, gap_counts, team_rows
from reports.views.places import commune_asked_for, communes_to_choose
from reports.villages import SEARCH_LENGTH
from villages.access import COMMUNE_ROLES, for_roles
from villages.exporting import exported, made_on_note
from villages.periods import today
from villages.tables import Table, TableColumn

ROWS = 50


@for_roles(*COMMUNE_ROLES)
@require_GET
def team_list(request):
    """Show every team with its members, what it did this year, and what is missing."""
    commune = commune_asked_for(request)
    rows = team_rows(commune)
    asked = asked_teams(request)
    found = chosen_teams(rows, **asked)
    context = {
        "commune": commune,
        "is_demo": commune.is_demo,
        "communes": communes_to_choose(request.user),
        "page": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "found": len(found),
        "teams": len(rows),
        "people": sum(row.members for row in rows),
        "gaps": gap_counts(rows),
        "all_gaps": [(ANY_GAP, None), *GAPS.items()],
        "year": today().year,
        **asked,
    }
    return render(request, "reports/team_list.html", context)


@exported("team_list", title=gettext_lazy("Community Digital Technology Teams"))
def team_table(request):
    """Draw the teams that the page shows, in the columns of table 04 of the reports."""
    commune, asked = commune_asked_for(request), asked_teams(request)
    rows = chosen_teams(team_rows(commune), **asked)
    notes = [commune.full_name, made_on_note()]
    if asked["gap"]:
        notes.append(str(GAPS.get(asked["gap"], _("Anything missing"))))
    if asked["search"]:
        notes.append(asked["search"])
    return Table(
        title=_("Community Digital Technology Teams"),
        columns=(
            TableColumn("TT", width=6),
            TableColumn(_("Village"), width=24),
            TableColumn(_("Team leader"), is_personal=True, width=26),
            TableColumn(_("Members"), width=10),
            TableColumn(_("Women"), width=8),
            TableColumn(_("Active days"), width=12),
            TableColumn(_("Household visits"), width=10),
            TableColumn(_("Distinct households"), width=12),
            TableColumn(_("Last activity"), width=14),
            TableColumn(_("What is missing"), width=30),
        ),
        rows=(
            [
                number,
                row.village,
                row.leader,
                row.members,
                row.women,
                row.days,
                row.visits,
                row.households,
                row.last_on,
                ", ".join(str(words) for words in row.gap_words),
            ]
            for number, row in enumerate(rows, start=1)
        ),
        file_name="bieu-04-to-cong-nghe-so",
        notes=tuple(notes),
    )


def asked_teams(request):
    """Return the gap, search and order that the address asks for; nonsense asks nothing."""
    gap, sort = request.GET.get("loc", ""), request.GET.get("sort", "")
    return {
        "gap": gap if gap in {*GAPS, ANY_GAP} else "",
        "search": request.GET.get("tim", "")[:SEARCH_LENGTH].replace("\0", ""),
        "sort": sort if sort.removeprefix("-") in SORTS else "number",
    }
