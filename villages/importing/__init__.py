"""Lists from workbooks: read, matched, planned, applied in one transaction, undone."""
