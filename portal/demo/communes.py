"""Names for benchmarks at scale: the official list of communes, Lai Châu's first."""

from portal.demo.loading import Which

PROVINCE = 12
KINDS = {"xã": "commune", "phường": "ward", "đặc khu": "special_zone"}


def communes_to_load(count):
    """Return so many communes: Mường Kim, then the others of its province, then the country's."""
    if count == 1:
        return [Which()]
    # The list is large, and only a benchmark needs it.
    from vietnam_provinces import Province, Ward

    provinces = {province.code: province for province in Province.iter_all()}
    wards = sorted(
        Ward.iter_all(),
        key=lambda ward: (int(ward.province_code) != PROVINCE, int(ward.province_code), ward.code),
    )
    others = [
        _which(ward, provinces[ward.province_code])
        for ward in wards
        if f"{int(ward.code):05d}" != Which.code
    ]
    return [Which(), *others[: count - 1]]


def _which(ward, province):
    kind = ward.division_type.value
    return Which(
        code=f"{int(ward.code):05d}",
        name=_bare(ward.name, kind),
        kind=KINDS.get(kind, "commune"),
        province_code=f"{int(province.code):02d}",
        province_name=province.name.removeprefix("Tỉnh ").removeprefix("Thành phố "),
        is_first=False,
    )


def _bare(name, kind):
    return name[len(kind) :].strip() if name.lower().startswith(kind) else name
