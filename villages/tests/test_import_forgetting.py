"""What a list held of people is gone when the receipt says so, and not before."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.testing.hamlets import all_records, uploaded
from villages.importing import forgetting, running
from villages.models import ImportProgress, ImportRun, Village

STATUS = ImportRun.Status
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    """Return a function that stops the clock a while after the test began."""
    began = timezone.now()

    def stop_at(after):
        monkeypatch.setattr(timezone, "now", lambda: began + after)

    stop_at(timedelta(0))
    return stop_at


def applied(cast, clock, after):
    """Return a list that was uploaded at the beginning and applied later, one row wrong."""
    run = running.plan_run(uploaded(cast, (2, "Khì mới"), (30, "Bản Lướt"), (31, "Bản !")))
    clock(after)
    running.apply_run(run, only_right_rows=True, by=cast.official)
    ImportProgress.objects.filter(run=run).update(obstacles=[["Bản Lướt", "đã sửa"]])
    return run


def kept(run):
    """Return what of a run is still there."""
    stored = ImportRun.objects.get(pk=run.pk)
    found = {"file": stored.source, "rows": run.rows.exists(), "journal": run.journal.exists()}
    found["obstacles"] = ImportProgress.objects.get(run=run).obstacles
    return {name for name, there in found.items() if there}


def test_a_file_goes_seven_days_after_the_upload_and_the_journal_when_undoing_ends(cast, clock):
    """Applied on the last day, a file was once kept for nearly two weeks."""
    before = all_records()
    run = applied(cast, clock, timedelta(days=6))
    clock(WEEK - 2 * HOUR)
    forgetting.forget_old_runs()
    assert kept(run) == {"file", "rows", "journal", "obstacles"}
    # Asked every hour: after the next time it would have been there for too long.
    clock(WEEK - HOUR + timedelta(minutes=1))
    forgetting.forget_old_runs()
    assert kept(run) == {"journal", "obstacles"}
    clock(timedelta(days=13) - HOUR)
    forgetting.forget_old_runs()
    running.undo_run(run, by=cast.official)
    assert run.status == STATUS.UNDONE
    assert (all_records(), kept(run)) == (before, set())


def test_nothing_is_left_when_a_list_can_no_longer_be_undone(cast, client, clock):
    run = applied(cast, clock, timedelta(days=6))
    clock(timedelta(days=13) + timedelta(minutes=1))
    with pytest.raises(running.ImportRefused):
        running.undo_run(run, by=cast.official)
    forgetting.forget_old_runs()
    assert kept(run) == set()
    client.force_login(cast.official)
    page = client.get(reverse("import_receipt", args=[run.uuid])).content.decode()
    assert reverse("import_undo", args=[run.uuid]) not in page
    assert reverse("import_errors", args=[run.uuid]) not in page
    assert "Tệp được xóa" not in page
    assert Village.objects.filter(number=30).exists()
