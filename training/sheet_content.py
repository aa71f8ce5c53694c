"""A list of who came in the shape that a phone sends, and in its one canonical form."""

from uuid import UUID

from django.utils.translation import gettext as _

from households.models import SkillCheck
from households.phone_clock import WrongShape
from villages.text import clean_text

MOST_PEOPLE = 500
LONGEST_NAME = 500
LARGEST_KEY = 2**31
FIELDS = {"session", "people", "staff", "walk_ins"}
PERSON = {"resident", "outcomes", "confirmed"}
WALK_IN = {"uuid", "full_name", "sex", "birth_year", "village"}


def read_sheet(said):
    """Return a sheet in its canonical form; raise ``WrongShape``.

    ``{"session", "people": [{"resident", "outcomes", "confirmed"}], "staff": [key], "walk_ins":
    [{"uuid", "full_name", "sex", "birth_year", "village"}]}``: equal lists have equal content,
    whatever the order they were ticked in. ``confirmed``, that VNeID was seen to confirm
    somebody, stands there only if it is true: lists of before it have the content they had.
    Whether those people exist is not asked here.
    """
    return _Reader().read(said)


class _Reader:
    """Collects what has the wrong shape, so that all of it is told at once."""

    def __init__(self):
        self.errors = {}

    def read(self, said):
        for name in sorted(set(said) - FIELDS, key=str):
            self._wrong(str(name)[:60], _("There is no field of this name."))
        content = {
            "session": self._uuid("session", said.get("session")),
            "people": self._people(said.get("people")),
            "staff": self._staff(said.get("staff")),
            "walk_ins": self._walk_ins(said.get("walk_ins")),
        }
        if not self.errors and not (content["people"] or content["staff"] or content["walk_ins"]):
            self._wrong("people", _("Say who came."))
        if self.errors:
            raise WrongShape(self.errors)
        return content

    def _wrong(self, name, message):
        texts = self.errors.setdefault(name, [])
        if message not in texts:
            texts.append(message)

    def _uuid(self, name, value):
        try:
            return str(UUID(value))
        except (ValueError, TypeError, AttributeError):
            self._wrong(name, _("Write this as a UUID."))
            return ""

    def _entries(self, name, value):
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(name, _("Write this as a list of objects."))
            return []
        if len(value) > MOST_PEOPLE:
            self._wrong(name, _("That is more people than one session can have."))
            return []
        return value

    def _objects(self, name, value, fields):
        for entry in self._entries(name, value):
            if not isinstance(entry, dict):
                self._wrong(name, _("Write this as a list of objects."))
            elif set(entry) - fields:
                self._wrong(name, _("There is no field of this name."))
            else:
                yield entry

    def _people(self, value):
        found = {}
        for entry in self._objects("people", value, PERSON):
            key = self._uuid("people", entry.get("resident"))
            if key in found:
                self._wrong("people", _("This person stands here twice."))
            found[key] = {"resident": key, "outcomes": self._outcomes(entry.get("outcomes"))}
            if self._is_true("people", entry.get("confirmed")):
                found[key]["confirmed"] = True
        return [found[key] for key in sorted(found)]

    def _outcomes(self, value):
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._wrong("people", _("«outcomes» maps the code of a skill to an outcome."))
            return {}
        for outcome in value.values():
            if not isinstance(outcome, str) or outcome not in SkillCheck.Outcome.values:
                self._wrong("people", _("There is no outcome of this name."))
        return {clean_text(code): value[code] for code in sorted(value)}

    def _is_true(self, name, value):
        if not isinstance(value, bool | None):
            self._wrong(name, _("Write this as true or false."))
        return value is True

    def _staff(self, value):
        found = set()
        for key in self._entries("staff", value):
            if isinstance(key, bool) or not isinstance(key, int) or not 0 < key < LARGEST_KEY:
                self._wrong("staff", _("Write this as a list of whole numbers."))
            else:
                found.add(key)
        return sorted(found)

    def _walk_ins(self, value):
        found = {}
        for entry in self._objects("walk_ins", value, WALK_IN):
            key = self._uuid("walk_ins", entry.get("uuid"))
            if key in found:
                self._wrong("walk_ins", _("This person stands here twice."))
            found[key] = {
                "uuid": key,
                "full_name": self._text("walk_ins", entry.get("full_name")),
                "sex": self._text("walk_ins", entry.get("sex")),
                "birth_year": self._number("walk_ins", entry.get("birth_year")),
                "village": self._number("walk_ins", entry.get("village")),
            }
        return [found[key] for key in sorted(found)]

    def _text(self, name, value):
        if value is None:
            return ""
        if not isinstance(value, str):
            self._wrong(name, _("Write this as text."))
            return ""
        return clean_text(value)[:LONGEST_NAME]

    def _number(self, name, value):
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= LARGEST_KEY:
            self._wrong(name, _("Write this as a whole number."))
            return None
        return value
