"""The journal of a change that writes row by row, so that it can be taken back like a list."""

from villages.importing.journal import attnames, model_of, plain, sum_of_values


class SavedJournal:
    """Notes what is made and what is changed through ``save()``, to be read by ``undoing``.

    Rows are watched before they are changed and named once they are made. What became of
    them is read from the database at the end, so that it does not matter who wrote it.
    """

    def __init__(self):
        self._before, self._made = {}, []

    def watch(self, rows):
        """Note what stored rows say before they are changed; return them as a list."""
        rows = list(rows)
        for row in rows:
            self._before.setdefault((type(row), row.pk), _values(row))
        return rows

    def made(self, row):
        """Note that a row is new; return it."""
        self._made.append(row)
        return row

    def pages(self, units, since_on):
        """Return all that was noted, with the units to recount from a day on."""
        days = [[commune, village, since_on.isoformat()] for commune, village in sorted(units)]
        # Read from the end: what is new goes before what it took the place of comes back.
        return [*self._changed(), *self._created(), {"units": days}]

    def _created(self):
        for row in self._made:
            model = type(row)
            values = model._base_manager.values_list(*attnames(model)).get(pk=row.pk)
            yield {
                "model": model._meta.label_lower,
                "created": [row.pk],
                "sums": [sum_of_values(values)],
            }

    def _changed(self):
        for model in dict.fromkeys(model for model, _pk in self._before):
            before = {pk: values for (of, pk), values in self._before.items() if of is model}
            fields = model._meta.concrete_fields
            pairs = []
            for pk, row in model._base_manager.in_bulk(before).items():
                after = _values(row)
                differing = {
                    field.attname: [
                        plain(field, before[pk][field.attname]),
                        plain(field, after[field.attname]),
                    ]
                    for field in fields
                    if before[pk][field.attname] != after[field.attname]
                }
                if differing:
                    pairs.append([pk, differing])
            if pairs:
                yield {"model": model._meta.label_lower, "changed": pairs}


def changed_in(entries, model):
    """Return {id: {field: [before, after]}} of the rows of a model that a journal changed."""
    return {
        pk: fields
        for entry in entries
        if "changed" in entry and model_of(entry) is model
        for pk, fields in entry["changed"]
    }


def created_in(entries, model):
    """Return the ids of the rows of a model that a journal brought."""
    pages = [entry for entry in entries if "created" in entry and model_of(entry) is model]
    return [pk for page in pages for pk in page["created"]]


def _values(row):
    return {name: getattr(row, name) for name in attnames(type(row))}
