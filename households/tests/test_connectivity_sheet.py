"""The list for the telecom companies: each one's places, with the size of their villages."""

import pytest
from django.urls import reverse

from households.connectivity_sheet import reports_by_company
from villages.connectivity import report_connectivity, resolve_connectivity
from villages.periods import today


def report(village, operator="Viettel", quality="none", where="Đầu bản"):
    return report_connectivity(
        village=village, operator=operator, technology="4g", quality=quality, where=where,
        reported_on=today(), by=None,
    )  # fmt: skip


@pytest.fixture
def homes(cast):
    """In Vi: a household without a device, one without a signal as well."""
    for household, connection in ((cast.household, ""), (cast.second_household, "none")):
        household.smart_device, household.connection = False, connection
        household.save()


def test_it_works(cast, homes, client):
    report(cast.vi)
    report(cast.khi, "viettel")
    report(cast.vi, "VNPT")
    client.force_login(cast.reader)
    page = client.get(reverse("connectivity_sheet"))
    companies = page.context["companies"]
    assert [(name, len(places)) for name, places in companies] == [("Viettel", 2), ("VNPT", 1)]
    size = companies[0][1][0][1]
    assert (size.households, size.people, size.without_device, size.without_signal) == (2, 4, 2, 1)
    found = reverse("household_list") + f"?village={cast.vi.pk}&amp;show=no_signal"
    assert found in page.text


def test_what_is_solved_or_good_is_not_on_it(cast):
    report(cast.vi, quality="good")
    done = report(cast.vi)
    resolve_connectivity(report=done, resolved_on=today())
    assert reports_by_company(cast.official) == []


def test_one_company_sees_its_own(cast, client):
    report(cast.vi)
    report(cast.vi, "VNPT")
    client.force_login(cast.official)
    page = client.get(reverse("connectivity_sheet"), {"operator": "vnpt"})
    assert [name for name, _places in page.context["companies"]] == ["VNPT"]
    for nonsense in ("\0", "x" * 5000):
        page = client.get(reverse("connectivity_sheet"), {"operator": nonsense})
        assert page.status_code == 200


def test_it_is_of_the_own_commune(cast, client):
    report(cast.vi)
    client.force_login(cast.stranger)
    assert client.get(reverse("connectivity_sheet")).context["companies"] == []
    client.force_login(cast.leader)
    assert client.get(reverse("connectivity_sheet")).status_code == 403


def test_its_queries_do_not_grow(cast, homes, django_assert_num_queries):
    for village in (cast.vi, cast.khi, cast.vi):
        report(village)
    reports_by_company(cast.official)
    with django_assert_num_queries(3):
        reports_by_company(cast.official)


def test_households_without_a_signal_are_found(cast, homes, client):
    client.force_login(cast.official)
    page = client.get(reverse("household_list"), {"show": "no_signal"})
    assert "Vàng Thị Mẫu" in page.text
    assert "Lò Văn Mẫu" not in page.text
