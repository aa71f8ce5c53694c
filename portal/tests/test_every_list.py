"""Every list of the portal is searched, filtered, sorted, paged and taken out as a file.

The lists are read from the resolver, and each is described in ``every_list.py``: what an order
or a filter should do is said there.
"""

import math
from datetime import date, datetime
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.paginator import Paginator
from django.db import transaction
from django.template.backends.django import Template
from django.urls import reverse

from households.views.handed_list import Handing
from portal.testing.exporting import csv_rows, file_of, xlsx_rows
from portal.tests.addresses import every_address
from portal.tests.every_list import LISTS, Days, day_of, key_of, raw, value_of
from portal.tests.listed_world import make_world
from villages.access import TEAM_LEADER
from villages.exporting import export_of
from villages.text import fold
from villages.writing_tables import HARMLESS, STARTS_A_FORMULA

NONSENSE = "zzqxw"
# Fields of a filter form that search, keep the order, or say which page this is.
NO_FILTERS = {"q", "tim", "sort", "ngay", "the", "xa", "show"}

# A place out of reach is not found, whatever page asks for it: see test_access.
PLACES = {"ban"}

# What all communes share is there from the first day.
SHARED = {"course_list", "school_year_list"}
# Empty is good there, or what fills it stands above it.
NOTHING_TO_DO = {"doubt_list", "held_list", "unfinished_list", "export_list", "import_list"}


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Two different rows of everything that is listed, written once for all lists."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(made, db):
    """What was written, as it was before the first list was opened."""
    return made


def test_no_list_is_forgotten():
    tested = {one.page or name for name, one in LISTS.items()}
    assert _listed_names() == tested - {"figure"}


@pytest.mark.parametrize("name", sorted({one.page or name for name, one in LISTS.items()}))
def test_a_team_leader_takes_none_out(name):
    export = export_of(name)
    assert export is not None, "no export is registered under the name of the list"
    assert TEAM_LEADER not in export.roles


@pytest.mark.parametrize("name", sorted(LISTS))
def test_it_is_a_list(world, client, monkeypatch, name):
    client.force_login(world.official)
    ListTest(client, monkeypatch, name).run()


@pytest.mark.parametrize("name", sorted(name for name in LISTS if " " not in name))
def test_an_empty_list_says_what_comes_first(world, client, name):
    client.force_login(world.beginner)
    answer = client.get(reverse(name), {"sort": next(iter(LISTS[name].sorts))})
    page = Page(answer.content.decode())
    if name in SHARED:
        assert answer.context["page"].object_list, "it is empty, and no longer shared"
        return
    assert not answer.context["page"].object_list
    assert page.says_empty
    assert reverse(name) not in {way.partition("?")[0] for way in page.ways_on}
    assert bool(page.ways_on) == (name not in NOTHING_TO_DO)
    for way in page.ways_on:
        assert client.get(way).status_code == 200, way


