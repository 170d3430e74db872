"""The steps by which the database of cases came to its present form, for alembic."""
