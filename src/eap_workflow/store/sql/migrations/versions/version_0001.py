"""Version 0001: a SQLite file with the tables steps, requests, commands and policies, and steps of format 1.

The library of that time made the tables itself. A database that has none of ours is not given them on its way to a later
version: nobody would read them, and their names could be somebody else's.
"""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Do nothing: whoever has this version has its tables."""