class ListTest:
    """One list, tried as an official would."""

    def __init__(self, client, monkeypatch, name):
        self.client, self.monkeypatch = client, monkeypatch
        self.name, self.one = name, LISTS[name]
        self.address = reverse(self.one.page or name, args=self.one.args)

    def run(self):
        self.page, self.shown = self.open()
        self.all = self.rows(**self.one.everything)
        assert len(self.all) >= 2, "the test fills two rows"
        self.is_searched()
        self.is_taken_out()
        with self.monkeypatch.context() as patch:
            self.without_drawing(patch)
            self.is_filtered()
            self.is_sorted()
        self.is_paged()

    def is_searched(self):
        search = self.one.search
        assert search in self.page.fields, "no search box"
        page, nothing = self.open(**{search: NONSENSE})
        assert nothing == []
        assert page.says_empty, "an empty result says nothing"
        [clear] = page.ways_on
        assert {*keys(self.shown)} <= {*keys(self.rows_of(clear))}, "it does not lead back"
        for odd in ("\0", "%'", "x" * 300):
            self.rows(**{search: odd})

    def is_filtered(self):
        offered = {key: said for key, said in self.page.fields.items() if key not in NO_FILTERS}
        assert offered, "nothing narrows the list but the search"
        assert set(offered) == set(self.one.filters)
        for field, keeps in self.one.filters.items():
            if field not in PLACES:
                self.rows(**{field: "31/02/no-such-value"})
            if keeps is None:
                for value in offered[field]:
                    self.rows(**{field: value})
                continue
            values = offered[field] or sorted({self.written(row, keeps) for row in self.all})
            hidden = [""] if field in self.one.everything else []
            sizes = set()
            for value in [*values, *hidden]:
                found = self.rows(**self.one.everything | {field: value})
                expected = [row for row in self.all if self.keeps(row, keeps, value)]
                assert keys(found) == keys(expected), (field, value)
                sizes.add(len(found))
            assert min(sizes) < len(self.all), f"{field} keeps everything"
            assert max(sizes) > 0, f"{field} keeps nothing"

    def written(self, row, keeps):
        day = day_of(row, keeps.path) if isinstance(keeps, Days) else None
        return f"{day}" if day else raw(row, keeps)

    def keeps(self, row, keeps, value):
        if isinstance(keeps, Days):
            day = day_of(row, keeps.path)
            return day is not None and keeps.keeps(day, date.fromisoformat(value))
        return keeps(row, value) if callable(keeps) else raw(row, keeps) == value

    def is_sorted(self):
        words = {
            dict(parse_qsl(link.partition("?")[2])).get("sort", "").removeprefix("-")
            for link in self.page.links
        } - {""}
        assert words <= set(self.one.sorts), "say in every_list.py what this sorts by"
        assert words, "nothing leads to another order"
        same = []
        for word, path in self.one.sorts.items():
            up, down = (self.rows(**self.one.everything, sort=sign + word) for sign in ("", "-"))
            for rows, sign in ((up, ""), (down, "-")):
                assert keys(rows) == keys(self.all)
                values = [value_of(row, path) for row in rows]
                known = [value for value in values if value is not None]
                assert values[: len(known)] == known, (word, "what has no value is not last")
                assert known == sorted(known, reverse=sign == "-"), (sign + word, values)
            if len({value_of(row, path) for row in self.all}) < 2:
                same.append(word)
            self.is_taken_out_as_sorted(f"-{word}")
        assert len(same) < len(self.one.sorts), "the rows are the same by every order"
        default = self.rows(sort="nothing-like-it")
        assert [key_of(row) for row in default] == [key_of(row) for row in self.shown]

    def is_paged(self):
        """Walk along the links with one row on a page: each row once, in order."""
        sort = "-" + next(iter(self.one.sorts))
        with self.monkeypatch.context() as patch:
            begin = Paginator.__init__
            patch.setattr(Paginator, "__init__", lambda self, rows, *a, **k: begin(self, rows, 1))
            page, first = self.open(sort=sort)
            [following] = page.after
            answer = self.client.get(f"{self.address}{following}")
            second = list(answer.context["page"].object_list)
            assert 'rel="prev"' in answer.content.decode()
        in_order = self.rows(sort=sort)
        assert [key_of(row) for row in first + second] == [key_of(row) for row in in_order[:2]]
        assert first != second
        self.without_drawing(self.monkeypatch)
        for number in ("99999", "-1", "x"):
            assert [key_of(row) for row in self.rows(sort=sort, page=number)] == [
                key_of(row) for row in in_order
            ]

    def is_taken_out(self):
        """The file has the rows of the page, as it is searched and sorted, in both formats."""
        self.lines, told = {}, self.file(self.page, "csv")
        assert not [cell for line in told for cell in line if starts_a_formula(cell)]
        told = self.without_numbers(told)
        for row in self.shown:
            count = lines_of(row)
            self.lines[key_of(row)], told = told[:count], told[count:]
            for text in texts_of(row, self.one.sorts):
                assert text in self.line_of(row)
        assert told == []
        wanted = [row for row in self.shown if self.is_wanted(row)]
        sort = next(iter(self.one.sorts))
        page, found = self.open(sort=sort, **{self.one.search: self.one.wanted})
        assert keys(found) == keys(wanted)
        assert 0 < len(found) < len(self.shown)
        in_csv, in_xlsx = (self.file(page, form) for form in ("csv", "xlsx"))
        assert self.without_numbers(in_csv) == self.lines_of(found)
        assert len(in_csv) == len(in_xlsx)
        for cells, texts in zip(in_xlsx, in_csv, strict=True):
            assert all(map(is_same, cells, texts)), (cells, texts)

    def is_taken_out_as_sorted(self, sort):
        """The file of another order has the lines that the rows had, in that order."""
        asked = dict(parse_qsl(self.link(self.page))) | {"sort": sort}
        lines = file_of(self.client, self.export, urlencode(asked), "csv", with_names=True)
        assert self.without_numbers(csv_rows(lines)) == self.lines_of(self.rows(sort=sort)), sort

    def is_wanted(self, row):
        if self.one.finds is not None:
            return self.one.finds(row)
        return fold(self.one.wanted) in self.line_of(row)

    def line_of(self, row):
        return fold(" ".join(cell for line in self.lines[key_of(row)] for cell in line))

    def lines_of(self, rows):
        return [line for row in rows for line in self.lines[key_of(row)]]

    def without_numbers(self, lines):
        """Return the lines below the headings; a first column that counts them is checked."""
        _headings, *lines = lines
        if not self.one.is_numbered:
            return lines
        assert [int(line[0]) for line in lines] == list(range(1, len(lines) + 1))
        return [line[1:] for line in lines]

    @property
    def export(self):
        return self.one.page or self.name

    def link(self, page):
        address = reverse("export", args=[self.export])
        [link] = [link for link in page.links if link.partition("?")[0] == address]
        return link.partition("?")[2]

    def file(self, page, file_format):
        read = {"csv": csv_rows, "xlsx": xlsx_rows}[file_format]
        asked = self.link(page)
        return read(file_of(self.client, self.export, asked, file_format, with_names=True))

    def open(self, **query):
        """Return a page as it is drawn, and its rows."""
        answer = self._get(query)
        return Page(answer.content.decode()), list(answer.context["page"].object_list)

    def rows(self, **query):
        """Return the rows of a page."""
        answer = self._get(query)
        context = self.context if answer.context is None else answer.context
        return list(context["page"].object_list)

    def rows_of(self, address):
        return list(self.client.get(address).context["page"].object_list)

    def without_drawing(self, patch):
        """Let pages be asked for without being drawn: drawing them takes most of the time."""

        def keep(template, context=None, request=None):
            self.context = context
            return ""

        patch.setattr(Template, "render", keep)

    def _get(self, query):
        said = dict(parse_qsl(self.one.query)) | query
        answer = self.client.get(f"{self.address}?{urlencode(said)}")
        assert answer.status_code == 200, (self.address, query)
        return answer


