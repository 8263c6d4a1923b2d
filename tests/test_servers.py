"""The PostgreSQL that the tests run: it is real, it is empty each time, and nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import PostgresServer, own_postgres, postgres_server, postgres_url

__all__ = ["own_postgres", "postgres_url"]


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """Ask a database something, as the store would."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def test_it_is_a_postgresql(postgres_url: str) -> None:
    """SQLAlchemy reaches it by the URL, and it is a PostgreSQL."""
    ((version,),) = query(postgres_url, "SELECT version()")
    assert str(version).startswith("PostgreSQL ")


def test_each_database_is_empty(postgres_url: str) -> None:
    """What one test leaves, tables, types, schemas or an open connection, the next one does not find."""
    import sqlalchemy

    with postgres_server().database() as other:
        assert other != postgres_url
        query(other, 'CREATE SCHEMA "odd name"; CREATE TABLE "odd name".x (a int); CREATE TABLE y (a int)')
        forgotten = sqlalchemy.create_engine(other).connect()
        forgotten.exec_driver_sql("LOCK TABLE y")
    with postgres_server().database() as again:
        assert again == other
        names = "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema'"
        assert query(again, names) == [("public",)]
        assert query(again, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []
        forgotten.invalidate()
        forgotten.close()


def test_what_is_committed_outlives_a_stop_and_a_crash(own_postgres: PostgresServer) -> None:
    """A server of one's own can be stopped, crashed and started again, and keeps what it acknowledged."""
    import sqlalchemy

    url = own_postgres.url("postgres")
    query(url, "CREATE TABLE x (a int)")
    for number, end in enumerate((own_postgres.stop, own_postgres.crash)):
        query(url, f"INSERT INTO x SELECT {number}")
        end()
        with pytest.raises(sqlalchemy.exc.OperationalError):
            query(url, "SELECT 1")
        own_postgres.start()
    assert query(url, "SELECT a FROM x ORDER BY a") == [(0,), (1,)]


WAITS = """
from tests.servers import postgres_server
server = postgres_server()
print((server._data / "postmaster.pid").read_text().split()[0], server._folder, flush=True)
input()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, None])
def test_nothing_is_left_however_the_tests_end(how: signal.Signals | None) -> None:
    """Killed, interrupted, told to end or done: the server is gone soon after, and so is its folder."""
    tests = subprocess.Popen(
        [sys.executable, "-c", WAITS],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert tests.stdout is not None
    server, folder = tests.stdout.readline().split()
    assert Path(folder).is_dir()
    if how is None:
        tests.communicate("\n", timeout=30)
    else:
        # As a terminal does: the whole group of processes.
        os.killpg(tests.pid, how)
        tests.communicate(timeout=30)
    for _ in range(1_000):
        if not Path(folder).exists() and not _runs(int(server)):
            break
        time.sleep(0.02)
    assert not Path(folder).exists()
    assert not _runs(int(server))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
