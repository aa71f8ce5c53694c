"""The same fraction is the same percentage on every page that shows it."""

from datetime import timedelta

from django.core.cache import cache
from django.urls import reverse

from reports import coverage
from training.models import ClassRoll, School, SchoolClass, SchoolYear
from villages.periods import today


def test_a_share_is_rounded_alike_on_every_page(cast, client):
    """1.510 of 1.640 are 92,07 %: 92,1 % to the official on the dashboard and among the schools."""
    starts_on = today() - timedelta(days=60)
    year = SchoolYear.objects.create(
        name="Năm nay", starts_on=starts_on, ends_on=starts_on + timedelta(days=364)
    )
    school = School.objects.create(commune=cast.commune, name="THCS", level="lower_secondary")
    one = SchoolClass.objects.create(school=school, school_year=year, grade=6, name="6A")
    ClassRoll.objects.create(school_class=one, counted_on=today(), enrolled=1640, equipped=1510)
    coverage.recount_stale(cast.commune.pk)
    cache.clear()
    client.force_login(cast.official)
    pages = [
        reverse("dashboard"),
        reverse("figure", args=["students"]),
        reverse("school_list"),
        reverse("school_detail", args=[school.pk]),
    ]
    for page in pages:
        text = client.get(page).content.decode()
        assert "92,1" in text, page
        assert "92,0" not in text, page
