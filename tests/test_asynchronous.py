"""The service on an event loop: the same answers, on both databases, and nothing left of a call that was cancelled."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_scoped_session,
    async_sessionmaker,
    create_async_engine,
)

from eap_workflow.asynchronous import AsyncService
from eap_workflow.envelope import Envelope
from eap_workflow.errors import Conflict, InvalidType, InvalidValue, Refused, Unknown
from eap_workflow.service import Service
from eap_workflow.store import Wanted
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.verification import verify
from tests import lines
from tests.databases import directly, kind, service, store, url
from tests.lines import APPROVER, FAR, PROCESS, assert_whole, contents, handle

__all__ = ["kind", "service", "store", "url"]


@asynccontextmanager
async def awaited(service: Service, url: str, **options: Any) -> AsyncIterator[AsyncService]:
    """An asynchronous service on the same database, and its engine let go of at the end."""
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"), **options)
    try:
        yield AsyncService(service, engine)
    finally:
        await engine.dispose()


def on_a_loop(service: Service, url: str, what: Callable[[AsyncService, AsyncEngine], Awaitable[None]]) -> None:
    """Run something on an event loop of its own."""

    async def run() -> None:
        async with awaited(service, url) as acting:
            await what(acting, acting._engine)

    asyncio.run(run())


def read(given: list[lines.Line]) -> list[Envelope]:
    """Lines, read as commands."""
    return [lines.read(each) for each in given]


def test_it_answers_as_the_service_does(service: Service, url: str) -> None:
    """A whole path ends as in memory, and everything that can be asked says the same."""
    simplest = lines.service(MemoryStore(PROCESS))
    given = [*lines.told("XS-1"), *lines.filed("XS-2", 1), lines.draft("XS-3", 2)]
    expected = handle(simplest, given)

    async def run(acting: AsyncService, _engine: AsyncEngine) -> None:
        assert [await acting.handle(each) for each in read(given)] == expected
        assert await acting.snapshot("XS-1") == simplest.snapshot("XS-1")
        assert await acting.trail("XS-1") == simplest.trail("XS-1")
        assert await acting.status("XS-2", FAR) == simplest.status(simplest.snapshot("XS-2"), FAR)
        assert await acting.page(Wanted(state="draft")) == simplest.page(Wanted(state="draft"))
        assert await acting.page(after=simplest.snapshot("XS-1"), most=1) == (simplest.snapshot("XS-2"),)
        withdrawing = lines.read(lines.line("withdraw", "XS-2", 3))
        assert await acting.can(withdrawing) == simplest.can(withdrawing)
        assert await acting.call(lambda within: within.latest_at()) == simplest.latest_at()

    on_a_loop(service, url, run)
    assert contents(service.store) == contents(simplest.store)


def test_the_errors_are_the_same_and_leave_nothing(service: Service, url: str) -> None:
    """Refused, unknown and in conflict, as without a loop, and a command id is free again."""
    handle(service, lines.filed("XS-1"))
    before = contents(service.store, ["id-1"])

    async def run(acting: AsyncService, _engine: AsyncEngine) -> None:
        with pytest.raises(Refused):
            await acting.handle(lines.read(lines.line("support", "XS-1", 1, lines.MANAGER, id="id-1")))
        with pytest.raises(Unknown):
            await acting.snapshot("XS-9")
        with pytest.raises(Conflict) as caught:
            await acting.handle(lines.read(lines.line("approve", "XS-1", 1, APPROVER, version=2, id="id-1")))
        assert [step.trigger for step in caught.value.meanwhile] == ["forward"]

    on_a_loop(service, url, run)
    assert contents(service.store, ["id-1"]) == before


def test_many_at_once_lose_no_step(service: Service, url: str) -> None:
    """Commands for a few requests, all under way together, are each acted on once and in some order."""

    async def run(acting: AsyncService, _engine: AsyncEngine) -> None:
        given = read([lines.draft(f"XS-{number % 4}") for number in range(40)])
        receipts = await asyncio.gather(*(acting.handle(each) for each in given))
        versions = Counter(receipt.snapshot.request for receipt in receipts)
        assert versions == {f"XS-{number}": 10 for number in range(4)}

    on_a_loop(service, url, run)
    assert [each.version for each in service.snapshots()] == [10] * 4
    assert list(verify(service.store)) == []


def test_a_command_sent_many_times_at_once_acts_once(service: Service, url: str) -> None:
    """One id in eight calls at once: one acts, and the others are given its result."""
    handle(service, lines.filed("XS-1"))
    approval = lines.read(lines.line("approve", "XS-1", 1, APPROVER, id="id-1"))

    async def run(acting: AsyncService, _engine: AsyncEngine) -> None:
        receipts = await asyncio.gather(*(acting.handle(approval) for _ in range(8)))
        assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 7

    on_a_loop(service, url, run)
    assert service.snapshot("XS-1").version == 4


@pytest.mark.parametrize("opens", [AsyncConnection, AsyncSession])
def test_both_are_committed_or_undone_together(service: Service, url: str, opens: type) -> None:
    """The caller's own change and ours: neither before the caller commits, both after it, and neither after a rollback."""
    with directly(url) as execute:
        execute("CREATE TABLE cases (name TEXT PRIMARY KEY)")

    async def act(acting: AsyncService, engine: AsyncEngine, name: str, end: str) -> None:
        async with engine.connect() if opens is AsyncConnection else AsyncSession(engine) as caller:
            await caller.execute(sqlalchemy.text("INSERT INTO cases VALUES (:name)"), {"name": name})
            await acting.handle(lines.read(lines.draft(name)), connection=caller)
            with pytest.raises(Refused):
                await acting.handle(lines.read(lines.line("approve", name, 1, APPROVER)), connection=caller)
            assert (await acting.snapshot(name, connection=caller)).version == 1
            with pytest.raises(Unknown):
                await asyncio.to_thread(service.snapshot, name)
            await getattr(caller, end)()

    async def run(acting: AsyncService, engine: AsyncEngine) -> None:
        await act(acting, engine, "XS-1", "commit")
        await act(acting, engine, "XS-2", "rollback")

    on_a_loop(service, url, run)
    with directly(url) as execute:
        assert execute("SELECT name FROM cases") == [("XS-1",)]
    assert [each.request for each in service.snapshots()] == ["XS-1"]


