"""Migrating a database: nothing is lost, whatever version it is of, and whenever the process dies."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from eap_workflow.cli.json_rows import status_row
from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.service import Service
from eap_workflow.store.chain import link
from eap_workflow.store.sql import SqlStore, schema
from eap_workflow.store.sql.migrating import Migrated, migrate
from eap_workflow.upcasters import STEP_FORMAT
from eap_workflow.verification import verify
from tests import lines, samples
from tests.lines import PROCESS, handle
from tests.servers import postgres_server, postgres_url  # noqa: F401 - a fixture

SAID_AT = datetime.fromisoformat("2027-02-05T18:00:00+11:00")
MANY = 10_000
OLD = Migrated(found="0001", reached=schema.VERSION)
NEW = Migrated(found=None, reached=schema.VERSION)
SAME = Migrated(found=schema.VERSION, reached=schema.VERSION)
FEW = ("XS-0002", "XS-0008", "XS-0021")
"""Some requests of the sample, where a test migrates it many times."""


def url_of(file: Path) -> str:
    """The URL of a database file."""
    return f"sqlite:///{file}"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of version 0001."""
    return samples.store_0001(tmp_path / "old.db")


@contextmanager
def opened(url: str) -> Iterator[SqlStore]:
    """A store that is there, closed at the end."""
    with SqlStore(url, PROCESS, create=False) as store:
        yield store


def dump(file: Path) -> list[str]:
    """Everything that a SQLite file holds."""
    with closing(sqlite3.connect(file)) as connection:
        marks = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        return [*connection.iterdump(), str(marks)]


