"""The databases that the store runs on, and what it asks of each."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeAlias

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from eap_workflow.errors import InvalidValue
from eap_workflow.store.sql.postgresql import PostgreSql
from eap_workflow.store.sql.sqlite import Sqlite

Dialect: TypeAlias = Sqlite | PostgreSql
"""What is a database's own; both have the same methods."""

DIALECTS: dict[str, type[Dialect]] = {"sqlite": Sqlite, "postgresql": PostgreSql}


def dialect_of(name: str) -> Dialect:
    """Give the dialect of a database by its name in SQLAlchemy.

    Raises:
        InvalidValue: The store does not run on it.
    """
    made = DIALECTS.get(name)
    if made is None:
        raise InvalidValue(
            "store", "a SQLite or a PostgreSQL database is needed, by sqlite:///file or postgresql+psycopg://host/name"
        )
    return made()


def parsed(url: str) -> URL:
    """Read SQLAlchemy's URL of a database.

    Raises:
        InvalidValue: It is none.
    """
    with suppress(ArgumentError, ValueError):
        return make_url(url)
    raise InvalidValue(
        "store", "a SQLAlchemy URL is needed, such as sqlite:///requests.db or postgresql+psycopg://host/name"
    )
