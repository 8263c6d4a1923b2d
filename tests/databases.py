"""The two databases that the store runs on, each empty and real, for tests that both have to pass."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy

from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore
from eap_workflow.testing.acts import KEPT
from tests import lines
from tests.servers import postgres_server

KINDS = ("sqlite", "postgresql")


@contextmanager
def new_database(kind: str) -> Iterator[str]:
    """An empty database of a kind, as SQLAlchemy's URL."""
    if kind == "postgresql":
        with postgres_server().database() as url:
            yield url
        return
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder, 'requests.db')}"


@contextmanager
def opened(url: str, *, create: bool = True) -> Iterator[SqlStore]:
    """A store on a database, closed at the end."""
    with SqlStore(url, KEPT, create=create) as store:
        yield store


@contextmanager
def engine_of(url: str, **options: Any) -> Iterator[sqlalchemy.Engine]:
    """An engine of somebody else's on a database, as SQLAlchemy makes it by default; disposed of at the end."""
    engine = sqlalchemy.create_engine(url, **options)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def directly(url: str) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """What a person with rights does past the store: statements, each committed at once."""
    with engine_of(url, isolation_level="AUTOCOMMIT") as engine, engine.connect() as connection:

        def execute(statement: str, **values: Any) -> list[tuple[Any, ...]]:
            result = connection.execute(sqlalchemy.text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []

        yield execute


def without_guards(execute: Callable[..., list[tuple[Any, ...]]], kind: str) -> None:
    """Take away what keeps steps, removals, policies and calendars append-only, as somebody could who owns the database."""
    if kind == "postgresql":
        execute("ALTER TABLE eap_steps DISABLE TRIGGER USER")
        execute("ALTER TABLE eap_removals DISABLE TRIGGER USER")
        execute("ALTER TABLE eap_policies DISABLE TRIGGER USER")
        execute("ALTER TABLE eap_calendars DISABLE TRIGGER USER")
        return
    for trigger in execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'eap\\_%' ESCAPE '\\'"):
        execute(f"DROP TRIGGER {trigger[0]}")


def at_once(*works: Callable[[], object]) -> list[Any]:
    """Do things at the same time, a thread each; give what each gave or raised, in order."""
    ready = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        ready.wait()
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            results[place] = error

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database: each test runs on both."""
    return str(request.param)


@pytest.fixture
def url(kind: str) -> Iterator[str]:
    """An empty database."""
    with new_database(kind) as made:
        yield made


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store on it."""
    with opened(url) as made:
        yield made


@pytest.fixture
def service(store: SqlStore) -> Service:
    """A service on that."""
    return lines.service(store)
