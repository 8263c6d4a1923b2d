"""Which version a database is of: told apart by what is in it, and only today's is worked with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from eap_workflow.errors import StoreError
from eap_workflow.store.sql import SqlStore, schema
from eap_workflow.store.sql.sqlite import Sqlite
from tests import samples
from tests.lines import PROCESS


def version_of(file: Path) -> str:
    """The version that a SQLite file is of."""
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return schema.version(Sqlite(), connection)
    finally:
        engine.dispose()


def change(file: Path, *statements: str) -> Path:
    """Change a SQLite file behind the library's back."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return file


@pytest.fixture
def today(tmp_path: Path) -> Path:
    """A file of today's version."""
    SqlStore(f"sqlite:///{tmp_path / 'today.db'}", PROCESS).close()
    return tmp_path / "today.db"


def test_a_version_is_told_by_what_is_there(today: Path, tmp_path: Path) -> None:
    """Nothing, somebody else's, the one from before versions were kept, and whatever is written down."""
    assert version_of(tmp_path / "nothing.db") == schema.NOTHING
    assert (
        version_of(change(tmp_path / "theirs.db", "CREATE TABLE steps (id)", "CREATE TABLE requests (id)"))
        == schema.NOTHING
    )
    assert version_of(samples.store_0001(tmp_path / "old.db")) == schema.BEFORE_VERSIONS == "0001"
    assert version_of(today) == schema.VERSION
    assert version_of(change(today, "UPDATE eap_schema SET version_num = '0815'")) == "0815"
    assert version_of(change(today, "DELETE FROM eap_schema")) == schema.NOTHING


def test_only_todays_version_passes() -> None:
    """An older one and none are told what to do; a newer one is refused by whatever looks at versions."""
    schema.check(schema.VERSION)
    with pytest.raises(StoreError, match=r"older version.*store migrate"):
        schema.check(schema.BEFORE_VERSIONS)
    with pytest.raises(StoreError, match=r"no tables of ours.*store migrate"):
        schema.check(schema.NOTHING)
    for check in (schema.check, schema.check_known):
        with pytest.raises(StoreError, match="newer version"):
            check("0003")
    for known in schema.KNOWN:
        schema.check_known(known)


def test_a_new_file_is_marked_as_ours_alone(today: Path) -> None:
    """By whose it is, and by a number that the library of version 0001 takes for a newer one."""
    with closing(sqlite3.connect(today)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x45415057,)
        assert connection.execute("PRAGMA user_version").fetchone() == (int(schema.VERSION),)


def test_the_last_script_leads_to_todays_version() -> None:
    """The scripts are one line of versions, known from the first to the last."""
    from alembic.script import ScriptDirectory

    from eap_workflow.store.sql.migrating import SCRIPTS

    scripts = ScriptDirectory(str(SCRIPTS))
    assert scripts.get_current_head() == schema.VERSION
    assert tuple(reversed([each.revision for each in scripts.walk_revisions()])) == schema.KNOWN[1:]
