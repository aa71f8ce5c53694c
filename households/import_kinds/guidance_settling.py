"""What an encounter of a list becomes: new, the same as known, or more than was known."""

from django.utils.translation import gettext as _

from households.forms.visit import NOBODY
from households.import_kinds.guidance_columns import SKILL
from households.models import Encounter
from households.visit_content import content_from_records
from villages.import_kinds.flat import ask, is_said, shown
from villages.importing.kinds import Outcome

AT_HOME = Encounter.Occasion.HOME_VISIT
DEVICE = {"yes": True, "no": False}
TEXTS = ("connection", "difficulty", "language")
BLANK = {
    "household": "", "people": [], "new_people": [], "unnamed_people": 0, "smart_device": None,
    "connection": "", "difficulty": "", "language": "", "return_on": None, "note": "",
}  # fmt: skip


def settle_meeting(meeting, book):
    """Check a meeting by the rules of the visit form and give its rows their outcome."""
    _check(meeting, book)
    rows = [row for row in meeting.rows if not row.outcome]
    if not rows:
        return
    meeting.said = _said(meeting, rows)
    meeting.village_id = _village(meeting, book)
    if meeting.stored is not None:
        _compare(meeting, rows, book)
        return
    meeting.content = _merged({**BLANK, "visited_on": "", "occasion": ""}, meeting.said)
    if _is_another_visit(meeting, rows, book):
        for row in rows:
            row.outcome = Outcome.NEW


def _check(meeting, book):
    rows = [row for row in meeting.rows if row.outcome != Outcome.WRONG]
    difficulty, said_by = meeting.facts.get("difficulty", ("", None))
    if difficulty == Encounter.Difficulty.AWAY and meeting.is_about_people:
        said_by.refuse(
            _("Somebody was met, so the difficulty is not «Nobody at home»."), "difficulty"
        )
    for name in ("smart_device", "connection"):
        if name in meeting.facts and meeting.household is None:
            meeting.facts[name][1].refuse(
                _("This is noted of one household. Give each household an encounter code."), name
            )
    _find_guide(meeting, book)
    somebody = meeting.is_about_people or meeting.fact("unnamed_people") or difficulty
    if rows and not somebody:
        rows[0].refuse(NOBODY, "full_name")


def _find_guide(meeting, book):
    name, row = meeting.facts.get("guided_by", ("", None))
    if not name:
        return
    village = None
    if meeting.household is not None:
        village = book.village_on(meeting.household, meeting.held_on)
    elif len(meeting.villages) == 1 and meeting.occasion != Encounter.Occasion.SERVICE_CENTRE:
        village = next(iter(meeting.villages))
    found = book.guides(name, village, meeting.held_on)
    if len(found) == 1:
        meeting.member = found[0]
    elif found:
        row.refuse(
            _("Several members have this name. Write the role in brackets: «%(name)s (%(role)s)».")
            % {"name": found[0].full_name, "role": found[0].get_role_display().lower()},
            "guided_by",
        )
    else:
        row.refuse(_("Nobody of this name was in the team on that day."), "guided_by")


def _village(meeting, book):
    """Return where the household stood, or the one village that all rows name."""
    if meeting.household is not None:
        return book.village_on(meeting.household, meeting.held_on)
    return next(iter(meeting.villages)) if len(meeting.villages) == 1 else None


def _said(meeting, rows):
    """Return what right rows say of a meeting, in the shape of a visit's content."""
    said = {name: meeting.fact(name) for name in TEXTS}
    return_on = meeting.fact("return_on")
    return {
        **said,
        "visited_on": meeting.held_on.isoformat(),
        "occasion": meeting.occasion,
        "household": str(meeting.household.uuid) if meeting.household else "",
        "smart_device": DEVICE.get(meeting.fact("smart_device")),
        "return_on": return_on.isoformat() if return_on else None,
        "note": "; ".join(meeting.notes)[:2000],
        "unnamed_people": (meeting.fact("unnamed_people") or 0)
        + sum(row.record.counts_unnamed for row in rows),
        "people": {
            row.record.person_uuid: {
                "outcomes": outcomes_of(row),
                "confirmed": row.said("confirmed") == "yes",
            }
            for row in rows
            if row.record.person_uuid
        },
    }


def outcomes_of(row):
    """Return {skill code: outcome} of a row."""
    return {
        name.removeprefix(SKILL): value
        for name, value in row.values.items()
        if name.startswith(SKILL) and value
    }


