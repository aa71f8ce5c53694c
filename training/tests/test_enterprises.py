"""Enterprises and what they declare of their workers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from training.models import Enterprise, WorkerDeclaration
from villages.models import PopulationGroup, StaleMark
from villages.periods import today


@pytest.fixture
def enterprise(cast):
    return Enterprise.objects.create(
        commune=cast.commune,
        village=cast.vi,
        group=PopulationGroup.objects.get(code="enterprise_workers"),
        name="HTX Chè Mẫu",
    )


def typed(**changes):
    return {"declared_on": today().isoformat(), "workers": 20, "equipped": 12, **changes}


def numbers():
    return list(WorkerDeclaration.objects.values_list("workers", "equipped"))


def test_it_works(cast, as_user):
    client = as_user(cast.official)
    group = PopulationGroup.objects.get(code="enterprise_workers")
    answer = client.post(
        reverse("enterprise_add"), {"name": "HTX Gạo Mẫu", "group": group.pk, "village": ""}
    )
    enterprise = Enterprise.objects.get()
    assert enterprise.commune == cast.commune
    assert client.get(answer.url).status_code == 200
    client.post(reverse("declaration_add", args=[enterprise.pk]), typed())
    assert numbers() == [(20, 12)]
    assert StaleMark.objects.filter(since_on=today()).exists()
    assert "HTX Gạo Mẫu" in client.get(reverse("enterprise_list"), {"q": "gao"}).text
    assert "HTX Gạo Mẫu" in client.get(reverse("enterprise_list"), {"state": "gap"}).text


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("equipped", "21"),
        ("equipped", "-1"),
        ("workers", ""),
        ("workers", "9" * 30),
        ("declared_on", (today() + timedelta(days=1)).isoformat()),
        ("declared_on", "0001-01-01"),
    ],
)
def test_bad_numbers_are_named_beside_their_field(cast, enterprise, as_user, name, bad):
    page = as_user(cast.official).post(
        reverse("declaration_add", args=[enterprise.pk]), typed(**{name: bad})
    )
    assert page.context["form"].errors.keys() == {name}
    assert numbers() == []


def test_other_numbers_of_the_same_day_replace_the_first_only_when_asked(cast, enterprise, as_user):
    client = as_user(cast.official)
    address = reverse("declaration_add", args=[enterprise.pk])
    client.post(address, typed())
    client.post(address, typed())
    assert "correct" in client.post(address, typed(equipped=13)).context["form"].errors
    assert numbers() == [(20, 12)]
    client.post(address, typed(equipped=13, correct="on"))
    assert numbers() == [(20, 13)]


@pytest.mark.parametrize(
    ("who", "reading", "writing"),
    [("reader", 200, 403), ("stranger", 404, 404), ("leader", 403, 403)],
)
def test_others_are_refused(cast, enterprise, as_user, who, reading, writing):
    client = as_user(getattr(cast, who))
    assert client.get(reverse("enterprise_detail", args=[enterprise.pk])).status_code == reading
    for name in ("enterprise_edit", "declaration_add"):
        assert client.post(reverse(name, args=[enterprise.pk]), typed()).status_code == writing
