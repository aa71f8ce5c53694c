"""A small list of the tests' own, and what lists must leave as it was."""

from django import forms
from django.db import connection

from villages.importing import kinds, running
from villages.importing.kinds import Column, ImportKind, Outcome
from villages.models import Team, Village
from villages.periods import today
from villages.text import fold

OF_THE_RUN = {"importrun", "importrow", "importjournal", "importprogress"}
# Marks are notes to recount, and the log says what happened.
NOTES = {"stalemark", "logentry", "session", "sqlite_sequence"}


class HamletKind(ImportKind):
    """Villages by number; one whose name is known under another number is uncertain."""

    code = "hamlets"
    title = "Bản thử"
    description = "Danh sách của bài kiểm tra"
    list_url = "village_list"

    def columns(self, request):
        return [
            Column("number", "Số", forms.IntegerField(min_value=1, max_value=999), reads="number"),
            Column("name", "Tên bản", forms.CharField(max_length=80), synonyms=("Tên",)),
        ]

    def plan(self, rows, request):
        villages = list(Village.objects.filter(commune=request.commune, to_on__isnull=True))
        numbers = {village.number: village for village in villages}
        names = {village.name_folded: village for village in villages}
        for row in rows:
            known = numbers.get(row.values["number"])
            choice = request.decisions.get(row.number)
            if "!" in row.values["name"]:
                row.refuse("Tên bản không có dấu chấm than.", "name")
            elif known is not None:
                self._compare(row, known)
            elif (namesake := names.get(fold(row.values["name"]))) and choice is None:
                row.outcome = Outcome.UNCERTAIN
                row.candidates = [(str(namesake.pk), str(namesake))]
            elif choice == "skip":
                row.outcome = Outcome.SKIPPED
            elif choice not in (None, "new"):
                self._compare(row, next(v for v in villages if str(v.pk) == choice))
            else:
                row.outcome = Outcome.NEW

    def _compare(self, row, village):
        row.record = village
        same = village.name == row.values["name"]
        row.outcome = Outcome.SAME if same else Outcome.CHANGED
        if not same:
            row.changes = [("Tên bản", village.name, row.values["name"])]

    def write(self, rows, request, journal):
        villages = []
        for row in rows:
            name = row.values["name"]
            if row.outcome == Outcome.CHANGED:
                journal.change(row.record, name=name, name_folded=fold(name))
                journal.touch([(request.commune.pk, row.record.pk)], today())
                continue
            villages.append(
                Village(
                    commune=request.commune,
                    number=row.values["number"],
                    name=name,
                    name_folded=fold(name),
                    from_on=today(),
                )
            )
        made = journal.create(Village, villages)
        journal.create(Team, [Team(village=village, from_on=today()) for village in made])
        journal.touch([(request.commune.pk, village.pk) for village in made], today())


def hamlets():
    """Register the list of the tests and return it."""
    return kinds.register(HamletKind())


def uploaded(cast, *rows, kind=None, headings=("Số", "Tên bản"), name="ban.csv"):
    """Return a run of these rows, its headings matched."""
    lines = [";".join(map(str, row)) for row in (headings, *rows)]
    return running.start_run(
        kind=kind or hamlets(),
        commune=cast.commune,
        user=cast.official,
        file_name=name,
        source="\n".join(lines).encode(),
    )


def all_records():
    """Return every row of every table but the run's own and mere notes."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.endswith(tuple(OF_THE_RUN | NOTES)):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                found[table] = sorted(map(repr, cursor.fetchall()))
    return found
