"""Schools with classes and rolls, cooperatives with their declarations."""

from datetime import date

from portal.demo import story
from portal.demo.sharing import apportion
from training.models import (
    ClassRoll,
    Enterprise,
    School,
    SchoolClass,
    SchoolYear,
    WorkerDeclaration,
)
from villages.models import PopulationGroup

# (school, first grade, last grade, classes a grade)
SCHOOLS = (
    ("Trường THCS mẫu số 1", "lower_secondary", 6, 9, 3, 6),
    ("Trường THCS mẫu số 2", "lower_secondary", 6, 9, 2, 14),
    ("Trường THCS mẫu số 3", "lower_secondary", 6, 9, 2, 25),
    ("Trường THPT mẫu số 1", "upper_secondary", 10, 12, 4, 6),
)
# (month, day, share equipped); a school year opens on 1 September.
ROLLS_2024 = ((2025, 1, 10, 0.58), (2025, 3, 20, 0.65), (2025, 5, 23, 0.73))
ROLLS_2025 = ((2025, 9, 5, 0.7), (2025, 9, 30, 0.81))
ROLLS_2025_LATER = ((2026, 1, 15, 0.918), (2026, 5, 20, 0.946))
ROLLS_OF_OTHER_YEARS = (
    (0, 9, 5, 0.871), (0, 10, 15, 0.903), (0, 11, 12, 0.921), (1, 1, 15, 0.938), (1, 5, 20, 0.957),
)  # fmt: skip
ENTERPRISES = (
    ("HTX nông nghiệp mẫu số 1", 46), ("HTX du lịch cộng đồng mẫu", 22), ("HTX chè mẫu", 58),
    ("HTX dệt thổ cẩm mẫu", 31), ("Công ty xây dựng mẫu", 39), ("HTX vận tải mẫu", 18),
)  # fmt: skip


def fill_schools(rng, commune, villages, until):
    """Make classes and rolls: 1,476 of 1,640 pupils equipped as of the article's day."""
    schools = School.objects.bulk_create(
        School(commune=commune, name=name, level=level, village=villages[stands_in - 1])
        for name, level, _first, _last, _classes, stands_in in SCHOOLS
    )
    for start in range(2024, until.year + 1):
        if date(start, 9, 1) > until:
            break
        year, _created = SchoolYear.objects.get_or_create(
            name=f"{start}-{start + 1}",
            defaults={"starts_on": date(start, 9, 1), "ends_on": date(start + 1, 8, 31)},
        )
        classes = SchoolClass.objects.bulk_create(
            SchoolClass(school=school, school_year=year, grade=grade, name=f"{grade}{'ABCD'[n]}")
            for school, (_n, _l, first, last, each, _v) in zip(schools, SCHOOLS, strict=True)
            for grade in range(first, last + 1)
            for n in range(each)
        )
        enrolled = apportion(story.PUPILS, [rng.uniform(0.85, 1.15) for _class in classes])
        rolls = []
        for day, equipped in _equipped_by_day(rng, start, enrolled):
            if day <= until:
                rolls += [
                    ClassRoll(school_class=c, counted_on=day, enrolled=all_, equipped=some)
                    for c, all_, some in zip(classes, enrolled, equipped, strict=True)
                ]
        ClassRoll.objects.bulk_create(rolls)


def _equipped_by_day(rng, start, enrolled):
    """Yield (day, equipped of each class); no class ever loses what it had in its year."""
    if start == 2024:
        shares = [(date(y, m, d), share) for y, m, d, share in ROLLS_2024]
    elif start == 2025:
        exact = story.PUPILS_EQUIPPED / story.PUPILS
        shares = [(date(y, m, d), share) for y, m, d, share in ROLLS_2025]
        shares.append((date(2025, 10, 24), exact))
        shares += [(date(y, m, d), share) for y, m, d, share in ROLLS_2025_LATER]
    else:
        shares = [(date(start + y, m, d), share) for y, m, d, share in ROLLS_OF_OTHER_YEARS]
    leaning = [size * rng.uniform(0.75, 1.0) for size in enrolled]
    before = None
    for day, share in shares:
        total = round(sum(enrolled) * share)
        before = apportion(total, leaning, enrolled, before)
        yield day, before


def declare_workers(rng, commune, villages, until):
    """Make cooperatives and what they declared of their workers, quarter by quarter."""
    group = PopulationGroup.objects.filter(code="enterprise_workers").first()
    if group is None:
        return
    enterprises = Enterprise.objects.bulk_create(
        Enterprise(commune=commune, village=rng.choice(villages), group=group, name=name)
        for name, _workers in ENTERPRISES
    )
    workers = apportion(story.WORKERS, [count for _name, count in ENTERPRISES])
    exact = story.WORKERS_EQUIPPED / story.WORKERS
    days = [(date(2025, 3, 25), 0.42), (date(2025, 6, 24), 0.55), (date(2025, 9, 25), exact)]
    share = exact
    for year in range(2025, until.year + 1):
        for month in (3, 6, 9, 12):
            if (year, month) > (2025, 9):
                share = min(0.97, share + 0.028)
                days.append((date(year, month, 24), share))
    declarations, before = [], None
    for day, share in days:
        before = apportion(round(story.WORKERS * share), workers, workers, before)
        if day <= until:
            declarations += [
                WorkerDeclaration(enterprise=e, declared_on=day, workers=all_, equipped=some)
                for e, all_, some in zip(enterprises, workers, before, strict=True)
            ]
    WorkerDeclaration.objects.bulk_create(declarations)
