"""The screens of lists: from the upload to the receipt, each within one's own commune."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.testing.accessibility import axe_problems, scrolls_sideways
from portal.testing.browser import OFFICE, PHONE
from portal.testing.hamlets import all_records, hamlets, uploaded
from villages.importing import forgetting, running
from villages.models import ImportProgress, ImportRun, Village

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

STATUS = ImportRun.Status
GOOD = "Số;Tên bản\n1;Vi\n2;Khì mới\n30;Bản Lướt\n"


@pytest.fixture
def kind():
    return hamlets()


def at(name, run):
    return reverse(name, args=[run.uuid])


def upload(client, content, name="ban.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(
        reverse("import_new", args=["hamlets"]), {"file": SimpleUploadedFile(name, content)}
    )


def planned(cast, *rows):
    run = uploaded(cast, *rows)
    return running.plan_run(run)


def test_a_list_goes_all_the_way(cast, client, kind):
    client.force_login(cast.official)
    assert "Bản thử" in client.get(reverse("import_list")).content.decode()
    answer = upload(client, GOOD)
    run = ImportRun.objects.get()
    assert answer["Location"] == at("import_match", run)
    page = client.get(at("import_match", run)).content.decode()
    assert "Khì mới" in page
    sent = {"sheet": run.sheet, "heading_row": 0, "column_0": "number", "column_1": "name"}
    answer = client.post(at("import_match", run), sent)
    assert answer["Location"] == at("import_preview", run)
    waits = client.get(at("import_preview", run)).content.decode()
    assert "import-progress" in waits
    running.work_on(run.pk)
    page = client.get(at("import_preview", run)).content.decode()
    assert "Bản Lướt" in page
    changed = client.get(at("import_preview", run) + "?show=changed").content.decode()
    assert "<del>Khì</del> → <ins>Khì mới</ins>" in changed
    for _again in range(2):
        answer = client.post(at("import_apply", run))
        assert answer["Location"] == at("import_receipt", run)
    running.work_on(run.pk)
    assert Village.objects.filter(number=30).count() == 1
    receipt = client.get(at("import_receipt", run)).content.decode()
    assert cast.official.full_name in receipt
    assert at("import_undo", run) in receipt
    assert client.post(at("import_apply", run))["Location"] == at("import_receipt", run)
    assert client.get(at("import_undo", run)).status_code == 200
    assert client.post(at("import_undo", run))["Location"] == at("import_receipt", run)
    running.work_on(run.pk)
    assert not Village.objects.filter(number=30).exists()
    assert at("import_undo", run) not in client.get(at("import_receipt", run)).content.decode()
    listed = client.get(reverse("import_list"), {"q": "BAN", "status": "undone"}).content.decode()
    assert "ban.csv" in listed
    assert at("import_receipt", run) in listed


def test_columns_that_nobody_chose_are_named_to_the_end(cast, client, kind):
    client.force_login(cast.official)
    upload(client, "TT;Số;Tên bản;Trưởng bản;Ghi chú\n1;30;Bản Lướt;Lò Văn Mẫu;x\n".encode())
    run = ImportRun.objects.get()
    sent = {"sheet": run.sheet, "heading_row": 0, "column_1": "number", "column_2": "name"}
    client.post(at("import_match", run), sent)
    running.work_on(run.pk)
    words = "2 cột của tệp không được nhập: «Trưởng bản», «Ghi chú»."
    assert words in client.get(at("import_preview", run)).content.decode()
    running.apply_run(run, by=cast.official)
    assert words in client.get(at("import_receipt", run)).content.decode()


def test_a_list_is_undone_to_be_looked_through_again(cast, client, kind):
    client.force_login(cast.official)
    run = planned(cast, (30, "Bản Lướt"))
    running.apply_run(run, by=cast.official)
    assert 'name="again"' in client.get(at("import_undo", run)).content.decode()
    client.post(at("import_undo", run), {"again": "1"})
    running.work_on(run.pk)
    assert not Village.objects.filter(number=30).exists()
    answer = client.get(at("import_receipt", run), follow=True)
    assert answer.redirect_chain == [(at("import_preview", run), 302)]
    assert "Bản Lướt" in answer.content.decode()
    running.apply_run(run, by=cast.official)
    forgetting.forget_file(run)
    assert 'name="again"' not in client.get(at("import_undo", run)).content.decode()


@pytest.mark.parametrize("who", ["leader", "reader"])
def test_who_may_not_write_does_not_bring_in_lists(cast, client, kind, who):
    run = planned(cast, (30, "Bản Lướt"))
    client.force_login(getattr(cast, who))
    assert client.get(reverse("import_list")).status_code == 403
    assert upload(client, GOOD).status_code == 403
    assert client.get(at("import_preview", run)).status_code == 403
    assert client.post(at("import_apply", run)).status_code == 403


def test_another_commune_s_list_does_not_exist(cast, client, kind):
    run = planned(cast, (30, "Bản Lướt"))
    client.force_login(cast.stranger)
    for name in ("match", "preview", "progress", "receipt", "errors", "undo", "discard"):
        assert client.get(at(f"import_{name}", run)).status_code == 404, name
    assert client.post(at("import_apply", run)).status_code == 404
    assert "ban.csv" not in client.get(reverse("import_list")).content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("danh-sach.xlsx", b"PK\x03\x04" + b"\x00" * 500),
        ("danh-sach.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("danh-sach.csv", b"\xff\xfe\x00\x00\x80"),
        ("danh-sach.csv", b""),
        ("danh-sach.pdf", b"%PDF-1.7"),
        ("\x00.xlsx", b"\x00"),
        ("anh.xlsx", BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100).getvalue()),
    ],
)
def test_a_hostile_file_is_answered_in_words(cast, client, kind, name, content):
    client.force_login(cast.official)
    answer = upload(client, content, name)
    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        # TCVN3 and VNI, with what Excel makes of them; «TT» is known in any font.
        "TT;Tªn b¶n;Sè hé\n1;B¶n Vi;12\n",
        "UÛY BAN NHAÂN DAÂN\n\nSoá;Teân baûn\n1;Vi\n",
        # None of the headings known, and a row further down taken for them.
        "Tªn b¶n;;\nB¶n Vi;x· M\u00adêng Kim;12\n",
    ],
)
def test_headings_in_an_old_font_are_refused_with_advice(cast, client, kind, content):
    client.force_login(cast.official)
    answer = upload(client, content)
    assert answer.status_code == 400
    assert "UniKey" in answer.content.decode()
    assert not ImportRun.objects.exists()
    # One word of it beside headings that are known is no reason.
    assert upload(client, "Số;Tên bản\n1;B¶n Vi\n").status_code == 302


def test_a_file_that_is_too_large_is_answered_in_words(cast, client, kind):
    client.force_login(cast.official)
    answer = upload(client, b"x" * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 400
    assert "10 MB" in answer.content.decode()


def test_a_needed_column_must_be_named(cast, client, kind):
    client.force_login(cast.official)
    run = uploaded(cast, (30, "Bản Lướt"), headings=("A", "B"))
    page = client.get(at("import_match", run)).content.decode()
    assert "notice-warning" in page
    sent = {"sheet": run.sheet, "heading_row": 0, "column_0": "number"}
    answer = client.post(at("import_match", run), sent)
    assert answer.status_code == 400
    assert "Tên bản" in answer.content.decode()
    twice = sent | {"column_0": "name", "column_1": "name"}
    assert client.post(at("import_match", run), twice).status_code == 400
    hostile = {"sheet": "\x00", "heading_row": "9" * 30, "column_0": "\x00", "column_1": "nothing"}
    assert client.post(at("import_match", run), hostile).status_code in (200, 400)
    right = sent | {"column_1": "name"}
    assert client.post(at("import_match", run), right).status_code == 302
    run.refresh_from_db()
    assert run.status == STATUS.PLANNING


def test_wrong_rows_are_told_and_only_the_right_ones_are_brought_in(cast, client, kind):
    client.force_login(cast.official)
    run = planned(cast, ("mười", "Bản Sai"), (30, "Bản Lướt"))
    page = client.get(at("import_preview", run)).content.decode()
    assert "mười" in page
    assert at("import_errors", run) in page
    answer = client.post(at("import_apply", run), {"rows": "all"}, follow=True)
    assert "notice-danger" in answer.content.decode()
    assert not Village.objects.filter(number=30).exists()
    client.post(at("import_apply", run), {"rows": "right"})
    running.work_on(run.pk)
    assert Village.objects.filter(number=30).exists()
    book = client.get(at("import_errors", run))
    assert book["Content-Type"].endswith("sheet")
    assert book.content.startswith(b"PK")


def test_decisions_are_kept_and_the_list_is_checked_again(cast, client, kind):
    client.force_login(cast.official)
    run = planned(cast, (40, "Vi"), (41, "Khì"))
    page = client.get(at("import_preview", run)).content.decode()
    assert 'name="row-2"' in page
    assert at("import_decide", run) in page
    client.post(at("import_decide", run), {"row-2": "new", "page": "1"})
    run.refresh_from_db()
    assert (run.status, run.decisions) == (STATUS.PLANNED, {"2": "new"})
    client.post(at("import_decide", run), {"row-3": "999999", "row-x": "new", "page": "x"})
    run.refresh_from_db()
    assert run.decisions == {"2": "new"}
    # The one that is decided has left the questions, and stands beside its decision.
    assert 'name="row-2"' not in client.get(at("import_preview", run)).content.decode()
    decided = client.get(at("import_preview", run) + "?show=decided").content.decode()
    assert 'name="row-2" value="new" checked' in decided
    client.post(at("import_decide", run), {"row-3": "skip", "page": "1"})
    run.refresh_from_db()
    assert run.status == STATUS.PLANNING
    running.work_on(run.pk)
    run.refresh_from_db()
    assert run.counts == {"new": 1, "skipped": 1}


def test_a_decision_is_shown_and_changed_until_the_list_is_brought_in(cast, client, kind):
    client.force_login(cast.official)
    run = planned(cast, (40, "Vi"), (41, "Khì"))
    client.post(at("import_decide", run), {"row-2": "new", "row-3": "skip"})
    running.work_on(run.pk)
    page = client.get(at("import_preview", run) + "?show=decided").content.decode()
    assert 'name="row-2" value="new" checked' in page
    assert 'name="row-3" value="skip" checked' in page
    # What is sent again as it was changes nothing; the one that is taken back is asked again.
    sent = {"row-2": "new", "row-3": "skip", "show": "decided"}
    client.post(at("import_decide", run), sent)
    run.refresh_from_db()
    assert run.status == STATUS.PLANNED
    client.post(at("import_decide", run), sent | {"row-3": "later"})
    running.work_on(run.pk)
    run.refresh_from_db()
    assert (run.decisions, run.counts) == ({"2": "new"}, {"new": 1, "uncertain": 1})
    client.post(at("import_decide", run), {"row-2": str(cast.vi.pk), "show": "decided"})
    running.work_on(run.pk)
    running.apply_run(run, only_right_rows=True, by=cast.official)
    assert run.counts == {"same": 1, "uncertain": 1}
    assert not Village.objects.filter(number=40).exists()
    answer = client.post(at("import_decide", run), {"row-2": "new"})
    assert answer["Location"] == at("import_receipt", run)


@pytest.mark.parametrize(
    ("choice", "decided"),
    [("new", "new"), ("skip", "skip"), ("only", "the one")],
)
def test_all_rows_are_decided_at_once_after_their_number_was_shown(
    cast, client, kind, choice, decided
):
    client.force_login(cast.official)
    run = planned(cast, (40, "Vi"), (41, "Khì"))
    # Two were found for the second row: with «the only one» it waits on.
    row = run.rows.get(number=3)
    row.candidates = [*row.candidates, [str(cast.vi.pk), "Vi"]]
    row.save()
    page = client.get(at("import_preview", run)).content.decode()
    assert f"{at('import_decide', run)}?all={choice}" in page
    count = 1 if choice == "only" else 2
    page = client.get(at("import_decide", run), {"all": choice}).content.decode()
    assert f'name="rows" value="{count}"' in page
    assert ("vẫn chờ quyết định" in page) == (choice == "only")
    # Agreed to when there were more: asked again.
    again = client.post(at("import_decide", run), {"all": choice, "rows": "99"})
    assert f'name="rows" value="{count}"' in again.content.decode()
    client.post(at("import_decide", run), {"all": choice, "rows": str(count)})
    run.refresh_from_db()
    first = str(cast.vi.pk) if decided == "the one" else decided
    assert run.decisions == ({"2": first} if count == 1 else {"2": first, "3": first})
    assert run.status == (STATUS.PLANNED if choice == "only" else STATUS.PLANNING)
    running.work_on(run.pk)
    client.post(at("import_decide", run), {"all": "later", "rows": str(count)})
    running.work_on(run.pk)
    run.refresh_from_db()
    assert (run.decisions, run.counts) == ({}, {"uncertain": 2})
    astray = client.get(at("import_decide", run), {"all": "999"})
    assert astray["Location"] == at("import_preview", run)


def test_progress_is_seen_with_and_without_script(cast, client, kind):
    client.force_login(cast.official)
    run = planned(cast, (30, "Bản Lướt"))
    running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    ImportProgress.objects.filter(run=run).update(
        stage="reading", rows_done=12000, rows_total=50000
    )
    part = client.get(at("import_progress", run), headers={"HX-Request": "true"})
    assert "12.000" in part.content.decode()
    assert "<html" not in part.content.decode()
    page = client.get(at("import_receipt", run)).content.decode()
    assert "50.000" in page
    assert client.get(at("import_progress", run))["Location"] == at("import_receipt", run)
    running.work_on(run.pk)
    over = client.get(at("import_progress", run), headers={"HX-Request": "true"})
    assert over["HX-Redirect"] == at("import_receipt", run)


def test_a_step_whose_rows_cannot_be_counted_shows_a_bar_without_a_value(cast, client, kind):
    """SQLite shows nothing of a transaction before it ends: that is no standstill at 0 %."""
    client.force_login(cast.official)
    run = planned(cast, (30, "Bản Lướt"))
    running.ask_to_apply(run, only_right_rows=False, by=cast.official)
    ImportProgress.objects.filter(run=run).update(stage="writing", rows_done=0, rows_total=0)
    page = client.get(at("import_progress", run), headers={"HX-Request": "true"}).content.decode()
    assert "<progress" in page
    assert "value" not in page.split("<progress")[1].split(">")[0]
    assert "Đang ghi dữ liệu" in page
    assert 'class="meter"' not in page


def test_what_stands_in_the_way_of_undoing_is_named(cast, client, kind):
    client.force_login(cast.official)
    run = running.apply_run(planned(cast, (30, "Bản Lướt")), by=cast.official)
    made = Village.objects.get(number=30)
    made.team.members.create(full_name="Lò Văn Mới", from_on=made.from_on)
    before = all_records()
    client.post(at("import_undo", run))
    running.work_on(run.pk)
    assert "Lò Văn Mới" in client.get(at("import_receipt", run)).content.decode()
    assert all_records() == before


def test_a_list_is_thrown_away(cast, client, kind):
    client.force_login(cast.official)
    run = planned(cast, (30, "Bản Lướt"))
    assert client.get(at("import_discard", run)).status_code == 200
    assert client.post(at("import_discard", run))["Location"] == reverse("import_list")
    run.refresh_from_db()
    assert (run.status, run.source) == (STATUS.DISCARDED, None)
    for name in ("match", "preview", "undo", "discard", "errors"):
        assert client.get(at(f"import_{name}", run))["Location"] == at("import_receipt", run)
    assert client.get(at("import_receipt", run)).status_code == 200


def test_somebody_of_several_communes_says_which(cast, client, kind):
    client.force_login(cast.admin)
    page = client.get(reverse("import_new", args=["hamlets"])).content.decode()
    assert f"?commune={cast.far.commune.pk}" in page
    address = reverse("import_new", args=["hamlets"])
    file = SimpleUploadedFile("ban.csv", GOOD.encode())
    client.post(address, {"file": file, "commune": cast.elsewhere.pk})
    assert ImportRun.objects.get().commune == cast.elsewhere
    assert client.get(address, {"commune": "9" * 40}).status_code == 200
    assert client.get(address, {"commune": "987654321"}).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_screens_pass_axe_at_both_widths_and_progress_moves_on_by_itself(cast, screen):
    hamlets()
    run = planned(cast, ("x", "Bản Sai"), (40, "Vi"), (1, "Vi mới"), (30, "Bản Lướt"))
    new = reverse("import_new", args=["hamlets"])
    shows = [f"{at('import_preview', run)}?show={show}" for show in ("wrong", "uncertain", "new")]
    waiting = uploaded(cast, (31, "Bản Khác"))
    paths = [reverse("import_list"), new, at("import_match", waiting), *shows]
    for size in (PHONE, OFFICE):
        page = screen.open(user=cast.official, size=size)
        for path in paths:
            page.goto(path)
            assert axe_problems(page) == [], path
            assert not scrolls_sideways(page), path
    page.goto(at("import_preview", run))
    page.locator(f"form[action='{at('import_apply', run)}'] button").click()
    page.wait_for_url(f"**{at('import_receipt', run)}")
    page.locator("#import-progress").wait_for()
    assert axe_problems(page) == []
    running.work_on(run.pk)
    page.get_by_text("Hoàn tác danh sách này").wait_for()
    assert axe_problems(page) == []
    page.go_back()
    page.wait_for_url(f"**{at('import_receipt', run)}")
