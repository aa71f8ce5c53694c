"""A record that a list made or changed says so on its history, for good and without values."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.testing.hamlets import uploaded
from villages.importing import forgetting, running
from villages.importing.tracing import lists_about, trace_of
from villages.models import ImportRun, Village


@pytest.fixture
def run(cast):
    found = running.plan_run(uploaded(cast, (2, "Khì mới"), (30, "Bản Lướt"), name="ban-2025.csv"))
    return running.apply_run(found, by=cast.official)


def history(client, cast, village):
    client.force_login(cast.admin)
    address = reverse("admin:villages_village_history", args=[village.pk])
    return client.get(address).content.decode()


def test_the_history_names_the_list_and_who_brought_it_in(cast, client, run):
    made = Village.objects.get(number=30)
    for village in (cast.khi, made):
        page = history(client, cast, village)
        assert "ban-2025.csv" in page
        assert cast.official.full_name in page
        assert reverse("import_receipt", args=[run.uuid]) in page
    assert "ban-2025.csv" not in history(client, cast, cast.vi)
    (told,) = lists_about(cast.khi, user=cast.official)
    assert (told.made, "tên" in str(told.changed).lower()) == ([], True)
    (told,) = lists_about(made, user=cast.official)
    assert told.made
    assert lists_about(made, user=cast.stranger) == []
    running.undo_run(run, by=cast.admin)
    assert "đã hoàn tác" in history(client, cast, cast.khi)


def test_it_stays_when_the_values_are_forgotten(cast, client, run):
    long_ago = timezone.now() - timedelta(days=8)
    ImportRun.objects.filter(pk=run.pk).update(applied_at=long_ago, uploaded_at=long_ago)
    forgetting.forget_old_runs()
    run.refresh_from_db()
    assert not run.journal.exists()
    assert "ban-2025.csv" in history(client, cast, cast.khi)
    assert "Khì" not in str(run.trace)


def test_fifty_thousand_records_are_a_few_numbers():
    ids = list(range(1, 50_001))
    entries = [
        {"model": "households.resident", "created": ids, "sums": ids},
        {"model": "households.household", "changed": [[pk, {"phone": ["1", "2"]}] for pk in ids]},
        {"model": "households.household", "deleted": [{"id": 70_000, "phone": "3"}]},
        {"units": [[1, None, "2025-01-01"]]},
    ]
    assert trace_of(entries) == {
        "households.resident": {"created": [[1, 50_000]]},
        "households.household": {
            "changed": {"phone": [[1, 50_000]]},
            "deleted": [[70_000, 70_000]],
        },
    }
