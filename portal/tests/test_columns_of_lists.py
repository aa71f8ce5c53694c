"""The columns of every list: told apart by their headings, and examples that are right."""

import pytest
from django.utils.translation import override

from portal.testing.importing import read_row
from villages.importing.headings import match_headings
from villages.importing.kinds import Request, all_kinds, kind_of
from villages.text import fold

# The database has no say in it; once is enough.
pytestmark = pytest.mark.once

LISTS = (
    "villages", "documents", "committee", "teams", "targets", "connectivity", "households",
    "guidance",
)  # fmt: skip


def test_every_list_of_the_lower_floors_is_offered():
    assert {kind.code for kind in all_kinds()} >= set(LISTS)


@pytest.mark.parametrize("code", LISTS)
def test_no_word_means_two_columns(cast, code):
    request = Request(commune=cast.commune, user=cast.official)
    taken = {}
    with override("vi"):
        for column in kind_of(code).columns(request):
            for word in (column.heading, *column.synonyms):
                other = taken.setdefault(fold(str(word)), column.name)
                assert other == column.name, (word, other, column.name)
        columns = kind_of(code).columns(request)
        found = match_headings([str(column.heading) for column in columns], columns)
    assert list(found.values()) == [column.name for column in columns]


@pytest.mark.parametrize("code", LISTS)
def test_no_word_means_two_choices_and_examples_are_right(cast, code):
    request = Request(commune=cast.commune, user=cast.official)
    kind = kind_of(code)
    with override("vi"):
        columns = {column.name: column for column in kind.columns(request)}
        for column in columns.values():
            taken = {}
            for value, *words in column.choices:
                for word in (value, *words):
                    other = taken.setdefault(fold(str(word)), value)
                    assert other == value, (column.name, word, other, value)
        for number, example in enumerate(kind.examples(request), start=2):
            assert not read_row(number, example, columns).errors
