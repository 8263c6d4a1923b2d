"""Making a database's tables those of today's version, whatever it holds of ours: ``eap-workflow store migrate``.

All of it is one transaction on both databases, begun and ended here by hand: whenever the process dies, the database is as
it was before, or migrated. Whoever else migrates at the same time waits, and then finds nothing left to do.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from eap_workflow.extras import extra

with extra("sql", "alembic"):
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext, MigrationStep
    from alembic.script import ScriptDirectory

from attrs import frozen

from eap_workflow.process_set import Processes
from eap_workflow.store.sql import schema
from eap_workflow.store.sql.dialects import dialect_of, parsed
from eap_workflow.store.sql.discretion import hush
from eap_workflow.store.sql.failures import ours
from eap_workflow.store.sql.tables import VERSION_TABLE
from eap_workflow.store.sql.tables import schema as versions
from eap_workflow.store.sql.writing import on_the_tables

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from eap_workflow.process import Process
    from eap_workflow.store.sql.dialects import Dialect

SCRIPTS = Path(__file__).with_name("migrations")


@frozen(kw_only=True)
class Migrated:
    """What a migration did.

    Attributes:
        found: The version that the tables were of; None where there were none of ours.
        reached: The version that they are of now.
    """

    found: str | None
    reached: str


def migrate(url: str, process: Process | Processes) -> Migrated:
    """Make a database's tables those of today's version, with nothing lost; do nothing where they are.

    Steps that were stored keep what is stored of them, byte for byte, their format and their order. No message of the past
    is sent again. What a file of version 0001 did not keep is not there afterwards either: the calendars that its steps
    name. They are kept from the next step on; until then ``Service.explain`` counts on today's.

    Args:
        url: SQLAlchemy's URL of the database; a SQLite file is made where there is none. Tables of somebody else's are left
            alone.
        process: The workflow whose requests it keeps, or several.

    Raises:
        InvalidValue: The URL is none, or of another database.
        StoreError: The database was written by a newer version, or something in it cannot be read: the error names the
            table and the row, and nothing is changed.
    """
    place = parsed(url)
    dialect = dialect_of(place.get_backend_name())
    hush()
    with closing(dialect), ours(dialect):
        engine = dialect.engine(place, create=True)
        try:
            with engine.connect() as connection:
                return _migrated(dialect, connection, process)
        finally:
            engine.dispose()


def _migrated(dialect: Dialect, connection: Connection, process: Process | Processes) -> Migrated:
    with on_the_tables(dialect, connection):
        found = schema.version(dialect, connection)
        schema.check_known(found)
        if found != schema.VERSION:
            _run(dialect, connection, found, process)
    return Migrated(found=found or None, reached=schema.VERSION)


def _run(dialect: Dialect, connection: Connection, found: str, process: Process | Processes) -> None:
    options = {
        "version_table": VERSION_TABLE,
        "fn": _scripts,
        "found": found,
        # Whether the database is ours alone: only then may what SQLite says of the whole file be changed.
        "alone": found != schema.NOTHING or dialect.is_empty(connection),
        "processes": Processes.of(process),
    }
    # Alembic would make this table with a type of its own.
    versions.create(connection, checkfirst=True)
    if found == schema.BEFORE_VERSIONS:
        connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{found}')")
    # A transaction was begun on the connection, so Alembic leaves it to us to end it.
    context = MigrationContext.configure(connection, opts=options)
    with Operations.context(context):
        context.run_migrations()


def _scripts(heads: tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
    scripts = ScriptDirectory(str(SCRIPTS))
    wanted = scripts.iterate_revisions(schema.VERSION, heads, implicit_base=True)
    return [MigrationStep.upgrade_from_script(scripts.revision_map, each) for each in reversed(list(wanted))]
