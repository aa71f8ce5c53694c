"""One occasion of guidance as the demonstration invents it, and what people show there."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.demo import story

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
REQUIRED, OPTIONAL = 5, 4
ALONE, WITH_HELP, NOT_YET = "alone", "with_help", "not_yet"
HARMLESS_NOTES = (
    "Đã cài VNeID, hẹn hướng dẫn tiếp dịch vụ công.",
    "Gia đình có một điện thoại dùng chung.",
    "Nhắc lại cách nhận biết cuộc gọi lừa đảo.",
    "Con cháu trong nhà sẽ giúp thêm.",
    "Đã tra cứu giá nông sản bằng mã QR.",
    "Người cao tuổi, cần hướng dẫn chậm.",
    "Đã thanh toán tiền điện trên điện thoại.",
    "Sóng yếu, ra nhà văn hóa mới làm được.",
)


class Event:
    """An encounter with the people met, their outcomes and what was seen of the household."""

    __slots__ = (
        "author", "connection", "corrected", "device", "difficulty", "doubts", "held_on", "house",
        "language", "note", "occasion", "people", "pk", "place", "received_at", "return_on",
        "session", "unnamed", "uuid", "voided_at",
    )  # fmt: skip

    def __init__(self, occasion, held_on, *, place=None, house=None, author=None):
        self.occasion, self.held_on = occasion, held_on
        self.place, self.house, self.author = place, house, author
        # (person, [(index of a skill, outcome)], whether VNeID was seen to confirm)
        self.people = []
        self.doubts = []
        self.device, self.connection = None, ""
        self.difficulty = self.language = self.note = ""
        self.unnamed = 0
        self.return_on = self.received_at = self.pk = self.uuid = None
        self.session = self.corrected = self.voided_at = None


def received(rng, day, *, days_later=0):
    """Return the instant in the evening of a day, or of a later one, as UTC."""
    clock = time(17 + rng.randrange(4), rng.randrange(60), rng.randrange(60))
    local = datetime.combine(day + timedelta(days=days_later), clock, LOCAL)
    return local.astimezone(UTC)


def meet(rng, event, person, *, able_now=False, confirmed=False):
    """Have a person met at an event, with checks that agree with how far they are.

    Who is able showed every required skill alone on ``able_on`` and none otherwise later;
    who is not has one skill, ``weak_in``, that they never did alone.
    """
    checks = []
    if able_now:
        checks = [(skill, ALONE) for skill in range(REQUIRED)]
    elif person.able_on is not None and person.able_on <= event.held_on:
        checks = [(skill, ALONE) for skill in rng.sample(range(REQUIRED), 2)]
    elif rng.random() < 0.95:
        for skill in range(REQUIRED):
            chance = rng.random()
            if skill == person.weak_in:
                checks.append((skill, WITH_HELP if chance < 0.55 else NOT_YET))
            elif chance < 0.5:
                checks.append((skill, ALONE))
            elif chance < 0.75:
                checks.append((skill, WITH_HELP))
            elif chance < 0.88:
                checks.append((skill, NOT_YET))
    if checks:
        strong = person.able_on is not None
        for skill in range(REQUIRED, REQUIRED + OPTIONAL):
            if rng.random() < 0.22:
                alone = rng.random() < (0.7 if strong else 0.3)
                checks.append((skill, ALONE if alone else WITH_HELP))
    event.people.append((person, checks, confirmed))


def colour_visit(rng, event):
    """Give a home visit its language, note, and the day to come back."""
    event.language = story.LANGUAGES[event.place.ethnic]
    if rng.random() < 0.3:
        event.language = "vi"
    if rng.random() < 0.35:
        event.note = rng.choice(HARMLESS_NOTES)
    if event.connection == "none" and rng.random() < 0.5:
        event.difficulty = "no_signal"
    elif event.device is False and rng.random() < 0.5:
        event.difficulty = "no_smart_device"
    elif rng.random() < 0.05:
        event.difficulty = rng.choice(("language", "not_willing", "no_electricity"))
    able = all(person.able_on is not None for person, _checks, _seen in event.people)
    if not able and rng.random() < 0.3:
        event.return_on = event.held_on + timedelta(days=rng.choice((7, 10, 14, 21, 30)))


def nobody_was_met(event):
    return event.difficulty == "away" or "nobody_met" in event.doubts
