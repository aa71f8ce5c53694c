"""Documents, their files and targets: recorded at the desk, within one's commune."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from villages.models import GoverningDocument, StaleMark, StoredFile, Target
from villages.periods import today
from villages.targets import target_for, targets_for

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


def typed(**changes):
    return {
        "number": "611/KH-UBND",
        "kind": "plan",
        "issuer": "UBND xã",
        "issued_on": "2025-08-08",
        "title": "Triển khai phong trào",
        **changes,
    }


def wanted(**changes):
    return {"indicator": "adults", "year": str(today().year), "percent": "82,5", **changes}


@pytest.fixture
def document(cast):
    return GoverningDocument.objects.create(commune=cast.commune, **typed())


@pytest.fixture
def national(cast):
    return GoverningDocument.objects.create(**typed(number="01-KH/BCĐTW"))


@pytest.fixture
def desk(cast, client):
    client.force_login(cast.official)
    return client


def test_it_works(cast, desk):
    desk.post(reverse("document_add"), typed())
    row = GoverningDocument.objects.get()
    assert row.commune == cast.commune
    desk.post(reverse("target_add"), wanted(document=row.pk))
    page = desk.get(reverse("document_detail", args=[row.pk])).text
    assert "82,5\N{NO-BREAK SPACE}%" in page
    assert row.number in desk.get(reverse("document_list"), {"q": "trien khai"}).text
    assert row.number not in desk.get(reverse("document_list"), {"kind": "letter"}).text


def test_a_target_that_is_set_from_a_document_names_it(cast, desk, document):
    abroad = GoverningDocument.objects.create(commune=cast.elsewhere, **typed())
    address = reverse("target_add")
    for wanted_pk, chosen in ((document.pk, document.pk), (abroad.pk, None), ("0" * 30, None)):
        form = desk.get(address, {"document": wanted_pk}).context["form"]
        assert form["document"].value() == chosen


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("number", ""),
        ("number", "\0"),
        ("title", "x" * 301),
        ("kind", "poem"),
        ("issued_on", "0001-01-01"),
        ("issued_on", "2099-01-01"),
        ("link", "javascript:alert(1)"),
    ],
)
def test_bad_input_is_named_beside_its_field(desk, name, bad):
    page = desk.post(reverse("document_add"), typed(**{name: bad}))
    assert page.context["form"].errors.keys() == {name}
    assert not GoverningDocument.objects.exists()


def test_the_same_number_and_day_is_refused_in_words(desk, document):
    page = desk.post(reverse("document_add"), typed())
    assert page.context["form"].errors.keys() == {"number"}
    assert GoverningDocument.objects.count() == 1


def test_a_document_that_is_named_stays(cast, desk, document):
    target = Target.objects.create(
        indicator="adults", commune=cast.commune, year=2026, percent=80, document=document
    )
    address = reverse("document_delete", args=[document.pk])
    assert "không xóa được" in desk.get(address).text
    desk.post(address)
    assert GoverningDocument.objects.exists()
    target.delete()
    file = SimpleUploadedFile("ke-hoach.pdf", PDF)
    desk.post(reverse("document_attach", args=[document.pk]), {"file": file})
    assert StoredFile.objects.exists()
    desk.post(address)
    assert not GoverningDocument.objects.exists()
    assert not StoredFile.objects.exists()


def test_its_file_is_read_within_the_commune(cast, desk, document):
    file = SimpleUploadedFile("ke-hoach.pdf", PDF)
    desk.post(reverse("document_attach", args=[document.pk]), {"file": file})
    address = reverse("stored_file", args=[document.attachments.get().uuid])
    assert desk.get(address).status_code == 200
    desk.force_login(cast.stranger)
    assert desk.get(address).status_code == 404


def test_what_is_for_all_communes_is_read_and_not_changed(cast, desk, national):
    general = Target.objects.create(indicator="adults", year=today().year, percent=70)
    assert desk.get(reverse("document_detail", args=[national.pk])).status_code == 200
    for name, row in (
        ("document_edit", national),
        ("document_delete", national),
        ("target_edit", general),
        ("target_delete", general),
    ):
        assert desk.post(reverse(name, args=[row.pk]), typed()).status_code == 404, name
    assert "70\N{NO-BREAK SPACE}%" in desk.get(reverse("target_list")).text


def test_the_narrowest_target_applies_and_the_figures_are_measured_anew(cast, desk):
    Target.objects.create(indicator="adults", year=today().year, percent=70)
    StaleMark.objects.all().delete()
    desk.post(reverse("target_add"), wanted())
    assert StaleMark.objects.filter(commune=cast.commune).exists()
    assert targets_for(cast.commune, today().year)["adults"] == Decimal("82.5")
    page = desk.get(reverse("target_list"))
    general = Target.objects.get(commune=None)
    assert general.pk not in page.context["applying"]
    desk.post(reverse("target_add"), wanted(village=cast.vi.pk, percent="90"))
    assert target_for("adults", cast.commune, cast.vi, today().year).percent == 90
    assert target_for("adults", cast.commune, cast.khi, today().year).percent == Decimal("82.5")
    row = Target.objects.get(commune=cast.commune, village=None)
    desk.post(reverse("target_delete", args=[row.pk]))
    assert targets_for(cast.commune, today().year)["adults"] == 70


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("indicator", "happiness"),
        ("year", "1"),
        ("year", "9" * 30),
        ("percent", "101"),
        ("percent", "NaN"),
        ("percent", "0,8"),
        ("village", "9" * 30),
        ("document", "x"),
        ("source", "\0"),
    ],
)
def test_a_target_that_cannot_be_is_refused(desk, name, bad):
    page = desk.post(reverse("target_add"), wanted(**{name: bad}))
    assert page.context["form"].errors.keys() == {name}
    assert not Target.objects.exists()


def test_a_second_target_for_the_same_is_refused(desk):
    desk.post(reverse("target_add"), wanted())
    page = desk.post(reverse("target_add"), wanted(percent="85"))
    assert page.context["form"].errors.keys() == {"indicator"}
    assert Target.objects.count() == 1


def test_a_foreign_village_cannot_be_given_a_target(cast, desk):
    page = desk.post(reverse("target_add"), wanted(village=cast.far.pk))
    assert page.context["form"].errors.keys() == {"village"}


@pytest.mark.parametrize("name", ["document_list", "target_list"])
def test_lists_never_break(desk, document, name):
    desk.post(reverse("target_add"), wanted())
    address = reverse(name)
    for query in (
        {"q": "\0"}, {"first": "0001-01-01"}, {"year": "9" * 40}, {"year": "x"},
        {"village": "9" * 40}, {"indicator": "x"}, {"sort": "x", "page": "-4"},
        {"sort": "-targets"}, {"sort": "place"}, {"q": "nguoi truong thanh"},
    ):  # fmt: skip
        assert desk.get(address, query).status_code == 200, query


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404), ("leader", 403)])
def test_others_are_refused(cast, client, document, who, status):
    target = Target.objects.create(indicator="adults", commune=cast.commune, year=2026, percent=80)
    client.force_login(getattr(cast, who))
    for name in ("edit", "delete", "attach"):
        address = reverse(f"document_{name}", args=[document.pk])
        assert client.post(address, typed(title="Khác")).status_code == status
    for name in ("edit", "delete"):
        address = reverse(f"target_{name}", args=[target.pk])
        assert client.post(address, wanted()).status_code == status
    document.refresh_from_db()
    target.refresh_from_db()
    assert (document.title, target.percent) == ("Triển khai phong trào", 80)
