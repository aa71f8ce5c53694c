"""Which village a cell means: by its number or its name, without regard to accents."""

import re
from collections import defaultdict
from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from villages.form_fields import LineField
from villages.importing.kinds import Column
from villages.models import Village, VillageChange
from villages.periods import today
from villages.succession import whole_changes
from villages.text import clean_text, fold

# «DS bản Vi», «Danh sách hộ bản Vi»: what the sheet of a village is often called.
BEFORE = re.compile(r"^(?:(?:danh sách|ds|hộ|dân|nhân khẩu|tổ cnscđ|tổ)\b[ ._-]*)+")
BRACKETS = re.compile(r"\([^)]*\)")
RENAMED, MERGED = VillageChange.Kind.RENAMED, VillageChange.Kind.MERGED
KINDS = re.compile(r"^(ban|khu dan cu|kdc|khu|thon|to dan pho|tdp)\b[ .:]*(so )?")


def bare_name(folded):
    """Return a folded name without the kind of village before it: «ban vi» -> «vi»."""
    return KINDS.sub("", folded, count=1) or folded


class VillageBook:
    """The villages of one commune that a person may write for, read once.

    What is not theirs is not found, as if it did not exist.
    """

    def __init__(self, request):
        own = Village.objects.writable_by(request.user).filter(commune=request.commune).distinct()
        villages = list(own.order_by("number"))
        now = today()
        for village in villages:
            village.commune = request.commune
        self.open = [village for village in villages if village.to_on is None]
        self.open += [v for v in villages if v.to_on is not None and v.to_on >= now]
        self.closed = [village for village in villages if village not in self.open]
        self.by_pk = {village.pk: village for village in villages}
        self._by_number = {str(village.number): village for village in self.open}
        self._by_name = _by_name(self.open)
        self._closed_by_name = _by_name(self.closed)
        self._standing_by_name = _by_name(villages)
        self._continued = Continued(request.commune, self.by_pk)
        self._found = {}

    def named(self, text):
        """Return the open villages of this name, with or without its kind before it."""
        return self._by_name.get(fold(text)) or self._by_name.get(bare_name(fold(text)), [])

    def closed_named(self, text):
        """Return the closed villages of this name."""
        folded = fold(text)
        return self._closed_by_name.get(folded) or self._closed_by_name.get(bare_name(folded), [])

    def find(self, row, column="village", *, on=None, by_number=False):
        """Return the village a row names, or refuse the row.

        ``on`` is the day the row is about: a village that has merged or taken another name
        is itself before that day, and its successor from then on, which the preview says.
        ``by_number``: the row names a household, whose number in the successor is another.
        Without a day the successor is only named, for the person to write it.
        """
        text = row.said(column)
        asked = text, on, by_number
        if asked not in self._found:
            self._found[asked] = self._look_up(text, on, by_number)
        village, problem, words = self._found[asked]
        if problem:
            row.refuse(problem, column)
        elif words:
            row.is_read_as(column, words)
        return village

    def means_one(self, text):
        """Whether a text is the name or the number of one open village."""
        return self._look_up(text, None, False)[0] is not None

    def numbers_kept_in(self, village):
        """Return where the households of a village have the same numbers today."""
        return self._continued.under_other_names(village)

    def is_where(self, stored, village, day):
        """Whether a place kept with its village of then is in this village on a day."""
        return stored is not None and self._continued.on(stored, day) == village

    def is_same_place(self, one, other):
        """Whether two villages are one of today."""
        day = today()
        return (self._continued.on(one, day) or one) == (self._continued.on(other, day) or other)

    def went_on(self, village):
        """Return [(village, its successor, whether it merged)] up to today."""
        return self._continued.steps(village)

    def where_households_went(self, village):
        """Return, in words, where the households of a closed village have their numbers."""
        change = self._continued.change_of(village, today())
        if change is None:
            return ""
        since, successor, _kept = change
        return _(
            "Since %(day)s the households of «%(name)s» stand in «%(successor)s» under the "
            "numbers they have there. Write that village and that number."
        ) % {"name": village.name, "day": f"{since:%d/%m/%Y}", "successor": successor.name}

    def _look_up(self, text, on, by_number):
        if not text:
            return None, _("Write the village."), ""
        found = self.named(text)
        closed = self.closed_named(text)
        if on is not None:
            then = [v for v in self._standing_by_name.get(fold(text), []) if _stood(v, on)]
            then = then or [
                v for v in self._standing_by_name.get(bare_name(fold(text)), []) if _stood(v, on)
            ]
            if len(then) == 1:
                return then[0], "", ""
        if len(found) == 1:
            return self._as_of(found[0], on)
        if found:
            return None, _("Several villages have this name. Write the village's number."), ""
        number = bare_name(fold(text)).lstrip("0")
        if number in self._by_number:
            return self._as_of(self._by_number[number], on)
        if closed:
            return self._successor(closed[-1], on, by_number)
        return None, _("The commune has no village «%(name)s».") % {"name": text[:80]}, ""

    def _as_of(self, village, on):
        """Return what an open village was on a day before it took its name."""
        former = self._continued.former_name(village, on) if on is not None else None
        if former is None:
            return village, "", ""
        return former, "", _read_as(village, former, former.to_on + timedelta(days=1))

    def _successor(self, village, on, by_number):
        change = self._continued.change_of(village, on or today())
        if change is None:
            return (
                None,
                _("The village «%(name)s» was closed on %(day)s.")
                % {
                    "name": village.name,
                    "day": f"{village.to_on:%d/%m/%Y}",
                },
                "",
            )
        since, successor, keeps_numbers = change
        if on is not None and (keeps_numbers or not by_number):
            return successor, "", _read_as(village, successor, since)
        said = {"name": village.name, "day": f"{since:%d/%m/%Y}", "successor": successor.name}
        if by_number:
            return None, self.where_households_went(village), ""
        return (
            None,
            _("«%(name)s» goes on in «%(successor)s» since %(day)s. Write that village.") % said,
            "",
        )