def keys(rows):
    return sorted(key_of(row) for row in rows)


def texts_of(row, sorts):
    """Return the texts by which a row can be sorted: its line of the file has them."""
    values = [value_of(row, path) for path in sorts.values()]
    return [value for value in values if isinstance(value, str)]


def lines_of(row):
    """Return how many lines of the file a row is: lists handed over at once, one a village."""
    return len(row.rows) if isinstance(row, Handing) else 1


def is_same(cell, text):
    """Whether a workbook's cell says what stands in the other file; a share is a fraction."""
    if isinstance(cell, datetime):
        return text == f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return text == f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        number = float(text.replace(",", "."))
        return math.isclose(number, cell) or math.isclose(number, cell * 100)
    return text.removeprefix("'") == cell


def starts_a_formula(cell):
    return cell.startswith(STARTS_A_FORMULA) and not HARMLESS.fullmatch(cell)


class Page(HTMLParser):
    """The links of a page, the fields of its filter with their choices, whether it is empty."""

    def __init__(self, text):
        super().__init__()
        self.links, self.fields, self.after, self.ways_on = [], {}, [], []
        self.says_empty = self._in_empty = False
        self._is_filter, self._field = False, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "a":
            self.links.append(said.get("href") or "")
            if self._in_empty:
                self.ways_on.append(said["href"])
            if said.get("rel") == "next":
                self.after.append(said["href"])
        if tag == "form":
            self._is_filter = "filters" in said.get("class", "").split()
        if said.get("class") == "empty":
            self.says_empty = self._in_empty = True
        if self._is_filter and tag in ("input", "select") and said.get("type") != "hidden":
            self._field = self.fields.setdefault(said.get("name"), [])
        if self._is_filter and tag == "option" and said.get("value"):
            self._field.append(said["value"])

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_filter = False
        if tag == "div":
            self._in_empty = False


def _listed_names():
    return {
        address.name
        for address in every_address()
        if not address.in_admin and address.name.endswith("_list")
    }
