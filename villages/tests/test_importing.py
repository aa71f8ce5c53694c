"""A list is planned without writing, applied once, and undone to what was there."""

import gc
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone, translation

from portal.testing.hamlets import all_records, uploaded
from villages.importing import deciding, forgetting, planning, running
from villages.importing.journal import MUCH, Journal
from villages.models import ImportRow, ImportRun, StaleMark, Team, Village

STATUS = ImportRun.Status


def planned(cast, *rows):
    run = uploaded(cast, *rows)
    running.plan_run(run)
    return run


def test_it_works(cast):
    run = planned(cast, (1, "Vi"), (2, "Khì mới"), (30, "Bản Lướt"))
    assert run.status == STATUS.PLANNED
    assert run.counts == {"same": 1, "changed": 1, "new": 1}
    assert run.rows.get(number=3).changes == [["Tên bản", "Khì", "Khì mới"]]
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.APPLIED
    assert Village.objects.get(pk=cast.khi.pk).name == "Khì mới"
    made = Village.objects.get(number=30)
    assert made.team
    assert StaleMark.objects.filter(village=made).exists()
    assert StaleMark.objects.filter(village=cast.khi).exists()


@pytest.mark.postgresql
def test_a_long_list_tells_the_database_how_large_its_tables_are(cast):
    """Taken for empty, they are joined row by row, and the next list takes hours."""
    run = planned(cast, *((100 + n, f"Bản Mới {n}") for n in range(MUCH)))
    running.apply_run(run, by=cast.official)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'villages_village'")
        assert cursor.fetchone()[0] == Village.objects.count() > MUCH


def test_a_plan_writes_nothing(cast):
    before, marks = all_records(), StaleMark.objects.count()
    planned(cast, (1, "Vi mới"), (30, "Bản Lướt"), ("x", "Bản Sai"))
    assert all_records() == before
    assert StaleMark.objects.count() == marks


def test_every_wrong_row_is_named_with_what_stands_in_the_file(cast):
    wrong = [("mười", f"Bản {n}") for n in range(25)]
    right = [(100 + n, f"Bản Mới {n}") for n in range(30)]
    run = planned(cast, *wrong, *right, (77, "Bản !"))
    assert run.counts == {"wrong": 26, "new": 30}
    assert run.rows.filter(outcome="wrong").count() == 26
    assert run.rows.filter(outcome="new").count() == 20
    first = run.rows.get(number=2)
    assert first.cells == {"number": "mười", "name": "Bản 0"}
    assert list(first.errors) == ["number"]
    assert run.rows.get(number=57).errors == {"name": "Tên bản không có dấu chấm than."}


def test_what_is_wrong_with_a_cell_fills_no_memory(cast):
    """While a list is worked on, what points at itself is never freed; its words are enough."""
    rows = [(f"số {n}", "a" * 90 + str(n)) for n in range(600)]
    run = uploaded(cast, *rows)

    def refusals():
        # Asked for its class, a lazy object of a page long answered would wake up.
        return sum(type(each) is ValidationError for each in gc.get_objects())

    gc.collect()
    before = refusals()
    gc.disable()
    try:
        plan = planning.plan_of(run, planning.request_of(run, cast.official))
        left = refusals() - before
    finally:
        gc.enable()
    assert len(plan.wrong) == 600
    # What others left behind may go meanwhile.
    assert left < 10


def test_a_list_that_is_wrong_throughout_is_kept_in_parts(cast, monkeypatch):
    """Held as a whole once more, fifty thousand wrong rows would not fit into the worker."""
    monkeypatch.setattr(planning, "STEP", 7)
    sizes, keep = [], ImportRow.objects.bulk_create
    monkeypatch.setattr(
        ImportRow.objects, "bulk_create", lambda rows: sizes.append(len(rows)) or keep(rows)
    )
    run = planned(cast, *((f"số {n}", f"Bản {n}") for n in range(20)))
    assert sizes == [7, 7, 6]
    assert run.rows.count() == 20


def test_all_or_nothing_leaves_everything(cast):
    run = planned(cast, (30, "Bản Lướt"), (31, "Bản !"))
    before = all_records()
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.PLANNED
    assert run.problem
    assert run.applied_by is None
    assert all_records() == before
    running.apply_run(run, only_right_rows=True, by=cast.official)
    assert run.status == STATUS.APPLIED
    assert Village.objects.filter(number=30).exists()
    assert not Village.objects.filter(number=31).exists()