def _merged(content, said):
    """Return a visit's content with what is said over it; what is not said stays."""
    people = {person["resident"]: person for person in content["people"]}
    for key, told in said["people"].items():
        known = people.get(key, {"outcomes": {}, "confirmed": False})
        outcomes = {**known["outcomes"], **told["outcomes"]}
        people[key] = {
            "resident": key,
            "outcomes": {code: outcomes[code] for code in sorted(outcomes)},
            "confirmed": known["confirmed"] or told["confirmed"],
        }
    household = said["household"] or content["household"]
    if content["household"] and household != content["household"] and len(people) > 1:
        # People of several households: the encounter is about none of them alone.
        household = content["household"] if said["occasion"] == AT_HOME else ""
    plain = {
        name: said[name]
        for name in (*TEXTS, "visited_on", "occasion", "smart_device", "return_on", "note")
        if is_said(said[name])
    }
    return {
        **content,
        **plain,
        "household": household,
        "unnamed_people": said["unnamed_people"] or content["unnamed_people"],
        "people": [people[key] for key in sorted(people)],
    }


def _compare(meeting, rows, book):
    """Compare with the stored encounter: what it said once, and was corrected, stays corrected."""
    stored = meeting.stored
    before = stored.content
    if not before or before["new_people"]:
        before = content_from_records(stored)
    meeting.before = before
    meeting.content = _merged(before, meeting.said)
    told = [before, *book.versions[stored.pk]]
    if any(_merged(content, meeting.said) == content for content in told):
        for row in rows:
            row.outcome = Outcome.SAME
        return
    if stored.voided_at is not None:
        for row in rows:
            row.refuse(_("This encounter was declared void; a list does not bring it back."))
        return
    known = {person["resident"]: person for person in before["people"]}
    now = {person["resident"]: person for person in meeting.content["people"]}
    for row in rows:
        key = row.record.person_uuid
        if key and known.get(key) != now[key]:
            row.changes.append(_person_change(known.get(key), now[key], book))
            row.outcome = Outcome.CHANGED
        else:
            row.outcome = Outcome.SAME
    for name in ("visited_on", "unnamed_people", "smart_device", *TEXTS, "return_on", "note"):
        if before[name] != meeting.content[name]:
            row = meeting.facts.get(name, (None, rows[0]))[1]
            row = row if row in rows else rows[0]
            words = book.words.get(name, {})
            change = [_short(before[name], words), _short(meeting.content[name], words)]
            row.changes.append([book.headings[name], *change])
            row.outcome = Outcome.CHANGED
    if all(row.outcome == Outcome.SAME for row in rows):
        rows[0].outcome = Outcome.CHANGED


def _person_change(before, after, book):
    def told(person):
        if person is None:
            return "–"
        words = [
            f"{book.headings.get(SKILL + code, code)}: "
            f"{book.words.get(SKILL + code, {}).get(outcome, outcome)}"
            for code, outcome in person["outcomes"].items()
        ]
        if person["confirmed"]:
            words.append(book.headings["confirmed"])
        return "; ".join(words) or _("met")

    return [book.headings["full_name"], told(before), told(after)]


def _short(value, words):
    value = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return shown(value, words)


def _is_another_visit(meeting, rows, book):
    """Whether a visit is none that is recorded already; where one is of that day, ask."""
    if meeting.occasion != AT_HOME:
        return True
    same_day = book.same_day.get((meeting.household.pk, meeting.held_on), [])
    if not same_day:
        return True
    words = _("visit number %(receipt)s of that day, guided by %(who)s; it stays as it is")
    candidates = [
        (visit.uuid, words % {"receipt": visit.receipt, "who": visit.guided_by or "–"})
        for visit in same_day
    ]
    # A row answers one question: where all of them said who was met, the visit is another one,
    # and doubtful.
    first = next((row for row in rows if not row.candidates), None)
    if first is None:
        return True
    rest = [row for row in rows if row is not first]
    decided = ask(first, book.request, candidates)
    if decided == "new":
        return True
    if not first.outcome:
        first.outcome = Outcome.SKIPPED
    for row in rest:
        row.outcome = Outcome.SKIPPED
        row.changes = [[_("Left out"), "", _("Decided with row %(row)s.") % {"row": first.number}]]
    return False
