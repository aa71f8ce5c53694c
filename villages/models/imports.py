"""A list that was brought in from a workbook: what was planned, done and undone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from villages.access import ScopedQuerySet
from villages.models.commune import Commune
from villages.models.files import StoredFile


class ImportRun(models.Model):
    """One uploaded list on its way into the records, or out of them again.

    The plan writes no record; applying is one transaction; undoing is one transaction.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Headings to check")
        PLANNING = "planning", _("Being checked")
        PLANNED = "planned", _("Ready to apply")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Could not be read")
        DISCARDED = "discarded", _("Discarded")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="import_runs", verbose_name=_("commune")
    )
    kind = models.CharField(_("list"), max_length=40)
    # What the list is about, such as {"session": uuid}; read by the kind alone.
    options = models.JSONField(default=dict, editable=False)
    file_name = models.CharField(_("file"), max_length=150)
    # Taken away when the run can no longer be undone.
    source = models.BinaryField(null=True, editable=False)
    # Of whoever uploaded it, or asked for the last step: what is wrong is told in it.
    language = models.CharField(max_length=10, default="vi", editable=False)
    source_size = models.PositiveIntegerField(_("size in bytes"))
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    heading_row = models.PositiveIntegerField(_("row of the headings"), default=0)
    # {column of the file, from 0, as text, or "sheet": name of the list's column or of a part}
    matching = models.JSONField(default=dict, editable=False)
    # {column of the file: its heading} of identity numbers, which are never read.
    left_out = models.JSONField(default=dict, editable=False)
    # {"sheets": [[name, rows], …] where the file has several, "done": [name, …],
    # "rows": what of the rows was filled in or left out}
    noticed = models.JSONField(default=dict, editable=False)
    # {row number: "new", "skip" or the key of a candidate}
    decisions = models.JSONField(default=dict, editable=False)
    only_right_rows = models.BooleanField(_("only the right rows"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UPLOADED)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    # How many rows there are of each outcome.
    counts = models.JSONField(default=dict, editable=False)
    # Which records it made and changed, without what they say; stays for their history.
    trace = models.JSONField(default=dict, editable=False)
    problem = models.CharField(_("why it failed"), max_length=500, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("applied by"),
    )
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    # While it is undone: its rows are to be looked through again, so the file stays.
    comes_back = models.BooleanField(default=False, editable=False)

    objects = ScopedQuerySet.as_manager()
    commune_path = "commune"
    village_path = None

    class Meta:
        verbose_name = _("imported list")
        verbose_name_plural = _("imported lists")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self):
        return f"{self.file_name} {self.uploaded_at:%d/%m/%Y}"


class ImportProgress(models.Model):
    """How far the work on a run is, and who does it.

    Apart from the run, whose row is locked while it is applied: this one is written
    meanwhile, where the database can do that.
    """

    class Stage(models.TextChoices):
        READING = "reading", _("Reading the file")
        CHECKING = "checking", _("Comparing with the records")
        WRITING = "writing", _("Writing the records")
        UNDOING = "undoing", _("Taking back what was written")

    run = models.OneToOneField(
        ImportRun, models.CASCADE, primary_key=True, related_name="progress", verbose_name=_("list")
    )
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, blank=True)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    # The last sign of life of whoever works on it, and which one it is.
    worked_on_at = models.DateTimeField(_("last sign of life"), null=True)
    claim = models.UUIDField(null=True, editable=False)
    # How often somebody began; a list that ends its worker again and again is given up.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Why the run could not be undone: what was used or changed since, and by what.
    obstacles = models.JSONField(default=list, editable=False)
    # The workbook with the errors of a long list: wanted since, begun by a worker, made.
    errors_asked_at = models.DateTimeField(null=True, editable=False)
    errors_begun_at = models.DateTimeField(null=True, editable=False)
    errors_file = models.OneToOneField(
        StoredFile, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    commune_path = "run__commune"

    class Meta:
        verbose_name = _("progress of an imported list")
        verbose_name_plural = _("progress of imported lists")

    def __str__(self):
        return f"{self.run} · {self.get_stage_display()}"


class ImportRow(models.Model):
    """A row that a person should look at: an example of its outcome, a wrong or uncertain one."""

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Same")
        WRONG = "wrong", _("Wrong")
        UNCERTAIN = "uncertain", _("To decide")
        SKIPPED = "skipped", _("Left out")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    # {name of the column: what stands in the cell}
    cells = models.JSONField(default=dict)
    # {name of the column, or "": what is wrong, in words}
    errors = models.JSONField(default=dict)
    # Each a heading, what stood there, what will stand there.
    changes = models.JSONField(default=list)
    # Each a key, and who it may be in words.
    candidates = models.JSONField(default=list)
    # What a person decided of it, as the run's decisions say; empty while nobody has.
    decision = models.CharField(max_length=100, blank=True, editable=False)

    commune_path = "run__commune"

    class Meta:
        verbose_name = _("row of an imported list")
        verbose_name_plural = _("rows of imported lists")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="one_row_per_run_and_number"),
        ]

    def __str__(self):
        return f"{self.run} · {self.number}"


class ImportJournal(models.Model):
    """A part of what applying a run wrote, in the order it was written; undoing reads it back.

    ``content`` is one of ``{"model": "app.name", "created": [pk, …], "sums": [sum, …]}``,
    ``{"model": …, "changed": [[pk, {field: [before, after]}], …]}``,
    ``{"model": …, "deleted": [{field: value}, …]}`` and
    ``{"units": [[commune, village or None, day], …]}``.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="journal")
    position = models.PositiveIntegerField()
    content = models.JSONField()

    commune_path = "run__commune"

    class Meta:
        verbose_name = _("journal of an imported list")
        verbose_name_plural = _("journals of imported lists")
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "position"], name="one_journal_per_run_and_position"
            ),
        ]

    def __str__(self):
        return f"{self.run} · {self.position}"
