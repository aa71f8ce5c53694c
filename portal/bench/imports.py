"""What `make bench` measures of a large list: 50,000 rows brought in by a worker.

Against bare reading of the same file plus bare bulk insertion of the same records, in the
same run; the worker's memory is what the kernel saw at most.
"""

import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import python_calamine
import xlsxwriter
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from households.models import (
    Household,
    HouseholdObservation,
    HouseholdPlace,
    Residency,
    Resident,
)
from portal import lifelines
from portal.celery import app
from villages.importing import progress, running
from villages.importing.kinds import kind_of
from villages.models import Commune, ImportRun, Village
from villages.periods import today
from villages.text import fold

ROWS, IN_A_HOUSEHOLD = 50_000, 4
PLACES = [
    f"{first} {second}"
    for first in ("Nà", "Pá", "Huổi", "Hua")
    for second in ("Khoang", "Liềng", "Mùi", "Cáy", "Bó", "Tông", "Ban", "Sáng", "Hin", "Cang")
]
HEADINGS = (
    "Bản", "Số hộ", "Chủ hộ", "Họ và tên", "Năm sinh", "Giới tính", "Dân tộc", "Địa chỉ",
    "Điện thoại", "Diện hộ", "Thiết bị thông minh", "Kết nối",
)  # fmt: skip
FAMILY = ("Lò", "Vàng", "Giàng", "Lường", "Quàng", "Hà", "Nguyễn", "Tòng", "Cà", "Sùng")
MIDDLE = ("Văn", "Thị", "A", "Thị Thu", "Minh", "Xuân", "Ngọc", "Đức")
GIVEN = ("Dương", "Hòa", "Mẩy", "Pháng", "Ín", "Thương", "Sơn", "Yến", "Chua", "Páo", "Lả", "Ánh")


@dataclass
class Imported:
    """Seconds; bytes of the working process, the file's reader included, and of it at rest."""

    rows: int
    reading: float
    inserting: float
    checking: float
    applying: float
    undoing: float
    memory: int
    memory_before: int
    memory_when_wrong: int

    @property
    def bare(self):
        return self.reading + self.inserting


def people(rows=ROWS):
    """Return the rows of the list: a household is four of them, one after another."""
    chance = random.Random(2025)
    found = []
    for index in range(rows):
        household, place = divmod(index, IN_A_HOUSEHOLD)
        village, number = household % len(PLACES), household // len(PLACES) + 1
        is_head = place == 0
        name = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)} {place}"
        found.append(
            (
                PLACES[village],
                number,
                "Có" if is_head else "Không",
                # A name without figures, and no two of one household alike.
                name[:-1] + ("Một", "Hai", "Ba", "Tư")[place],
                chance.randint(1940, 2020),
                chance.choice(("Nam", "Nữ")),
                chance.choice(("Thái", "Mông", "Kinh")),
                f"Nhóm {number % 9 + 1}" if is_head else "",
                f"09{chance.randint(10_000_000, 99_999_999)}" if is_head else "",
                chance.choice(("Hộ nghèo", "Hộ cận nghèo", "Không nghèo")) if is_head else "",
                chance.choice(("Có", "Không")) if is_head else "",
                chance.choice(("4G", "wifi")) if is_head else "",
            )
        )
    return found


def workbook_of(rows):
    """Return the list as a commune would send it: a title above the headings."""
    written = BytesIO()
    book = xlsxwriter.Workbook(written, {"constant_memory": True})
    sheet = book.add_worksheet("Hộ và nhân khẩu")
    sheet.write_row(0, 0, ("DANH SÁCH HỘ VÀ NHÂN KHẨU",))
    sheet.write_row(2, 0, HEADINGS)
    for number, row in enumerate(rows, start=3):
        sheet.write_row(number, 0, row)
    book.close()
    return written.getvalue()


def import_measured(rows=ROWS):
    """Bring the list in through a worker of its own; return the times beside the bare ones."""
    listed = people(rows)
    source = workbook_of(listed)
    reading = _seconds(lambda: _read_barely(source))
    bare, own = _commune("bare"), _commune("list")
    inserting = _seconds(lambda: _insert_barely(listed, bare))
    user = get_user_model().objects.create_user("bench-imports", is_superuser=True)
    run = _started(own, user, source)
    worker = _worker()
    try:
        # A commune's worker runs all day: its start is no part of the work.
        _wait_until(lambda: app.control.ping(timeout=0.5))
        at_rest = _held_below(worker.pid)
        with MemoryGauge(worker.pid) as gauge:
            checking = _asked(run, lambda: running.ask_to_plan(run), ImportRun.Status.PLANNED)
            if run.counts != {"new": rows}:
                raise AssertionError(f"The list was not understood: {run.counts} {run.problem}")
            applying = _asked(
                run,
                lambda: running.ask_to_apply(run, only_right_rows=False, by=user),
                ImportRun.Status.APPLIED,
            )
        undoing = _asked(run, lambda: running.ask_to_undo(run, by=user), ImportRun.Status.UNDONE)
        # No village of the list is known there, so that every row of it is wrong.
        strange = _started(Commune.objects.create(code="bench-none", name="none"), user, source)
        with MemoryGauge(worker.pid) as gauge_when_wrong:
            _asked(strange, lambda: running.ask_to_plan(strange), ImportRun.Status.PLANNED)
            if strange.counts != {"wrong": rows}:
                raise AssertionError(f"The list was understood: {strange.counts}")
    finally:
        lifelines.stop(worker)
    return Imported(
        rows, reading, inserting, checking, applying, undoing, gauge.most, at_rest,
        gauge_when_wrong.most,
    )  # fmt: skip