class Continued:
    """Where the villages of a commune went on, read once."""

    def __init__(self, commune, by_pk):
        self._by_pk, self._changes, self._formers = by_pk, defaultdict(list), {}
        rows = whole_changes().filter(former__commune=commune).order_by("effective_on", "pk")
        for former, successor, on, kind in rows.values_list(
            "former", "successor", "effective_on", "kind"
        ):
            if former in by_pk and successor in by_pk:
                self._changes[former].append((on, successor, kind))
                # Who went through the village before has a change of its own, with its kind.
                if kind == RENAMED and by_pk[former].to_on == on - timedelta(days=1):
                    self._formers[successor] = former

    def change_of(self, village, day):
        """Return (since when, the village it is on a day, whether numbers stayed) or ``None``."""
        known = [change for change in self._changes[village.pk] if change[0] <= day]
        if not known:
            return None
        successor = self._by_pk[known[-1][1]]
        return known[0][0], successor, self.under_other_names(village) == successor

    def on(self, village, day):
        """Return the village that a closed one is on a day, or ``None``."""
        change = self.change_of(village, day)
        return change and change[1]

    def steps(self, village):
        """Return [(village, its successor, whether it merged)] up to today."""
        found = []
        for _on, successor, kind in self._changes[village.pk]:
            found.append((village, self._by_pk[successor], kind == MERGED))
            village = self._by_pk[successor]
        return found

    def former_name(self, village, day):
        """Return the village that this one was on a day before it was renamed, or ``None``."""
        while village.from_on > day and village.pk in self._formers:
            village = self._by_pk[self._formers[village.pk]]
            if _stood(village, day):
                return village
        return None

    def under_other_names(self, village):
        """Return the village of today that differs from it in its name alone."""
        following = {former: successor for successor, former in self._formers.items()}
        while village.pk in following:
            village = self._by_pk[following[village.pk]]
        return village


def _stood(village, day):
    return village.from_on <= day and (village.to_on is None or village.to_on >= day)


def _read_as(written, village, since):
    return _("%(written)s, read as %(village)s: another village since %(day)s") % {
        "written": written.name,
        "village": village.name,
        "day": f"{since:%d/%m/%Y}",
    }


def village_column(*, required=True, note="", example="Vi"):
    """Return the column in which a list names a village."""
    return Column(
        name="village",
        heading=gettext_lazy("Village"),
        field=VillageField(required=required),
        synonyms=(
            "Bản", "Tên bản", "Thôn", "Thôn bản", "Thôn, bản", "Bản, khu dân cư", "Khu dân cư",
            "Thuộc bản", "Tên thôn", "Bản/KDC", "Số bản", "Mã bản", "Đơn vị (bản)",
        ),
        note=note or gettext_lazy("Its name or its number, as in the list of villages."),
        example=example,
        of_sheet=village_of_sheet,
    )  # fmt: skip


def village_of_sheet(request, name):
    """Return the village that the name of a sheet means, as a list would write it, or nothing."""
    book = VillageBook(request)
    bare = BEFORE.sub("", clean_text(BRACKETS.sub(" ", name)).casefold())
    for text in dict.fromkeys((name, bare)):
        if book.means_one(text):
            return text
    return ""


class VillageField(LineField):
    """A village as it is written: its name, with or without its kind, or its number."""

    widget = forms.TextInput

    def __init__(self, **options):
        options.setdefault("error_messages", {"required": gettext_lazy("Write the village.")})
        super().__init__(max_length=100, **options)


def _by_name(villages):
    found = defaultdict(list)
    for village in villages:
        names = {village.name_folded, fold(village.full_name), bare_name(village.name_folded)}
        for name in names:
            # «Khu 3» is not simply «3»: that is the village of this number.
            if name == village.name_folded or not name.isdigit():
                found[name].append(village)
    return found
