"""A real pooler before the PostgreSQL of the tests, where there is PgBouncer on the machine.

It has a few connections to the server, and each session or transaction of its clients gets one that is free.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

# A distribution may have it where only an administrator's path leads.
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))


@contextmanager
def pooled(url: str, mode: str, *, most: int = 4) -> Iterator[str]:
    """A database by way of a pooler, as SQLAlchemy's URL.

    Args:
        url: The database's, by a Unix socket.
        mode: For how long a client keeps a connection to the server: for a session, a transaction or a statement.
        most: How many connections to the server there are.
    """
    program = shutil.which("pgbouncer", path=PLACES)
    if program is None:
        pytest.skip("there is no pooler on this machine (pgbouncer)")
    direct = sqlalchemy.make_url(url)
    folder = Path(tempfile.mkdtemp(prefix="eap-workflow-pool-"))
    try:
        settings = {
            "listen_port": "6432",
            "unix_socket_dir": folder,
            "auth_type": "trust",
            "auth_file": folder / "users",
            "pool_mode": mode,
            "default_pool_size": most,
            **_without_names(program),
        }
        (folder / "users").write_text('"postgres" ""\n')
        (folder / "settings").write_text(
            f"[databases]\n* = host={direct.query['host']}\n[pgbouncer]\n"
            + "".join(f"{name} = {value}\n" for name, value in settings.items())
        )
        if os.geteuid() == 0:
            # It runs as root no more than PostgreSQL does.
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "nobody")
        command = [program, "--quiet", *(["--user", "nobody"] if os.geteuid() == 0 else []), str(folder / "settings")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                by_pooler = direct.set(query={"host": str(folder), "port": "6432"})
                _wait_for(by_pooler)
                yield by_pooler.render_as_string(hide_password=False)
            finally:
                process.kill()
    finally:
        shutil.rmtree(folder)


def connected(url: str | sqlalchemy.URL) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the driver's, each statement of which is a transaction, and none prepared unless it is said."""
    plain = sqlalchemy.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, prepare_threshold=None)


def _without_names(program: str) -> dict[str, str]:
    """What has a pooler keep no prepared statements for its clients: the older ones never do, and do not know of the setting."""
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    assert found is not None, said
    return {"max_prepared_statements": "0"} if (int(found[1]), int(found[2])) >= (1, 21) else {}


def _wait_for(url: sqlalchemy.URL) -> None:
    for _ in range(1_000):
        try:
            connected(url).close()
        except psycopg.OperationalError:
            time.sleep(0.01)
        else:
            return
    raise AssertionError("the pooler does not answer")