def test_a_session_of_the_present_task_is_taken_too(service: Service, url: str) -> None:
    """What a web framework hands out is a registry of sessions: each task is in a transaction of its own, and commits its own."""

    async def act(acting: AsyncService, sessions: async_scoped_session[AsyncSession], name: str, end: str) -> None:
        await acting.handle(lines.read(lines.draft(name)), connection=sessions)
        assert (await acting.snapshot(name, connection=sessions)).version == 1
        await getattr(sessions, end)()
        await sessions.remove()

    async def run(acting: AsyncService, engine: AsyncEngine) -> None:
        sessions = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)
        ends = {"XS-1": "commit", "XS-2": "rollback", "XS-3": "commit"}
        await asyncio.gather(*(act(acting, sessions, name, end) for name, end in ends.items()))

    on_a_loop(service, url, run)
    assert sorted(each.request for each in service.snapshots()) == ["XS-1", "XS-3"]


# Cancelled while it connects, aiosqlite leaves the connection for Python to close, which Python 3.13 and later say aloud.
@pytest.mark.filterwarnings("ignore:.*sqlite3.Connection:pytest.PytestUnraisableExceptionWarning")
def test_a_cancelled_call_leaves_nothing_or_all(service: Service, url: str) -> None:
    """Cancelled at any moment, a command is there whole, with its id and messages, or not at all; the next one is acted on."""

    async def run(acting: AsyncService, _engine: AsyncEngine) -> None:
        began = asyncio.get_running_loop().time()
        await acting.handle(lines.read(lines.draft("XS-0")))
        took = asyncio.get_running_loop().time() - began
        for number in range(30):
            given = lines.read(lines.draft(f"XS-{number + 1}", id=f"id-{number + 1}"))
            task = asyncio.ensure_future(acting.handle(given))
            await asyncio.sleep(took * number / 24)
            task.cancel()
            (result,) = await asyncio.gather(task, return_exceptions=True)
            cancelled.append(isinstance(result, asyncio.CancelledError))
            assert cancelled[-1] or not isinstance(result, BaseException), result
        again = [lines.read(lines.draft(f"XS-{number + 1}", id=f"id-{number + 1}")) for number in range(30)]
        receipts.extend([await acting.handle(envelope) for envelope in again])

    cancelled: list[bool] = []
    receipts: list[Any] = []
    on_a_loop(service, url, run)
    assert any(cancelled)
    for was_cancelled, receipt in zip(cancelled, receipts, strict=True):
        assert was_cancelled or receipt.repeated
    # Acted on twice would be a second version.
    assert [each.version for each in service.snapshots()] == [1] * 31
    assert_whole(service.store)
    assert list(verify(service.store)) == []
    gc.collect()


def test_what_is_no_connection_is_refused(service: Service, url: str) -> None:
    """Something other than an asynchronous connection or session is refused before anything is done."""

    async def run(acting: AsyncService, engine: AsyncEngine) -> None:
        with pytest.raises(InvalidType, match="AsyncConnection or AsyncSession"):
            await acting.handle(lines.read(lines.draft("XS-1")), connection=engine)  # type: ignore[arg-type]

    on_a_loop(service, url, run)
    assert list(service.snapshots()) == []


def test_an_engine_of_another_driver_is_refused(service: Service) -> None:
    """The statements are written for the drivers that are named, and for no other."""

    class Other(AsyncEngine):
        class dialect:  # noqa: N801 - as the engine has it
            driver = "asyncpg"

        def __init__(self) -> None:
            """Reach no database: the driver is not installed."""

    with pytest.raises(InvalidValue, match="aiosqlite, psycopg"):
        AsyncService(service, Other())


def test_what_is_handed_in_by_mistake_is_named(store: SqlStore, service: Service, url: str) -> None:
    """An engine that waits, whose driver may have the same name; a store where the service is; a line where a command is."""
    wrong: Any
    for wrong in (store.engine, url):
        with pytest.raises(InvalidType, match="engine: an AsyncEngine is needed"):
            AsyncService(service, wrong)
    line: Any = lines.draft("XS-1")

    async def run(acting: AsyncService, engine: AsyncEngine) -> None:
        other: Any = store
        with pytest.raises(InvalidType, match="service: a Service is needed"):
            AsyncService(other, engine)
        for ask in (acting.handle, acting.can):
            with pytest.raises(InvalidType, match="envelope: a command in its Envelope is needed"):
                await ask(line)

    on_a_loop(service, url, run)


def test_no_value_of_a_command_is_logged(service: Service, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG, those of the drivers included, nothing that came in with a command is in the log."""
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", "aiosqlite")

    async def run() -> None:
        async with awaited(service, url, hide_parameters=True) as acting:
            await acting.handle(lines.read(lines.draft("XS-1", client="planted")))

    asyncio.run(run())
    assert caplog.records
    assert "planted" not in caplog.text
