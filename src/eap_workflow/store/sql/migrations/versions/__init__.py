"""The versions, in order; Alembic reads them by their path."""