def _started(commune, user, source):
    return running.start_run(
        kind=kind_of("households"),
        commune=commune,
        user=user,
        file_name="ho-va-nhan-khau.xlsx",
        source=source,
        options={"as_of": today().isoformat()},
    )


def _seconds(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _read_barely(source):
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(source))
    return book.get_sheet_by_index(0).to_python()


def _commune(name):
    commune = Commune.objects.create(code=f"bench-{name}", name=name, province_name="Lai Châu")
    for number, place in enumerate(PLACES, start=1):
        Village.objects.create(commune=commune, number=number, name=place, from_on=today())
    return commune


def _insert_barely(listed, commune):
    """Insert what the list says, known to be right, with nothing looked up or kept note of."""
    villages = {village.name: village for village in commune.villages.all()}
    day = today()
    with transaction.atomic():
        heads = listed[::IN_A_HOUSEHOLD]
        households = Household.objects.bulk_create(
            [
                Household(
                    village=villages[row[0]], number=row[1], address=row[7], phone=row[8],
                    poverty="poor", smart_device=row[10] == "Có", connection="wifi",
                    observed_on=day,
                )
                for row in heads
            ],
            batch_size=1000,
        )  # fmt: skip
        HouseholdPlace.objects.bulk_create(
            [HouseholdPlace(household=h, village_id=h.village_id, from_on=day) for h in households],
            batch_size=1000,
        )
        HouseholdObservation.objects.bulk_create(
            [
                HouseholdObservation(
                    household=h, observed_on=day, smart_device=h.smart_device, connection="wifi"
                )
                for h in households
            ],
            batch_size=1000,
        )
        residents = Resident.objects.bulk_create(
            [
                Resident(
                    household=households[index // IN_A_HOUSEHOLD],
                    full_name=row[3],
                    name_folded=fold(row[3]),
                    birth_year=row[4],
                    sex="male" if row[5] == "Nam" else "female",
                    ethnic_group=row[6],
                    is_head=index % IN_A_HOUSEHOLD == 0,
                )
                for index, row in enumerate(listed)
            ],
            batch_size=1000,
        )
        Residency.objects.bulk_create(
            [Residency(resident=r, household_id=r.household_id, from_on=day) for r in residents],
            batch_size=1000,
        )


def _worker():
    return lifelines.start_tied(
        [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", "1"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.bench.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _asked(run, ask, status):
    began = time.perf_counter()
    ask()
    is_over = ImportRun.objects.filter(pk=run.pk).exclude(status__in=progress.WORKING)
    _wait_until(is_over.exists)
    taken = time.perf_counter() - began
    run.refresh_from_db()
    if run.status != status:
        raise AssertionError(f"The list is {run.status}: {run.problem}")
    return taken


def _wait_until(found, patience=600):
    deadline = time.monotonic() + patience
    while not (outcome := found()):
        if time.monotonic() > deadline:
            raise TimeoutError("The worker did not do it.")
        time.sleep(0.02)
    return outcome


class MemoryGauge:
    """Looks some ten times a second at what a worker's children hold together.

    A worker's own process only hands out work; its child does it, and the child's child
    reads the file. A page that several processes share is counted by shares (PSS), so that
    it is counted once.
    """

    def __init__(self, parent):
        self.parent, self.most = parent, 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *problem):
        self._is_over.set()
        self._thread.join()

    def _look(self):
        while not self._is_over.wait(0.1):
            self.most = max(self.most, _held_below(self.parent))


def _held_below(parent):
    return sum(_held(one) for one in _below(parent))


def _below(parent):
    for child in _children(parent):
        yield child
        yield from _below(child)


def _children(parent):
    # Whoever is asked about may just have ended.
    try:
        return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _held(process):
    """Return the bytes a process holds, shared pages by its share; 0 when it is gone."""
    try:
        words = Path(f"/proc/{process}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    line = next((line for line in words.splitlines() if line.startswith("Pss:")), "")
    return int(line.split()[1]) * 1024 if line else 0
