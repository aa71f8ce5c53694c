"""Text in the order that people expect, whichever database sorts it."""

import pytest

from villages.models import Commune
from villages.text import fold

NAMES = ["Ánh", "Bắc", "Đặng Thị Ỷ", "Đỗ", "Dương", "Ếch", "Ưng", "Vàng", "ẩn", "Ôn", "ybai", "ỵ"]


@pytest.mark.django_db
def test_the_database_sorts_as_python_folds():
    for number, name in enumerate(reversed(NAMES)):
        Commune.objects.create(code=f"9{number:04}", name=name, province_name="Lai Châu")
    found = list(Commune.objects.order_by("name__folded").values_list("name", "name__folded"))
    assert found == sorted(((name, fold(name)) for name in NAMES), key=lambda pair: pair[1])
    assert Commune.objects.order_by("-name__folded")[0].name == "ybai"
