import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from reports import coverage
from reports.asking import commune_named, day_typed, village_named
from reports.indicators import indicator_by_code
from reports.models import CoverageFigure, CoverageUnit
from villages.models import Commune
from villages.periods import today
from villages.templatetags.display import day as written_day
from villages.templatetags.display import fraction

DRIFT_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Recounts stored figures from the records and reports drift: figures that were wrong "
        "without a mark. Ends with 0 when there was none, with 1 when there was (it is mended)."
    )

    def add_arguments(self, parser):
        parser.add_argument("--commune", metavar="CODE", help="only this commune")
        parser.add_argument(
            "--village", metavar="NUMBER_OR_NAME", help="only this village of the commune"
        )
        parser.add_argument("--day", type=day_typed, metavar="DATE", help="as of this day")
        parser.add_argument(
            "--history", action="store_true", help="as of every day that has figures"
        )

    def handle(self, *, commune, village, day, history, verbosity, **options):
        if day and history:
            raise CommandError("--day and --history exclude each other.")
        if day and day > today():
            raise CommandError(f"{written_day(day)} has not been yet; there is nothing to count.")
        communes = self.communes(commune, village)
        unit = village_named(communes[0], village) if village else None
        turns = [(each, on) for each in communes for on in self.days(each, day, history)]
        drift = []
        for each, on in tqdm(
            turns, desc="Recounting", bar_format="  {desc} {bar:40} {n_fmt}/{total_fmt}",
            disable=verbosity == 0,
        ):  # fmt: skip
            drift += coverage.recount_everything(
                communes=[each.pk], days=[on], only_village=unit and unit.pk
            )
        self.report(communes, unit, turns, drift)

    def communes(self, code, village):
        if code or village:
            return [commune_named(code)]
        communes = list(Commune.objects.all())
        return communes or [commune_named(None)]

    def days(self, commune, day, history):
        if day:
            return [day]
        if history:
            kept = CoverageFigure.objects.filter(unit__commune=commune).values_list("day")
            days = {on for (on,) in kept.order_by().distinct()}
            return sorted(days | {today()}, reverse=True)
        return [today()]

    def report(self, communes, unit, turns, drift):
        units = CoverageUnit.objects.filter(commune__in=communes)
        count = 1 if unit else units.count()
        where = unit.full_name if unit else f"{len(communes)} commune(s), {count} unit(s)"
        days = sorted({on for _commune, on in turns})
        when = written_day(days[0]) if len(days) == 1 else f"{len(days)} days"
        self.stdout.write(f"Recounted {where} as of {when}.")
        if not drift:
            self.stdout.write("No drift: every stored figure was right or marked.")
            return
        self.stdout.write(
            f"DRIFT: {len(drift)} stored figure(s) were wrong without a mark. They are right "
            "now; that they were wrong is a defect and is kept in the admin under «Drift»."
        )
        for found in drift[:DRIFT_SHOWN]:
            self.stdout.write("  " + in_words(found))
        if len(drift) > DRIFT_SHOWN:
            self.stdout.write(f"  … and {len(drift) - DRIFT_SHOWN} more.")
        sys.exit(1)


def in_words(drift):
    """Say which figure was stored as what, and what the records give."""
    indicator = indicator_by_code(drift.indicator)
    title = indicator.title if indicator else drift.indicator
    stored = fraction(drift.stored_numerator, drift.stored_denominator)
    counted = fraction(drift.counted_numerator, drift.counted_denominator)
    return (
        f"{drift.unit}, {title}, {written_day(drift.day)}: "
        f"stored {stored}, counted from the records {counted}."
    )
