"""What schools taught, which of them stand by their numbers, and who answers for an office."""

from datetime import datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from portal.demo import story
from portal.demo.people import person_name
from training.models import Agency, ClassRoll, School, SchoolAccount, TaughtModule
from villages.models import Assignment

CONFIRMED_WITHIN_DAYS = 4
# By their place among the schools: who has yet to confirm the last rolls.
HAVE_NOT_CONFIRMED = (0, 3)
# Share of the classes that teach each module in a school year, from the first one on.
SHARES = {"digital-skills": 1.0, "online-safety": 0.75, "artificial-intelligence": 0.4}
WITHOUT_A_CONTACT = (2, 9)


def teach_and_confirm(rng, commune, until, prefix=""):
    """Say which modules each roll names, and have schools confirm; return the accounts.

    Changes no number: what a class was counted with stays.
    """
    schools = list(School.objects.filter(commune=commune).order_by("pk"))
    accounts = [_account(rng, commune, school, n, prefix) for n, school in enumerate(schools, 1)]
    rolls = list(
        ClassRoll.objects.filter(school_class__school__in=schools)
        .select_related("school_class")
        .order_by("counted_on", "pk")
    )
    _teach(rng, rolls)
    last = max((roll.counted_on for roll in rolls), default=None)
    places = {school.pk: place for place, school in enumerate(schools)}
    for roll in rolls:
        place = places[roll.school_class.school_id]
        day = roll.counted_on + timedelta(days=rng.randint(1, CONFIRMED_WITHIN_DAYS))
        if day > until or (roll.counted_on == last and place in HAVE_NOT_CONFIRMED):
            continue
        roll.confirmed_by = accounts[place]
        roll.confirmed_at = timezone.make_aware(datetime.combine(day, time(16, 30)))
    ClassRoll.objects.bulk_update(rolls, ["confirmed_by", "confirmed_at"], batch_size=500)
    return accounts


def name_contacts(rng, commune):
    """Name who answers for each agency; some have no e-mail address yet."""
    agencies = list(Agency.objects.filter(commune=commune).order_by("position"))
    for agency in agencies:
        agency.contact_name = person_name(rng, "Thái", rng.choice(("female", "male")))
        if agency.position not in WITHOUT_A_CONTACT:
            # A domain that nobody has, so that no demonstration ever writes to anybody.
            agency.contact_email = f"co-quan-{agency.position + 1:02d}@example.org"
    Agency.objects.bulk_update(agencies, ["contact_name", "contact_email"])


def _account(rng, commune, school, number, prefix):
    """Make a school's account; nobody can sign in with it unless a door is opened."""
    user, _created = get_user_model().objects.get_or_create(
        username=f"truong-{prefix}{number:02d}",
        defaults={
            "full_name": person_name(rng, "Kinh", rng.choice(("female", "male"))),
            "job_title": "Phó Hiệu trưởng",
            "password": make_password(None),
        },
    )
    Assignment.objects.create(
        user=user, role="school", commune=commune, from_on=story.STORY_BEGINS_ON
    )
    SchoolAccount.objects.create(school=school, user=user, from_on=story.STORY_BEGINS_ON)
    return user


def _teach(rng, rolls):
    """A class that was taught a module keeps it on the later rolls of its year."""
    modules = {module.code: module for module in TaughtModule.objects.filter(code__in=SHARES)}
    taught = {}
    through = ClassRoll.modules.through
    rows = []
    for roll in rolls:
        known = taught.setdefault(roll.school_class_id, set())
        # Half of what will be taught this year is taught by the first roll.
        for code, share in SHARES.items():
            if code in modules and rng.random() < share * (0.5 if not known else 0.8):
                known.add(code)
        rows += [
            through(classroll_id=roll.pk, taughtmodule_id=modules[code].pk)
            for code in sorted(known)
        ]
    through.objects.bulk_create(rows, batch_size=1000)
