"""«Cần làm»: what an official should act on, in words, each with one way to act."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from households.handing import late_lists
from households.models import OLDER_AGE, Doubt, HeldRecord, Skill
from reports.board import SILENT
from reports.dashboard import SILENT_DAYS
from reports.indicators import ADULTS, CONFIRMED, FURTHER_INDICATORS, Place
from training.models import CourseRequirement
from villages.models import PopulationGroup
from villages.templatetags.display import number

NAMES_SHOWN = 4


@dataclass(frozen=True)
class Task:
    """One thing to do; ``count`` is ``None`` where there is nothing to count."""

    code: str
    count: int | None
    text: str
    url: str = ""
    action: str = ""

    @property
    def shown_count(self):
        return "!" if self.count is None else number(self.count)


def attention_measures(commune, day):
    """Return what «Cần làm» counts from the records, for ``count_together``."""
    confirmed = next(found for found in FURTHER_INDICATORS if found.code == CONFIRMED)
    unconfirmed = confirmed.not_covered(Place(commune.pk), day)
    return {
        "older_unconfirmed": unconfirmed.filter(birth_year__lte=day.year - OLDER_AGE),
        "open_doubts": Doubt.objects.open().filter(
            Q(encounter__commune=commune, encounter__voided_at__isnull=True)
            | Q(household__village__commune=commune)
        ),
        "late_lists": late_lists().filter(village__commune=commune),
        "held_records": HeldRecord.objects.filter(commune=commune).waiting(),
        "required_skills": Skill.objects.required_on(day),
        "required_courses": CourseRequirement.objects.on(day),
    }


def tasks_of(commune, picture, state):
    """Return the tasks of a commune, the most urgent first."""
    counts = picture.counts
    found = [
        _unset_skills(picture, counts),
        _unset_courses(picture, counts),
        _silent_villages(commune, picture, state),
        _older_people(commune, picture, counts),
        _unfinished_staff(commune, picture),
        _held_records(counts),
        _late_lists(counts),
        _doubts(counts),
        _teams_without_leader(commune, state),
        _waiting_figures(picture),
    ]
    return [task for task in found if task is not None]


def names_in_words(names, shown=NAMES_SHOWN):
    """Return «Bản 12, Bản 30 và 3 bản khác»."""
    if len(names) <= shown:
        return ", ".join(names)
    rest = len(names) - shown
    return ngettext(
        "%(names)s and %(count)s other village",
        "%(names)s and %(count)s other villages",
        rest,
    ) % {"names": ", ".join(names[:shown]), "count": rest}


def _silent_villages(commune, picture, state):
    silent = picture.silent_villages
    if not silent:
        return None
    if picture.day == state.on:
        url, action = _address("reminder", xa=commune.code), _("Write a reminder")
    else:
        # Who was silent then is not who should be reminded now.
        url = _address("dashboard", xa=commune.code, loc=SILENT, **picture.period.query)
        url, action = f"{url}#villages", _("See which")
    return Task(
        "silent",
        len(silent),
        ngettext(
            "village has recorded no visit or gathering for %(days)s days: %(names)s",
            "villages have recorded no visit or gathering for %(days)s days: %(names)s",
            len(silent),
        )
        % {"days": SILENT_DAYS, "names": names_in_words([village.name for village in silent])},
        url,
        action,
    )


def _older_people(commune, picture, counts):
    count = counts["older_unconfirmed"]
    if not count:
        return None
    return Task(
        "older",
        count,
        ngettext(
            "older person is not yet confirmed on VNeID",
            "older people are not yet confirmed on VNeID",
            count,
        ),
        _figure_gap(commune, picture, CONFIRMED, tuoi=OLDER_AGE),
        _("See who and where"),
    )


def _unfinished_staff(commune, picture):
    code = _code_of(picture, PopulationGroup.CountedFrom.STAFF)
    figure = picture.figures.get(code)
    if figure is None or not figure.denominator or figure.numerator == figure.denominator:
        return None
    count = figure.denominator - figure.numerator
    return Task(
        "staff",
        count,
        ngettext(
            "member of staff has not finished the required courses",
            "members of staff have not finished the required courses",
            count,
        ),
        _figure_gap(commune, picture, code, sort="agency"),
        _("See them by agency"),
    )


def _doubts(counts):
    count = counts["open_doubts"]
    if not count:
        return None
    return Task(
        "doubts",
        count,
        ngettext("record should be looked at", "records should be looked at", count),
        _address("doubt_list"),
        _("Look at them"),
    )


def _held_records(counts):
    count = counts["held_records"]
    if not count:
        return None
    return Task(
        "held",
        count,
        ngettext(
            "record from a phone waits for an official",
            "records from phones wait for an official",
            count,
        ),
        _address("held_list"),
        _("Decide"),
    )


def _late_lists(counts):
    count = counts["late_lists"]
    if not count:
        return None
    return Task(
        "late-lists",
        count,
        ngettext(
            "list handed to a village is overdue",
            "lists handed to villages are overdue",
            count,
        ),
        _address("handed_list", sort="due"),
        _("See the lists"),
    )


def _teams_without_leader(commune, state):
    if not state.leaderless:
        return None
    return Task(
        "leaderless",
        state.leaderless,
        ngettext("village has no team leader", "villages have no team leader", state.leaderless),
        _address("village_list", xa=commune.code, loc="khong-to-truong"),
        _("See which"),
    )


def _unset_skills(picture, counts):
    if ADULTS not in picture.figures or counts["required_skills"]:
        return None
    return Task(
        "skills",
        None,
        _("No skill is required of adults on this day, so nobody counts as able."),
        reverse("admin:households_skill_changelist"),
        _("Choose the required skills"),
    )


def _unset_courses(picture, counts):
    code = _code_of(picture, PopulationGroup.CountedFrom.STAFF)
    if code is None or counts["required_courses"]:
        return None
    return Task(
        "courses",
        None,
        _("No course is required of staff on this day, so nobody counts as having finished."),
        reverse("course_list"),
        _("Choose the required courses"),
    )


def _waiting_figures(picture):
    waiting = sum(
        not reading.is_counted or reading.is_stale
        for village in picture.villages
        for reading in village.readings.values()
    )
    if not waiting:
        return None
    return Task(
        "waiting",
        waiting,
        ngettext(
            "figure of a village is being counted and will show by itself",
            "figures of villages are being counted and will show by themselves",
            waiting,
        ),
    )


def _code_of(picture, counted_from):
    return next(
        (code for code, figure in picture.figures.items() if figure.counted_from == counted_from),
        None,
    )


def _figure_gap(commune, picture, code, **query):
    address = reverse("figure", args=[code])
    asked = {"ngay": picture.day.isoformat(), "xa": commune.code, "the": "chua", **query}
    return f"{address}?{urlencode(asked)}"


def _address(name, **query):
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)