def ask(file: Path, query: str, *values: object) -> list[Any]:
    """The rows that a query finds in a SQLite file."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query, values).fetchall()


def change(file: Path, *statements: str) -> None:
    """Change a file of version 0001 behind the library's back."""
    with closing(sqlite3.connect(file)) as connection:
        for name in ("steps_are_kept", "steps_are_final", "steps_follow"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


# --- a file of version 0001 -------------------------------------------------------------------------------------------


def test_the_sample_is_what_version_0001_wrote(old: Path) -> None:
    """It is told apart by its marks and tables, as that library left them."""
    assert ask(old, "PRAGMA user_version") == [(1,)]
    assert ask(old, "SELECT count(*), count(DISTINCT request) FROM steps") == [(319, 54)]


def test_every_step_is_kept_as_it_was_stored(old: Path) -> None:
    """Content and position, byte for byte, with format 1; and each is chained to the one before it."""
    before = ask(old, "SELECT position, request, version, content FROM steps ORDER BY position")
    assert migrate(url_of(old), PROCESS) == OLD
    after = ask(
        old, "SELECT position, request, version, content, format, before, digest FROM eap_steps ORDER BY position"
    )
    assert [row[:4] for row in after] == before
    heads: dict[str, str] = {}
    for _, request, version, content, format_, above, digest in after:
        assert format_ == 1
        assert above == heads.get(request, "")
        assert digest == link(above, request, version, 1, content)
        heads[request] = digest
    assert dict(ask(old, "SELECT request, head FROM eap_requests")) == heads
    assert ask(old, "SELECT seq FROM sqlite_sequence WHERE name = 'eap_steps'") == [(before[-1][0],)]


def test_every_request_stands_as_it_stood(old: Path) -> None:
    """What the old library said of each is what this one says, and every chain and every trail verifies."""
    migrate(url_of(old), PROCESS)
    with opened(url_of(old)) as store:
        assert list(verify(store)) == []
        service = Service(store)
        rows = [status_row(service.status(each, SAID_AT)) for each in service.snapshots()]
        said = samples.status_0001()
        assert [{key: row[key] for key in said[0]} for row in rows] == said
        for row in said:
            replayed = PROCESS.replay(service.trail(row["request"]))
            assert replayed == service.snapshot(row["request"])


def test_what_else_was_kept_is_kept(old: Path) -> None:
    """Command ids and policies, as they were; no message is made for the past, and no calendar was known."""
    commands = ask(old, "SELECT id, digest, request, first, last FROM commands ORDER BY id")
    policies = ask(old, "SELECT contract, version, content FROM policies ORDER BY contract, version")
    assert len(commands) == 32
    migrate(url_of(old), PROCESS)
    assert ask(old, "SELECT id, digest, request, first, last FROM eap_commands ORDER BY id") == commands
    assert ask(old, "SELECT contract, version, content FROM eap_policies ORDER BY contract, version") == policies
    for query in (
        "SELECT count(*) FROM eap_messages",
        "SELECT count(*) FROM eap_calendars",
        "SELECT count(*) FROM eap_checkpoints",
        "SELECT count(*) FROM eap_removals",
    ):
        assert ask(old, query) == [(0,)]


def rows_but_for_the_head(file: Path) -> list[dict[str, Any]]:
    """Every request's row, without the digest that its chain ends with: that is over what is stored, in its own format."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM eap_requests ORDER BY request")]
    return [{name: row[name] for name in row if name != "head"} for row in rows]


def test_each_row_is_what_todays_library_writes_of_the_same_steps(old: Path, tmp_path: Path) -> None:
    """A request that was brought over is found, and falls due, as one that was never anywhere else."""
    migrate(url_of(old), PROCESS)
    with (
        opened(url_of(old)) as store,
        SqlStore(url_of(tmp_path / "new.db"), PROCESS) as other,
        store.reading() as given,
        other.transaction() as taken,
    ):
        for snapshot in given.requests(None, MANY):
            taken.append(given.trail(snapshot.request), snapshot)
    assert rows_but_for_the_head(old) == rows_but_for_the_head(tmp_path / "new.db")


def test_a_migrated_store_goes_on(old: Path) -> None:
    """Commands, the clock and an id that came before: as in any other store; and the chains go on in today's format."""
    migrate(url_of(old), PROCESS)
    with opened(url_of(old)) as store:
        service = lines.service(store)
        handle(service, *lines.told("XS-9001"))
        assert list(verify(store)) == []
    formats = ask(old, "SELECT request > 'XS-9', format, count(*) > 0 FROM eap_steps GROUP BY 1, 2")
    assert [row[:2] for row in formats] == [(0, 1), (1, STEP_FORMAT)]


def test_what_stands_beside_an_old_file_is_left_alone(old: Path) -> None:
    """A table that somebody made in it is there afterwards, with its rows."""
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, about TEXT); INSERT INTO notes VALUES (1, 'x');"
        )
    assert migrate(url_of(old), PROCESS) == OLD
    assert ask(old, "SELECT * FROM notes") == [(1, "x")]
    ours = ask(
        old,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'eap_%' AND name NOT LIKE 'sqlite_%'",
    )
    assert ours == [("notes",)]


