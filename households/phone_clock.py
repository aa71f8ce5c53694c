"""What a phone says about itself beside a record: its clock, and how much it knew."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from villages.periods import today

MOMENTS = ("recorded_at", "sent_at", "known_until")
CORRECTED_BY = "corrected_by"
LONGEST_MOMENT = 40
MOST_CORRECTED = 100 * 366 * 24 * 60 * 60
FIRST_YEAR, LAST_YEAR = 1970, 2199
TOLERANCE = timedelta(days=1)


class WrongShape(Exception):
    """What was sent is not what it should be; ``errors`` maps field names to messages."""

    def __init__(self, errors):
        super().__init__("wrong shape")
        self.errors = errors


@dataclass(frozen=True)
class PhoneNote:
    """What a phone wrote beside a record; all by its own clock but ``known_until``.

    ``corrected_by`` is what the phone had added to its clock, which it knew to be wrong,
    when it wrote the day down.
    """

    recorded_at: datetime | None = None
    sent_at: datetime | None = None
    known_until: datetime | None = None
    corrected_by: timedelta = timedelta(0)

    def counted_day(self, written, now):
        """Return the day that a day written by this phone counts for.

        The same day, unless the clock was wrong by more than a day: then the day moves by
        as much as the clock was wrong when the record was sent. A clock that was set right
        between writing and sending leaves its trace too; the day becomes the nearest one it
        can have been. A day that was moved never lies after today.
        """
        try:
            return self._counted(written, now)
        except OverflowError:
            return written

    def _counted(self, written, now):
        behind = now - self.sent_at if self.sent_at else timedelta(0)
        if self.corrected_by and self.sent_at and abs(behind) <= TOLERANCE:
            # Set right between writing and sending; the day was right all the time.
            return written
        if self.sent_at and abs(behind - self.corrected_by) > TOLERANCE:
            when = min(self.recorded_at or self.sent_at, self.sent_at)
            believed = timezone.localdate(when + self.corrected_by)
            return min(written + (timezone.localdate(when + behind) - believed), today())
        if self.recorded_at is None:
            return written
        recorded_at = self.recorded_at + self.corrected_by
        if self.sent_at and self.recorded_at - self.sent_at > TOLERANCE:
            return min(written, today())
        if self.known_until and self.known_until - recorded_at > TOLERANCE:
            return min(max(written, timezone.localdate(self.known_until)), today())
        return written


def read_note(said, *, sent_at=None):
    """Return the PhoneNote in a record's ``phone`` object; raises ``WrongShape``."""
    if said is None:
        said = {}
    if not isinstance(said, dict):
        raise WrongShape({"phone": [_("Write this as an object.")]})
    if set(said) - {*MOMENTS, CORRECTED_BY}:
        raise WrongShape({"phone": [_("There is no field of this name.")]})
    found = {name: _moment(said.get(name)) for name in MOMENTS}
    if sent_at is not None:
        found["sent_at"] = _moment(sent_at)
    return PhoneNote(**found, corrected_by=_seconds(said.get(CORRECTED_BY)))


def _seconds(value):
    """Return a duration from whole seconds; None is none."""
    if value is None:
        return timedelta(0)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or abs(value) > MOST_CORRECTED:
        raise WrongShape({"phone": [_("Write this as a whole number.")]})
    return timedelta(seconds=value)


def _moment(value):
    """Return an instant from ISO text with its time zone; None stays None."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and value.isascii() and len(value) <= LONGEST_MOMENT:
            value = datetime.fromisoformat(value)
        if FIRST_YEAR <= value.year <= LAST_YEAR and value.tzinfo is not None:
            return value.astimezone(UTC)
    except (ValueError, AttributeError, OverflowError):
        pass
    raise WrongShape({"phone": [_("Write each moment as 2025-10-31T08:00:00Z.")]})
