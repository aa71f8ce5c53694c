import time

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from portal.demo import story
from portal.demo.communes import communes_to_load
from portal.demo.loading import STEPS_OF_A_COMMUNE, days_of_history, load
from reports import coverage
from reports.asking import day_typed
from villages.models import Commune
from villages.periods import today

SEED = 2025
# A newcomer waits so long at most; what is not counted by then is left to the worker.
PATIENCE_SECONDS = 24
MOST_COMMUNES = 3321


class Command(BaseCommand):
    help = (
        "Loads the demonstration: Mường Kim with synthetic people, as the press described it on "
        "31/10/2025, and its life since. Never touches a database that has it already."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--until", type=day_typed, default=None, help="last day of activity (default: today)"
        )
        parser.add_argument(
            "--communes", type=int, default=1, help="how many communes of that size (benchmarks)"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="other people, same totals")

    def handle(self, *, until, communes, seed, **options):
        began_at = time.monotonic()
        until = until or today()
        self.refuse_the_impossible(until, communes)
        wanted = communes_to_load(communes)
        known = set(
            Commune.objects.filter(code__in=[which.code for which in wanted]).values_list(
                "code", flat=True
            )
        )
        if known:
            self.say_that_it_is_there(known)
            return
        days = days_of_history(until)
        with self.bar(len(wanted) * STEPS_OF_A_COMMUNE + 1 + len(days)) as bar:
            made = load(wanted, until=until, seed=seed, step=bar.update)
            self.count(made[0].pk, days, began_at + PATIENCE_SECONDS, bar)
        seconds = time.monotonic() - began_at
        if options["verbosity"]:
            self.stdout.write(
                f"Loaded {len(made)} commune(s) with records up to {until:%d/%m/%Y} "
                f"in {seconds:.0f} s. Accounts: demo-accounts.json, readable by you alone."
            )

    def refuse_the_impossible(self, until, communes):
        if not story.ARTICLE_ON <= until <= today():
            raise CommandError(
                f"--until must be a day from {story.ARTICLE_ON:%d/%m/%Y}, up to which the "
                f"demonstration follows the article, to today."
            )
        if not 1 <= communes <= MOST_COMMUNES:
            raise CommandError(f"--communes must be a number from 1 to {MOST_COMMUNES}.")

    def say_that_it_is_there(self, known):
        demo = Commune.objects.filter(code__in=known, is_demo=True).exists()
        what = "The demonstration data" if demo else "A commune of that code, with real records,"
        self.stdout.write(
            f"{what} is loaded already ({', '.join(sorted(known))}). Nothing changed."
        )

    def bar(self, total):
        return tqdm(
            total=total,
            desc="Demonstration data",
            bar_format="  {desc} {bar:40} {percentage:3.0f} %",
            mininterval=0.5,
        )

    def count(self, commune_id, days, deadline, bar):
        """Count the first commune's today, then its past for as long as patience lasts."""
        coverage.recount_stale(commune_id, history_seconds=0)
        bar.update()
        for day in days:
            if time.monotonic() < deadline:
                coverage.recount_day(commune_id, day)
            else:
                coverage.ask_for_day(commune_id, day)
            bar.update()
