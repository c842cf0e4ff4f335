"""One module a path; each returns rows of the table."""
