"""The whole demonstration year comes out of workbooks: the portal's own templates, filled in.

The demonstration is loaded, its figures are kept, its lists are written down as a commune
would; then everything is thrown away, a real commune is started, and the lists are brought
in. What comes out must be the same to the last person.
"""

import calendar
import time
from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from portal.demo import story
from portal.management.commands import load_demo
from portal.testing.workbooks import fill_year
from reports.indicators import Place, all_indicators, count_all
from reports.management.commands.programme_results import as_json
from reports.results import programme_results
from villages.importing import running
from villages.importing.kinds import kind_of
from villages.models import Assignment, Commune, ImportRow, ImportRun, Village

# Once, on PostgreSQL: what is asked of the database does not differ.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("demo"),
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.postgresql,
]

PASSWORD = "suoi-nguon-tren-ban-xa"
FIRST, LAST = date(2025, 1, 1), story.ARTICLE_ON


@pytest.fixture(scope="module")
def years(django_db_setup, django_db_blocker):
    """Both years: ``loaded`` by the command, and ``brought`` in from its workbooks."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(load_demo, "PATIENCE_SECONDS", 0)
        patch.setattr("getpass.getpass", lambda prompt="": PASSWORD)
        with transaction.atomic():
            call_command("load_demo", until=LAST, verbosity=0)
            loaded = figures_of(Commune.objects.get())
            official = get_user_model().objects.get(username="can-bo")
            workbooks = list(fill_year(Commune.objects.get(), official, LAST))
            transaction.set_rollback(True)
        with transaction.atomic():
            commune, official = start_commune()
            seconds = {}
            client = Client()
            client.force_login(official)
            on_screen(workbooks[0], client)
            for workbook in workbooks[1:]:
                began_at = time.monotonic()
                bring_in(workbook, commune, official)
                seconds[workbook.code, workbook.rows] = round(time.monotonic() - began_at, 1)
            print(seconds)
            yield SimpleNamespace(loaded=loaded, brought=figures_of(commune), workbooks=workbooks)
            transaction.set_rollback(True)


def start_commune():
    """A commune as `start_commune` leaves it, and an official who brings in its lists."""
    call_command(
        "start_commune", code="03637", name="Mường Kim", province="Lai Châu", admin="quan-tri"
    )
    commune = Commune.objects.get()
    assert not Village.objects.exists()
    official = get_user_model().objects.create_user("can-bo", password=PASSWORD)
    Assignment.objects.create(user=official, role="official", commune=commune, from_on=FIRST)
    return commune, official


def on_screen(workbook, client):
    """Bring in a workbook as a person does: every page, every form, and a worker between."""
    address = reverse("import_new", args=[workbook.code])
    page = client.get(address)
    options = page.context["options"]
    said = {name: options[name].value() for name in options.fields}
    file = SimpleUploadedFile(workbook.file_name, workbook.source)
    match = client.post(address, {**said, "file": file}, follow=True)
    run = ImportRun.objects.get()
    form = match.context["form"]
    answer = client.post(
        reverse("import_match", args=[run.uuid]),
        {name: form[name].value() or "" for name in form.fields},
    )
    assert answer.url == reverse("import_preview", args=[run.uuid])
    running.sweep()
    preview = client.get(answer.url)
    assert preview.status_code == 200
    assert "Bản mẫu 03" in preview.text
    client.post(reverse("import_apply", args=[run.uuid]))
    running.sweep()
    receipt = client.get(reverse("import_receipt", args=[run.uuid]))
    assert receipt.context["run"].status == "applied"
    assert receipt.context["run"].counts == {"new": workbook.rows}


def bring_in(workbook, commune, official):
    """Upload, match, plan and apply one workbook; every row of it must be right."""
    run = running.start_run(
        kind=kind_of(workbook.code),
        commune=commune,
        user=official,
        file_name=workbook.file_name,
        source=workbook.source,
        options=workbook.options,
    )
    running.plan_run(run)
    problems = list(
        ImportRow.objects.filter(run=run, outcome__in=["wrong", "uncertain", "skipped"])
        .values_list("number", "cells", "errors", "candidates")[:5]
    )  # fmt: skip
    assert not problems, (workbook.code, run.counts, problems)
    assert run.rows_total == workbook.rows, (workbook.code, run.problem)
    running.apply_run(run, by=official)
    assert run.status == "applied", (workbook.code, run.status, run.problem)
    return run


def figures_of(commune):
    """Every figure by what it is about: the table of the year, of each month, each village's."""
    tables = {}
    for month in range(1, LAST.month + 1):
        last = date(LAST.year, month, calendar.monthrange(LAST.year, month)[1])
        tables[last] = as_json(programme_results(commune, last.replace(day=1), last))
    names = dict(Village.objects.values_list("pk", "name"))
    counted = count_all(all_indicators(), Place(commune.pk), LAST)
    return SimpleNamespace(
        table=as_json(programme_results(commune, FIRST, LAST)),
        months={
            (f"{last:%m/%Y}", name): number
            for last, table in tables.items()
            for name, number in one_by_one(table)
        },
        villages={
            (names.get(village), code): pair
            for code, rows in counted.items()
            for (_commune, village), pair in rows.items()
        },
    )


def one_by_one(table):
    """Yield each figure of a results table under its name."""
    yield from table["figures"].items()
    for indicator in table["indicators"]:
        for part in ("numerator", "denominator", "reached", "able", "confirmed"):
            if part in indicator:
                yield f"{indicator['code']}, {part}", indicator[part]


def differing(brought, loaded):
    """Return {what: (brought in, loaded)} where the two differ."""
    everything = {**brought, **loaded}
    return {
        what: (brought.get(what), loaded.get(what))
        for what in everything
        if brought.get(what) != loaded.get(what)
    }


def test_the_results_table_is_the_same(years):
    assert not differing(
        dict(one_by_one(years.brought.table)), dict(one_by_one(years.loaded.table))
    )
    assert years.brought.table == years.loaded.table
    assert years.brought.table["figures"]["households_visited"] == story.HOUSEHOLDS_VISITED


def test_so_is_every_month_of_it(years):
    assert not differing(years.brought.months, years.loaded.months)
    assert len(years.brought.months) > 200


def test_so_is_every_village_in_every_indicator(years):
    assert not differing(years.brought.villages, years.loaded.villages)
    assert len({village for village, code in years.brought.villages}) == story.VILLAGES + 1
