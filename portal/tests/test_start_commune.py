"""A real commune starts with its lists, one administrator and no demonstration data."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import translation

from households.models import Household, Skill
from portal.programme import start_programme
from villages.models import Commune, PopulationGroup, Target

pytestmark = pytest.mark.django_db
GOOD = "suoi-nguon-tren-ban-xa"


@pytest.fixture
def typed(monkeypatch):
    """The passwords a person would type, in turn."""
    answers = []
    monkeypatch.setattr("getpass.getpass", lambda prompt="": answers.pop(0))
    return answers


def start(**changes):
    options = {"code": "03637", "name": "Mường Kim", "province": "Lai Châu", "admin": "quan-tri"}
    call_command("start_commune", **options | changes)


def test_it_works(typed, client):
    typed += [GOOD, GOOD]
    start()
    commune = Commune.objects.get()
    assert (commune.full_name, commune.is_demo) == ("Xã Mường Kim", False)
    assert Household.objects.count() == 0
    assert Skill.objects.exclude(required_from_on=None).count() == 5
    assert PopulationGroup.objects.filter(is_headline=True).count() == 3
    assert all(target.source for target in Target.objects.all())
    admin = get_user_model().objects.get()
    assert admin.check_password(GOOD)
    client.force_login(admin)
    for path in ("/dashboard/", "/villages/", "/admin/", "/"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("answers", "words"),
    [(["vietnam123", "vietnam123"], "guessed"), ([GOOD, "another"], "differ"), (["x"], "short")],
)
def test_a_bad_password_changes_nothing(typed, answers, words):
    typed += answers
    with translation.override("en"), pytest.raises(CommandError, match=words):
        start()
    assert not Commune.objects.exists()
    assert not get_user_model().objects.exists()


def test_a_commune_that_is_there_is_left_alone(typed, cast):
    with pytest.raises(CommandError, match="already"):
        start(code=cast.commune.code)


def test_the_starting_lists_never_overwrite(typed):
    start_programme()
    Skill.objects.filter(code="vneid").update(name="Tên xã đặt")
    Target.objects.filter(indicator="adults", year=2026).update(percent=90)
    start_programme()
    assert Skill.objects.get(code="vneid").name == "Tên xã đặt"
    assert Target.objects.get(indicator="adults", year=2026).percent == 90
    assert Skill.objects.count() == 9
