"""Which version a database's tables are of, and how new ones are made.

The version is that of the migrations (`eap_workflow.store.sql.migrations`), which are loaded only to migrate: opening a
store reads one row, and making a new one makes today's tables at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.errors import StoreError
from eap_workflow.store.sql.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from eap_workflow.store.sql.dialects import Dialect

NOTHING = ""
BEFORE_VERSIONS = "0001"
VERSION = "0002"
"""The version of the tables that this library reads and writes."""

KNOWN = (NOTHING, BEFORE_VERSIONS, VERSION)


def version(dialect: Dialect, connection: Connection) -> str:
    """Tell which version the tables are of; empty where there are none."""
    if not dialect.has_version(connection):
        return BEFORE_VERSIONS if dialect.made_before_versions(connection) else NOTHING
    return str(connection.exec_driver_sql("SELECT version_num FROM eap_schema").scalar() or NOTHING)


def check_known(found: str) -> None:
    """Refuse tables of a version that this library does not know.

    Raises:
        StoreError: They are newer.
    """
    if found not in KNOWN:
        raise StoreError("the database was written by a newer version of this library")


def check(found: str) -> None:
    """Refuse tables that are not of today's version.

    Raises:
        StoreError: They are older, newer, or not there.
    """
    check_known(found)
    if found == VERSION:
        return
    if found == NOTHING:
        raise StoreError("the database holds no tables of ours: `eap-workflow store migrate` makes them")
    raise StoreError("the database was written by an older version of this library: run `eap-workflow store migrate`")


def make(dialect: Dialect, connection: Connection) -> None:
    """Make today's tables, and say so in them; the database is empty, so a SQLite file is marked as ours alone."""
    metadata.create_all(connection, checkfirst=False)
    for statement in dialect.guards():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"INSERT INTO eap_schema (version_num) VALUES ('{VERSION}')")
    if dialect.name == "sqlite":
        # By this number the library of version 0001, which looks at nothing else, refuses the file as a newer one.
        connection.exec_driver_sql(f"PRAGMA user_version = {int(VERSION)}")
