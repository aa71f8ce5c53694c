"""The forms of imported lists: the file, which column is what, the rows to decide."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from villages.filters import ANY, ScopedFilterSet, search_filter
from villages.importing.gathering import SHEET
from villages.importing.kinds import all_kinds
from villages.lists import containing
from villages.models import ImportRun

MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 150
ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".txt")


class UploadForm(forms.Form):
    """The workbook of a list."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("The file"),
        help_text=_("Excel (.xlsx, .xls) or CSV, at most 10 MB and 50,000 rows or so."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file to bring in.")},
    )

    def __init__(self, *given, was_too_large=False, **named):
        super().__init__(*given, **named)
        if was_too_large:
            self.fields["file"].error_messages["required"] = _(
                "This file is larger than 10 MB. Divide the list into smaller ones, or delete "
                "pictures and empty sheets from it."
            )

    def clean_file(self):
        """Refuse what is no list by its name or its size; what it holds is read later."""
        sent = self.cleaned_data["file"]
        if not sent.name.lower().endswith(ENDINGS):
            raise ValidationError(
                _("This is not a workbook. Choose a file that ends in .xlsx, .xls or .csv.")
            )
        if not sent.size:
            raise ValidationError(_("This file is empty."))
        return sent


class MatchForm(forms.Form):
    """Which sheet, which row of headings, and what each column of the file is."""

    use_required_attribute = False

    sheet = forms.CharField(required=False, strip=False, max_length=100, widget=forms.HiddenInput)
    heading_row = forms.IntegerField(min_value=0, max_value=1000, widget=forms.HiddenInput)

    def __init__(self, *given, headings, columns, left_out, sheet="", sheet_says=(), **named):
        super().__init__(*given, **named)
        self.columns_of_file = {}
        nothing = ("", _("Do not bring in"))
        if sheet_says:
            self._add(
                SHEET,
                _("The sheet's name «%(name)s»") % {"name": sheet},
                [nothing, *((column.name, column.heading) for column in sheet_says)],
            )
        choices = [nothing, *(choice for column in columns for choice in _choices_of(column))]
        for index, heading in enumerate(headings):
            if str(index) not in left_out:
                label = heading or _("Column %(number)s") % {"number": index + 1}
                self._add(index, label, choices)

    def _add(self, index, label, choices):
        name = f"column_{index}"
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=choices,
            required=False,
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.columns_of_file[index] = name

    def matching(self):
        """Return {column of the file: column of the list}."""
        said = ((i, self.cleaned_data.get(name)) for i, name in self.columns_of_file.items())
        return {index: name for index, name in said if name}


def _choices_of(column):
    """Yield what a column of the file may be said to be: a column of the list, or its parts."""
    yield column.name, f"{column.heading} *" if column.is_required else column.heading
    for part in column.parts:
        yield part.name, part.heading


class ImportRunFilter(ScopedFilterSet):
    """Narrows the history of lists."""

    q = search_filter(_("File"))
    kind = django_filters.ChoiceFilter(label=_("List"), empty_label=ANY)
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=ImportRun.Status.choices, empty_label=ANY
    )

    def __init__(self, request, queryset):
        super().__init__(request, queryset)
        self.filters["kind"].extra["choices"] = [(kind.code, kind.title) for kind in all_kinds()]

    class Meta:
        model = ImportRun
        fields = ("q", "kind", "status")

    def search(self, runs, name, value):
        return containing(runs, value, "file_name")
