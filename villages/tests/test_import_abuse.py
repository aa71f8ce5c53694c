"""Lists in hostile hands: rights that are lost, numbers that are none, races, too many files."""

import threading
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from portal.testing.hamlets import HamletKind, hamlets, uploaded
from villages.importing import forgetting, running, sheets
from villages.importing.kinds import kind_of
from villages.models import Assignment, ImportRow, ImportRun, Village

STATUS = ImportRun.Status
NEED_THE_FILE = ("match", "errors")


def planned(cast, *rows):
    return running.plan_run(uploaded(cast, *rows))


def lose_role(user):
    Assignment.objects.filter(user=user).update(to_on=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize("how", ["role", "account"])
def test_who_lost_the_role_has_nothing_written_by_the_worker(cast, how):
    """The worker is down for an hour; meanwhile the official leaves the commune."""
    run = planned(cast, (30, "Bản Lướt"))
    running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    if how == "role":
        lose_role(cast.official)
    else:
        type(cast.official).objects.filter(pk=cast.official.pk).update(is_active=False)
    running.work_on(run.pk)
    run.refresh_from_db()
    assert (run.status, run.applied_by) == (STATUS.PLANNED, None)
    assert run.problem
    assert not Village.objects.filter(number=30).exists()
    running.apply_run(run, by=cast.admin)
    assert run.status == STATUS.APPLIED
    running.ask_to_undo(run, by=cast.official)
    running.work_on(run.pk)
    run.refresh_from_db()
    assert (run.status, run.undone_by) == (STATUS.APPLIED, None)
    assert Village.objects.filter(number=30).exists()


def test_an_upload_of_somebody_who_left_is_not_checked_in_that_name(cast):
    run = uploaded(cast, (30, "Bản Lướt"))
    running.ask_to_plan(run)
    lose_role(cast.official)
    running.work_on(run.pk)
    run.refresh_from_db()
    assert run.status == STATUS.FAILED
    assert run.problem


@pytest.mark.parametrize(
    "said",
    [
        {"row-" + "9" * 5000: "new"},
        {"row-" + "9" * 30: "new"},
        {"row-99999999999": "new"},
        {"row-2": "\x00"},
        {"row-2": "999999"},
        {"row-²": "new", "row--1": "new", "row-": "new", "page": "9" * 5000},
    ],
)
def test_decisions_about_rows_that_do_not_exist_change_nothing(cast, client, said):
    run = planned(cast, (30, "Khì"))
    assert run.counts == {"uncertain": 1}
    client.force_login(cast.official)
    answer = client.post(
        reverse("import_decide", args=[run.uuid]),
        urlencode(said),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 302
    run.refresh_from_db()
    assert (run.status, run.decisions) == (STATUS.PLANNED, {})


def test_files_do_not_pile_up_without_end(cast, client, monkeypatch):
    monkeypatch.setattr(running, "MOST_OPEN", 2)
    runs = [uploaded(cast, (30, "Bản Lướt")) for _number in range(2)]
    client.force_login(cast.official)
    asked = reverse("import_new", args=["hamlets"])
    sent = {"file": SimpleUploadedFile("ban.csv", "Số;Tên bản\n1;Vi\n".encode())}
    refused = client.post(asked, sent)
    assert refused.status_code == 400
    assert "field-error" in refused.content.decode()
    assert ImportRun.objects.count() == 2
    running.discard_run(runs[0], by=cast.official)
    sent = {"file": SimpleUploadedFile("ban.csv", "Số;Tên bản\n1;Vi\n".encode())}
    assert client.post(asked, sent).status_code == 302


def test_files_are_read_one_at_a_time_while_somebody_waits(cast, client, monkeypatch):
    """Ten kilobytes can keep a reader busy for half a minute; the others hear so at once."""
    monkeypatch.setattr(sheets, "WAITING_SECONDS", 0.01)
    run = planned(cast, (30, "Bản !"))
    client.force_login(cast.official)
    with sheets.one_at_a_time():
        upload = SimpleUploadedFile("ban.csv", "Số;Tên bản\n1;Vi\n".encode())
        refused = client.post(reverse("import_new", args=["hamlets"]), {"file": upload})
        assert refused.status_code == 400
        assert "field-error" in refused.content.decode()
        ways = [client.get(reverse(f"import_{name}", args=[run.uuid])) for name in NEED_THE_FILE]
        assert [(way.status_code, way.url) for way in ways] == [
            (302, reverse("import_list")),
            (302, reverse("import_preview", args=[run.uuid])),
        ]
    run.refresh_from_db()
    assert run.status == STATUS.PLANNED
    for name in NEED_THE_FILE:
        assert client.get(reverse(f"import_{name}", args=[run.uuid])).status_code == 200


def test_a_list_that_its_worker_did_not_forget_is_forgotten_by_the_next_sweep(cast, monkeypatch):
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    monkeypatch.setattr(running, "forget", lambda run: None)
    running.undo_run(run, by=cast.official)
    monkeypatch.undo()
    assert ImportRow.objects.filter(run=run).exists()
    forgetting.forget_old_runs()
    run.refresh_from_db()
    assert (run.status, run.source) == (STATUS.UNDONE, None)
    assert not ImportRow.objects.filter(run=run).exists()
    assert not run.journal.exists()


def test_what_all_communes_share_is_brought_in_by_who_writes_for_all_of_them(
    cast, client, monkeypatch
):
    """An official of one commune must not change the courses that another one's staff need."""
    run = planned(cast, (30, "Bản Lướt"))
    monkeypatch.setattr(HamletKind, "is_shared", True)
    address = reverse("import_new", args=["hamlets"])
    for who, expected in ((cast.official, 403), (cast.stranger, 403), (cast.admin, 200)):
        client.force_login(who)
        asked = {"commune": cast.commune.pk}
        assert client.get(address, asked).status_code == expected
        assert client.get(reverse("import_template", args=["hamlets"])).status_code == expected
        shown = client.get(reverse("import_list")).content.decode()
        assert (address in shown) == (expected == 200)
    client.force_login(cast.official)
    for name in ("import_apply", "import_discard", "import_undo"):
        assert client.post(reverse(name, args=[run.uuid])).status_code in (403, 405)
    running.apply_run(run, by=cast.official)
    assert (run.status, Village.objects.filter(number=30).exists()) == (STATUS.PLANNED, False)
    running.apply_run(run, by=cast.admin)
    assert run.status == STATUS.APPLIED


@pytest.mark.parametrize("kind_code", ["courses"])
def test_lists_of_shared_records_say_so(kind_code):
    assert kind_of(kind_code).is_shared


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_is_forgotten_waits_for_who_has_just_asked_to_undo(cast):
    """In the last minute of the seven days: the journal must not vanish under the worker."""
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    ImportRun.objects.filter(pk=run.pk).update(applied_at=timezone.now() - timedelta(days=8))
    sweeping = threading.Thread(target=in_thread(forgetting.forget_old_runs))
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        locked.status, locked.undone_by = STATUS.UNDOING, cast.official
        locked.save(update_fields=["status", "undone_by"])
        sweeping.start()
        wait_for_a_lock()
    sweeping.join()
    running.work_on(run.pk)
    run.refresh_from_db()
    assert run.status == STATUS.UNDONE
    assert not Village.objects.filter(number=30).exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_undoing_waits_for_somebody_who_is_changing_the_same_row(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    undoing = threading.Thread(target=in_thread(lambda: running.undo_run(run, by=cast.official)))
    with transaction.atomic():
        Village.objects.filter(number=30).update(name="Bản Lướt Trên")
        undoing.start()
        wait_for_a_lock()
    undoing.join()
    run.refresh_from_db()
    assert run.status == STATUS.APPLIED
    assert "Bản Lướt Trên" in str(run.progress.obstacles)
    assert Village.objects.get(number=30).name == "Bản Lướt Trên"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_applying_undoing_and_discarding_at_once_end_in_one_state(cast):
    run = planned(cast, (30, "Bản Lướt"))
    running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    barrier = threading.Barrier(4)

    def rush(verb):
        def go():
            barrier.wait()
            for _again in range(5):
                try:
                    verb(ImportRun.objects.get(pk=run.pk))
                except running.ImportRefused:
                    continue

        return threading.Thread(target=in_thread(go))

    threads = [
        rush(lambda run: running.work_on(run.pk)),
        rush(lambda run: running.undo_run(run, by=cast.official)),
        rush(lambda run: running.discard_run(run, by=cast.official)),
        rush(lambda run: running.work_on(run.pk)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.sweep()
    run.refresh_from_db()
    assert run.status in (STATUS.APPLIED, STATUS.UNDONE)
    there = Village.objects.filter(number=30).count()
    assert there == (1 if run.status == STATUS.APPLIED else 0)


def in_thread(verb):
    def go():
        try:
            verb()
        finally:
            connection.close()

    return go


def wait_for_a_lock():
    """Wait until another connection stands before a lock that this one holds."""
    for _try in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), pg_sleep(0.05) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits for a lock.")


@pytest.fixture(autouse=True)
def kind():
    return hamlets()
