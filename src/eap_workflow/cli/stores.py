"""``eap-workflow store``: a store's tables brought to today's version, and a copy of it made."""

from __future__ import annotations

import json

import click

from eap_workflow.cli import options
from eap_workflow.processes import every_process


@click.group(context_settings=options.HELP)
def store() -> None:
    """The database itself: its version, and copies of it."""


@store.command()
@options.store
@options.as_json
def migrate(store: str, *, as_json: bool) -> None:
    """Make the tables of this version, or bring older ones to it, with nothing lost.

    It is one transaction: until it has ended, the database is as it was. Make a copy first all the same: there is no way
    back to an older version.
    """
    from eap_workflow.store.sql.migrating import migrate

    done = migrate(store, every_process())
    if as_json:
        click.echo(json.dumps({"found": done.found, "reached": done.reached}))
    elif done.found is None:
        click.echo(f"tables of version {done.reached} were made")
    elif done.found == done.reached:
        click.echo(f"the tables are of version {done.reached} already")
    else:
        click.echo(f"the tables were brought from version {done.found} to version {done.reached}")


@store.command()
@click.argument("file", type=click.Path())
@options.store
@options.as_json
def backup(file: str, store: str, *, as_json: bool) -> None:
    """Copy a SQLite store to a new FILE, whole, while it is written to; it never goes over one that is there.

    Copying the database's file by other means loses what stands in the log beside it. A PostgreSQL database is copied by
    pg_dump.
    """
    from eap_workflow.store.sql.backups import backup

    done = backup(store, file)
    if as_json:
        click.echo(json.dumps({"file": file, "version": done.version, "bytes": done.size}))
    else:
        click.echo(f"{file}: {done.size} bytes, tables of version {done.version}")
