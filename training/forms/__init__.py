"""The gate for everything that is typed about sessions, staff, schools and the rest."""