def test_many_requests_are_brought_over_page_by_page(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a page ends makes no difference, so what is held in memory is a page."""
    from eap_workflow.store.sql.migrations import rows_of_0001

    migrate(url_of(old), PROCESS)
    for size in (1, 7, 54):
        monkeypatch.setattr(rows_of_0001, "PAGE", size)
        file = samples.store_0001(old.with_name(f"{size}.db"))
        migrate(url_of(file), PROCESS)
        assert dump(file) == dump(old)


# --- the tables -------------------------------------------------------------------------------------------------------


def tables_of(file: Path) -> list[Any]:
    """Every table, index and trigger of a SQLite file as it was made, and the file's marks."""
    made = ask(file, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
    return [*made, ask(file, "PRAGMA application_id"), ask(file, "PRAGMA user_version")]


def test_the_scripts_make_what_a_new_store_makes(old: Path, tmp_path: Path) -> None:
    """On SQLite, from an old file and from nothing: whoever changes the tables finds out that a script is missing."""
    fresh, from_nothing = tmp_path / "fresh.db", tmp_path / "nothing.db"
    SqlStore(url_of(fresh), PROCESS).close()
    assert migrate(url_of(from_nothing), PROCESS) == NEW
    migrate(url_of(old), PROCESS)
    assert tables_of(from_nothing) == tables_of(fresh)
    assert tables_of(old) == tables_of(fresh)
    assert ask(fresh, "PRAGMA user_version") == [(int(schema.VERSION),)]


CATALOGUE = (
    """SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, collation_name,
        is_identity, identity_generation FROM information_schema.columns WHERE table_schema = 'public'""",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT tgname, tgrelid::regclass::text, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


def catalogue(url: str) -> list[Any]:
    """Every column, index, constraint, trigger and function of a PostgreSQL database."""
    with connected(url) as connection:
        return [sorted(map(repr, connection.exec_driver_sql(query))) for query in CATALOGUE]


@contextmanager
def connected(url: str) -> Iterator[sqlalchemy.Connection]:
    """A connection of somebody else's; each statement is a transaction."""
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def test_the_scripts_make_what_a_new_store_makes_on_postgresql(postgres_url: str) -> None:  # noqa: F811
    """Made at once or by the scripts: the same columns, indexes, constraints, triggers and functions."""
    SqlStore(postgres_url, PROCESS).close()
    with postgres_server().database() as url:
        assert migrate(url, PROCESS) == NEW
        assert catalogue(url) == catalogue(postgres_url)
        assert all(catalogue(url))
        assert migrate(url, PROCESS) == SAME
        with opened(url) as store:
            handle(lines.service(store), *lines.told("XS-1"))
            assert list(verify(store)) == []


def test_todays_tables_are_left_as_they_are(old: Path) -> None:
    """Migrating again does nothing at all."""
    migrate(url_of(old), PROCESS)
    before = dump(old)
    assert migrate(url_of(old), PROCESS) == SAME
    assert dump(old) == before


THEIRS = (
    "CREATE TABLE steps (id INTEGER PRIMARY KEY, what TEXT)",
    "CREATE TABLE requests (id INTEGER PRIMARY KEY, what TEXT)",
    "CREATE TABLE commands (id INTEGER PRIMARY KEY)",
    "CREATE TABLE policies (id INTEGER PRIMARY KEY)",
    "INSERT INTO steps VALUES (1, 'theirs')",
)


def test_ours_are_made_beside_somebody_elses(tmp_path: Path) -> None:
    """Tables that are called as ours were once are not touched, nor what the file says of itself."""
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as connection:
        for statement in (*THEIRS, "PRAGMA user_version = 7", "PRAGMA application_id = 42"):
            connection.execute(statement)
        connection.commit()
    with pytest.raises(StoreError, match="store migrate"):
        SqlStore(url_of(file), PROCESS)
    assert migrate(url_of(file), PROCESS) == NEW
    assert ask(file, "SELECT * FROM steps") == [(1, "theirs")]
    assert (ask(file, "PRAGMA user_version"), ask(file, "PRAGMA application_id")) == ([(7,)], [(42,)])
    with opened(url_of(file)) as store:
        handle(lines.service(store), *lines.told("XS-1"))
        assert list(verify(store)) == []


def test_ours_are_made_beside_somebody_elses_on_postgresql(postgres_url: str) -> None:  # noqa: F811
    """Tables that are called as ours were once are not touched."""
    with connected(postgres_url) as connection:
        for statement in THEIRS:
            connection.exec_driver_sql(statement)
    with pytest.raises(StoreError, match="store migrate"):
        SqlStore(postgres_url, PROCESS)
    assert migrate(postgres_url, PROCESS) == NEW
    with connected(postgres_url) as connection:
        assert connection.exec_driver_sql("SELECT what FROM steps").all() == [("theirs",)]
    with opened(postgres_url) as store:
        handle(lines.service(store), *lines.told("XS-1"))


# --- what is refused --------------------------------------------------------------------------------------------------


def test_an_old_file_says_what_to_do(old: Path) -> None:
    """Opening it changes nothing, and names the command."""
    before = dump(old)
    for create in (True, False):
        with pytest.raises(StoreError, match=r"older version.*eap-workflow store migrate"):
            SqlStore(url_of(old), PROCESS, create=create)
    assert dump(old) == before


def test_an_older_library_refuses_a_migrated_file(old: Path) -> None:
    """It knows version 1 of its own mark, and calls whatever is higher a newer version's; its tables are gone."""
    migrate(url_of(old), PROCESS)
    assert ask(old, "PRAGMA user_version")[0][0] > 1
    assert ask(
        old, "SELECT count(*) FROM sqlite_schema WHERE name IN ('steps', 'requests', 'commands', 'policies')"
    ) == [(0,)]


def newer(file: Path) -> Path:
    """A file that a later version of the library has migrated."""
    SqlStore(url_of(file), PROCESS).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE eap_schema SET version_num = '0003'")
        connection.commit()
    return file


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """By whoever opens it and by migrating, and nothing of it is changed."""
    file = newer(tmp_path / "newer.db")
    before = dump(file)
    for refused in (
        lambda: SqlStore(url_of(file), PROCESS),
        lambda: SqlStore(url_of(file), PROCESS, create=False),
        lambda: migrate(url_of(file), PROCESS),
    ):
        with pytest.raises(StoreError, match="newer version"):
            refused()
    assert dump(file) == before


def test_a_newer_database_is_refused_on_postgresql(postgres_url: str) -> None:  # noqa: F811
    """As on SQLite."""
    migrate(postgres_url, PROCESS)
    with connected(postgres_url) as connection:
        connection.exec_driver_sql("UPDATE eap_schema SET version_num = '0003'")
    before = catalogue(postgres_url)
    for refused in (lambda: SqlStore(postgres_url, PROCESS), lambda: migrate(postgres_url, PROCESS)):
        with pytest.raises(StoreError, match="newer version"):
            refused()
    assert catalogue(postgres_url) == before


@pytest.mark.parametrize("url", ["", "nothing", "mysql://host/name", "postgresql+asyncpg://host/name"])
def test_a_url_of_no_database_of_ours_is_refused(url: str) -> None:
    """As where a store is opened."""
    with pytest.raises(InvalidValue):
        migrate(url, PROCESS)


def content(changed: dict[str, Any], *gone: str) -> str:
    """A step that was edited: the first of the sample, with this instead."""
    first = {**parse_object(samples.steps(1)[0]), **changed}
    return canonical_json({key: value for key, value in first.items() if key not in gone}).replace("'", "''")


MARK = "Joanna-Marked"
SNAPSHOT = "UPDATE requests SET snapshot = '{}' WHERE request = 'XS-0002'"
POLICY = "UPDATE policies SET content = '{}' WHERE contract = 'harbour'"
FIRST = "UPDATE steps SET content = '{}' WHERE position = 4"


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        (FIRST.format("{"), "row 4 of the table steps"),
        (FIRST.format(f'["{MARK}"]'), "row 4 of the table steps"),
        (FIRST.format(content({MARK: MARK})), "row 4 of the table steps"),
        (FIRST.format(content({"trigger": MARK})), "row 4 of the table steps"),
        (FIRST.format(content({"trigger": {MARK: MARK}})), "row 4 of the table steps"),
        (FIRST.format(content({"at": MARK})), "row 4 of the table steps"),
        (FIRST.format(content({"by": MARK})), "row 4 of the table steps"),
        (FIRST.format(content({}, "from")), "row 4 of the table steps"),
        (
            FIRST.format(content({"trigger": "relay", "by": {"id": "clock", "role": "system"}}, "command")),
            "of the table steps",
        ),
        ("UPDATE steps SET version = 90 WHERE request = 'XS-0002' AND version = 3", "of the table steps"),
        ("DELETE FROM steps WHERE request = 'XS-0002' AND version = 2", "of the table steps"),
        ("DELETE FROM steps WHERE request = 'XS-0002' AND version = 7", "of the table requests .* as its steps say"),
        ("DELETE FROM steps WHERE request = 'XS-0002'", "of the table requests .* no steps"),
        ("DELETE FROM requests WHERE request = 'XS-0002'", "row 4 of the table steps .* not there"),
        (SNAPSHOT.format("{}"), "of the table requests"),
        (SNAPSHOT.format(MARK), "of the table requests"),
        (
            "UPDATE requests SET snapshot = replace(snapshot, '\"approved\"', '\"declined\"') WHERE request = 'XS-0002'",
            "of the table requests .* as its steps say",
        ),
        (POLICY.format(f'{{"contract": "{MARK}"}}'), "of the table policies"),
    ],
)
def test_what_cannot_be_read_stops_the_migration(
    old: Path, statement: str, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The error names the table and the row, and no value of it; the file is as it was, and can be mended."""
    change(old, statement)
    before = dump(old)
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreError, match=place) as caught:
        migrate(url_of(old), PROCESS)
    said = f"{caught.value} {caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r} {caplog.text}"
    assert "nothing was changed" in said
    assert MARK not in said
    assert not re.search(r"XS-0\d|cl-\d|con-\d|ASST", said)
    assert dump(old) == before


# --- whenever it dies -------------------------------------------------------------------------------------------------

CHILD = """
import os, signal, sys
import sqlalchemy
from eap_workflow.store.sql.migrating import migrate
from eap_workflow.workflows import extra_sessions

# What a first migration loads, so that it is not loaded again each time.
migrate("sqlite://", extra_sessions.PROCESS)
sqlalchemy.create_engine("postgresql+psycopg://") if sys.argv[1] == "postgresql" else None

def die_before(number):
    def count(*_):
        nonlocal number
        number -= 1
        if not number:
            os.kill(os.getpid(), signal.SIGKILL)
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", count)

for line in sys.stdin:
    url, number = line.split()
    child = os.fork()
    if not child:
        die_before(int(number))
        migrate(url, extra_sessions.PROCESS)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("killed" if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status), flush=True)
"""
"""Migrates what it is told to, each time in a child that kills itself before a certain statement."""


@contextmanager
def dying(database: str) -> Iterator[Any]:
    """Something to call with a URL and a number: whether the migration was killed before that statement."""
    if not hasattr(os, "fork"):
        pytest.skip("this platform has no processes that are copied")
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None

        def killed(url: str, number: int) -> bool:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(f"{url} {number}\n")
            child.stdin.flush()
            answer = child.stdout.readline().strip()
            assert answer in ("killed", "0")
            return answer == "killed"

        yield killed
        child.stdin.close()


def test_killed_before_any_statement_a_file_is_old_or_new(tmp_path: Path) -> None:
    """Whichever statement it is, BEGIN and COMMIT included: wholly as it was; and migrating again ends as ever."""
    before = dump(samples.store_0001(tmp_path / "before.db", *FEW))
    after = samples.store_0001(tmp_path / "after.db", *FEW)
    migrate(url_of(after), PROCESS)
    number, ended = 0, False
    with dying("sqlite") as killed:
        while not ended:
            number += 1
            file = Path(shutil.copy(tmp_path / "before.db", tmp_path / f"{number}.db"))
            ended = not killed(url_of(file), number)
            assert dump(file) == (dump(after) if ended else before)
            assert migrate(url_of(file), PROCESS) == (SAME if ended else OLD)
            assert dump(file) == dump(after)
    assert number > 30
    with opened(url_of(after)) as store:
        assert list(verify(store)) == []


def test_killed_before_any_statement_a_new_postgresql_is_empty_or_whole(postgres_url: str) -> None:  # noqa: F811
    """Whichever statement it is: there is no table, or all of them; and migrating again ends as ever."""
    there = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    whole: int | None = None
    number, ended = 0, False
    with dying("postgresql") as killed, connected(postgres_url) as connection:
        while not ended:
            number += 1
            ended = not killed(postgres_url, number)
            assert connection.exec_driver_sql(there).scalar() == (whole if ended else 0)
            assert migrate(postgres_url, PROCESS) == (SAME if ended else NEW)
            whole = whole or connection.exec_driver_sql(there).scalar()
            if not ended:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
    assert number > 30


def test_of_several_who_migrate_at_once_one_does(old: Path) -> None:
    """The others wait, and find nothing left to do."""
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: migrate(url_of(old), PROCESS), range(4)))
    assert sorted(json.dumps(each.found) for each in results) == ['"0001"', *['"0002"'] * 3]
    with opened(url_of(old)) as store:
        assert list(verify(store)) == []
