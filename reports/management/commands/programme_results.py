import json
import unicodedata

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.asking import commune_named, day_typed
from reports.indicators import ADULTS
from reports.results import programme_results
from villages.periods import today
from villages.templatetags.display import day, fraction, number, percent, target


class Command(BaseCommand):
    help = (
        "Prints the programme's results of a commune: flows of a period, stocks and coverage as "
        "of its last day, counted from the records."
    )

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first", type=day_typed, required=True, metavar="DATE")
        parser.add_argument("--to", dest="last", type=day_typed, required=True, metavar="DATE")
        parser.add_argument("--commune", metavar="CODE", help="needed only where there are several")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *, first, last, commune, **options):
        if first > today():
            raise CommandError(f"The period from {day(first)} has not begun yet.")
        if first > last:
            raise CommandError(f"--from ({day(first)}) must not be after --to ({day(last)}).")
        results = programme_results(commune_named(commune), first, last)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(results), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(as_lines(results)))


def as_json(results):
    """Return the results as plain numbers, texts and ISO dates."""
    return {
        "commune": {"code": results.commune.code, "name": results.commune.name},
        "period": {"from": results.first.isoformat(), "to": results.last.isoformat()},
        "figures": results.figures,
        "indicators": [
            {
                "code": found.code,
                "title": found.title,
                "numerator": found.numerator,
                "denominator": found.denominator,
                "percent": _plain(found.percent),
                "target": _plain(found.target),
                "target_source": found.target_source,
                "as_of": found.as_of.isoformat(),
                "definition": found.definition,
            }
            | (results.rungs if found.code == ADULTS else {})
            for found in results.indicators
        ],
    }


def as_lines(results):
    """Return the results as an aligned table of text."""
    heading = _("Results of %(commune)s from %(first)s to %(last)s") % {
        "commune": results.commune.full_name,
        "first": day(results.first),
        "last": day(results.last),
    }
    lines = [heading, ""]
    labels = figure_labels()
    rows = [
        (labels[name][0], number(count), labels[name][1]) for name, count in results.figures.items()
    ]
    lines += _aligned([(_("Result"), pgettext("column", "Count"), _("Unit")), *rows], right=(1,))
    lines.append("")
    rows = [
        (
            found.title,
            fraction(found.numerator, found.denominator),
            percent(found.percent),
            target(found.target),
        )
        for found in results.indicators
    ]
    head = (_("Indicator"), _("Numerator / denominator"), _("Share"), _("Target"))
    lines += _aligned([head, *rows], right=(1, 2, 3))
    rungs = results.rungs
    if len(rungs) == 3:
        lines += ["", _rungs_in_words(rungs)]
    lines += ["", _("Definitions, as of %(day)s") % {"day": day(results.as_of)}]
    lines += [f"- {found.title}: {found.definition}" for found in results.indicators]
    sources = {found.target_source for found in results.indicators if found.target_source}
    lines += [_("Targets: %(source)s") % {"source": source} for source in sorted(sources)]
    return lines


def figure_labels():
    """Return {figure: (label, unit)} in the reader's language."""
    people, households = pgettext("unit", "people"), pgettext("unit", "households")
    return {
        "documents": (_("Documents issued"), pgettext("unit", "documents")),
        "steering_committee_members": (_("Members of the Steering Committee"), people),
        "villages": (_("Villages and residential areas"), pgettext("unit", "villages")),
        "teams": (_("Community Digital Technology Teams"), pgettext("unit", "teams")),
        "staff": (_("Cadres, civil servants and public employees"), people),
        "communications": (_("News, articles and videos"), pgettext("unit", "items")),
        "training_sessions": (_("Training sessions for residents"), pgettext("unit", "sessions")),
        "people_trained": (_("People trained"), people),
        "training_attendances": (_("Attendances at training"), pgettext("unit", "attendances")),
        "households_visited": (_("Households visited by the teams"), households),
        "household_visits": (_("Visits to households"), pgettext("unit", "visits")),
        "people_helped_at_service_centre": (_("People helped at the service centre"), people),
        "households_with_smart_device": (_("Households with a smart device"), households),
    }


def _rungs_in_words(rungs):
    return _("Adults: reached %(reached)s, able %(able)s, confirmed on VNeID %(confirmed)s.") % {
        name: number(count) for name, count in rungs.items()
    }


def _aligned(rows, right):
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for column, cell in enumerate(row):
            space = " " * (widths[column] - _width(cell))
            cells.append(space + str(cell) if column in right else str(cell) + space)
        lines.append("  ".join(cells).rstrip())
    return [lines[0], "-" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]]


def _width(text):
    return sum(not unicodedata.combining(sign) for sign in str(text))


def _plain(amount):
    return None if amount is None else float(amount)