def test_applied_twice_is_applied_once(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    with pytest.raises(running.ImportRefused):
        running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    assert running.work_on(run.pk) is True
    assert running.work_on(run.pk) is False
    assert Village.objects.filter(number=30).count() == 1


def test_records_that_change_after_the_preview_send_the_list_back(cast):
    run = planned(cast, (2, "Khì mới"), (30, "Bản Lướt"))
    Village.objects.create(
        commune=cast.commune, number=30, name="Bản Lướt", from_on=cast.vi.from_on
    )
    before = all_records()
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.PLANNED
    assert run.problem
    assert run.counts == {"changed": 1, "same": 1}
    assert all_records() == before
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.APPLIED
    assert Village.objects.filter(number=30).count() == 1


def test_an_uncertain_row_waits_for_a_person(cast):
    run = planned(cast, (40, "Vi"), (41, "Khì"), (42, "Bản Lướt"))
    assert run.counts == {"uncertain": 2, "new": 1}
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.PLANNED
    with pytest.raises(running.ImportRefused):
        deciding.decide(run, {2: str(cast.far.pk)})
    with pytest.raises(running.ImportRefused):
        deciding.decide(run, {4: "skip"})
    deciding.decide(run, {2: "new", 3: str(cast.khi.pk)})
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.APPLIED, run.problem
    assert run.counts == {"new": 2, "same": 1}
    assert Village.objects.filter(name="Vi").count() == 2
    assert Village.objects.filter(name="Khì").count() == 1


def test_a_decision_may_be_taken_back_after_the_list_was_checked_again(cast):
    run = planned(cast, (40, "Vi"))
    deciding.decide(run, {2: "skip"})
    running.plan_run(run)
    assert run.counts == {"skipped": 1}
    deciding.decide(run, {2: "new"})
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.APPLIED
    assert Village.objects.filter(number=40).exists()


def test_undoing_restores_every_row(cast):
    before = all_records()
    run = planned(cast, (1, "Vi mới"), (2, "Khì mới"), *((n, f"Bản {n}") for n in range(30, 60)))
    running.apply_run(run, by=cast.official)
    assert all_records() != before
    StaleMark.objects.all().delete()
    running.undo_run(run, by=cast.admin)
    assert run.status == STATUS.UNDONE
    assert run.undone_by == cast.admin
    assert all_records() == before
    assert StaleMark.objects.filter(village=cast.vi).exists()
    assert StaleMark.objects.filter(commune=cast.commune, village=None).exists()
    assert not run.journal.exists()
    with pytest.raises(running.ImportRefused):
        running.undo_run(run, by=cast.admin)


def test_a_row_taken_for_the_wrong_one_is_decided_again(cast):
    """The list is undone and comes back with its decisions; the next ones are written."""
    before = all_records()
    run = planned(cast, (40, "Vi"), (41, "Khì"), (1, "Vi mới"))
    deciding.decide(run, {2: "new", 3: str(cast.khi.pk)})
    running.apply_run(run, by=cast.official)
    assert Village.objects.filter(name="Vi").exists()
    running.undo_run(run, by=cast.admin, comes_back=True)
    assert run.status == STATUS.PLANNED
    assert all_records() == before
    assert (run.applied_at, run.undone_by, run.comes_back, run.trace) == (None, None, False, {})
    assert run.source is not None
    assert run.decisions == {"2": "new", "3": str(cast.khi.pk)}
    deciding.decide(run, {3: "new"})
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.APPLIED
    assert Village.objects.get(number=41).name == "Khì"
    running.undo_run(run, by=cast.admin)
    assert run.status == STATUS.UNDONE
    assert all_records() == before


def test_what_was_used_since_keeps_the_list_from_coming_back(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    made = Village.objects.get(number=30)
    made.team.members.create(full_name="Lò Văn Mới", from_on=made.from_on)
    before = all_records()
    running.undo_run(run, by=cast.official, comes_back=True)
    assert (run.status, run.comes_back) == (STATUS.APPLIED, False)
    assert all_records() == before


def test_a_list_whose_file_is_gone_cannot_come_back(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    forgetting.forget_file(run)
    with pytest.raises(running.ImportRefused):
        running.undo_run(run, by=cast.official, comes_back=True)
    running.undo_run(run, by=cast.official)
    assert run.status == STATUS.UNDONE


@pytest.mark.parametrize("meddle", ["change", "use", "change_created", "delete"])
def test_what_was_used_since_is_not_undone(cast, meddle):
    run = planned(cast, (2, "Khì mới"), (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    made = Village.objects.get(number=30)
    if meddle == "change":
        Village.objects.filter(pk=cast.khi.pk).update(name="Khì khác")
    elif meddle == "use":
        made.team.members.create(full_name="Lò Văn Mới", from_on=made.from_on)
    elif meddle == "change_created":
        made.kind = Village.Kind.RESIDENTIAL_AREA
        made.save()
    else:
        Village.objects.filter(pk=cast.khi.pk).update(name_folded="khac")
    before = all_records()
    running.undo_run(run, by=cast.official)
    assert run.status == STATUS.APPLIED
    assert run.undone_by is None
    assert all_records() == before
    obstacles = run.progress.obstacles
    named = {"change": "Khì khác", "use": "Lò Văn Mới", "change_created": "Bản Lướt"}
    assert named.get(meddle, "Khì mới") in str(obstacles)


def test_undoing_ends_after_seven_days_and_the_people_are_forgotten(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    young = planned(cast, (31, "Bản Mới"))
    running.apply_run(young, by=cast.official)
    left_lying = planned(cast, (32, "Bản Bỏ Quên"))
    long_ago = timezone.now() - timedelta(days=8)
    ImportRun.objects.filter(pk=run.pk).update(applied_at=long_ago)
    ImportRun.objects.filter(pk=left_lying.pk).update(uploaded_at=long_ago)
    forgetting.forget_old_runs()
    for each in (run, young, left_lying):
        each.refresh_from_db()
    with pytest.raises(running.ImportRefused):
        running.undo_run(run, by=cast.official)
    assert (run.source, left_lying.source) == (None, None)
    assert (run.status, left_lying.status) == (STATUS.APPLIED, STATUS.DISCARDED)
    assert set(ImportRow.objects.values_list("run", flat=True)) == {young.pk}
    assert young.source is not None
    running.undo_run(young, by=cast.official)
    assert young.status == STATUS.UNDONE


def test_a_discarded_list_is_forgotten_at_once(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.discard_run(run, by=cast.official)
    run.refresh_from_db()
    assert (run.status, run.source) == (STATUS.DISCARDED, None)
    assert not run.rows.exists()
    with pytest.raises(running.ImportRefused):
        running.apply_run(run, by=cast.official)


def test_the_log_says_who_applied_and_who_undid(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    running.undo_run(run, by=cast.admin)
    kind = ContentType.objects.get_for_model(ImportRun)
    entries = LogEntry.objects.filter(content_type=kind, object_pk=str(run.pk))
    said = {(entry.actor, entry.changes.get("status", [None, None])[1]) for entry in entries}
    assert (cast.official, "applied") in said
    assert (cast.admin, "undone") in said
    assert "Bản Lướt" not in str([entry.changes for entry in entries])


def test_rows_of_every_sort_come_back_exactly(cast):
    """Deleted rows, links between many, decimals, days, moments, uuids, structured values."""
    from households.models import Encounter, Skill
    from villages.models import Target
    from villages.periods import today

    encounter = Encounter.objects.create(
        commune=cast.commune, occasion="service_centre", held_on=today(), content={"a": [1, "é"]}
    )
    encounter.guided_skills.set(cast.skills)
    target = Target.objects.create(
        indicator="adults", commune=cast.commune, year=2026, percent="82.50"
    )
    before = all_records()
    run = planned(cast, (1, "Vi"))
    running.apply_run(run, by=cast.official)

    links = Encounter.guided_skills.through
    journal = Journal()
    journal.change(target, percent=90, year=2025)
    journal.delete([target, *links.objects.filter(encounter=encounter), encounter])
    made = journal.create(Skill, [Skill(code="moi", name="Mới", position=50)])
    journal.change(made[0], name="Mới hơn")
    other = Encounter(commune=cast.commune, occasion="online", held_on=today(), content={"b": 2})
    journal.create(Encounter, [other])
    journal.create(links, [links(encounter=other, skill=made[0])])
    run.journal.all().delete()
    journal.finish(run)
    assert not Target.objects.filter(pk=target.pk).exists()
    assert Skill.objects.get(code="moi").name == "Mới hơn"
    running.undo_run(run, by=cast.official)
    assert run.status == STATUS.UNDONE, run.progress.obstacles
    assert all_records() == before


def test_a_worker_that_fails_says_so_and_writes_nothing(cast, monkeypatch):
    run = planned(cast, (30, "Bản Lướt"))
    before, collects = all_records(), []

    def fail(rows, request, journal):
        collects.append(gc.isenabled())
        journal.create(Team, [Team(village=cast.far, from_on=cast.far.from_on)])

    monkeypatch.setattr(running.kind_of("hamlets"), "write", fail)
    running.apply_run(run, by=cast.official)
    assert run.status == STATUS.PLANNED
    assert run.problem
    assert all_records() == before
    assert {*collects} == {False}
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("language", "words", "step"),
    [("en", "Enter a whole number", "Some rows are wrong"), ("vi", "số nguyên", "Còn dòng sai")],
)
def test_a_worker_tells_what_is_wrong_in_the_language_of_who_asked(cast, language, words, step):
    with translation.override(language):
        run = uploaded(cast, ("mười", "Bản Sai"), (1, "Vi mới"))
        running.ask_to_plan(run)
    with translation.override("en" if language == "vi" else "vi"):
        running.work_on(run.pk)
    assert words in run.rows.get(number=2).errors["number"]
    with translation.override(language):
        running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    with translation.override("en" if language == "vi" else "vi"):
        running.work_on(run.pk)
    run.refresh_from_db()
    assert run.problem.startswith(step)
