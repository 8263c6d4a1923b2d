"""A service for programs on an event loop, over SQLAlchemy's asyncio.

There is one service, and one set of statements: each call runs the ordinary service inside a transaction of an asynchronous
connection, which gives the loop its turn whenever the database is waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from eap_workflow.extras import extra

with extra("asyncio", "sqlalchemy", "greenlet"):
    # What SQLAlchemy lacks without it, it says when it is used, or by the name of an extra of its own.
    import greenlet  # type: ignore[import-untyped] # noqa: F401
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_scoped_session

from eap_workflow.errors import Conflict, InvalidType, InvalidValue
from eap_workflow.service import Service
from eap_workflow.store import ATTEMPTS, EVERY
from eap_workflow.store.sql.discretion import hush

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import Session

    from eap_workflow.envelope import Envelope
    from eap_workflow.service import Receipt
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.store import Wanted
    from eap_workflow.verdict import Verdict
    from eap_workflow.views.status import Status

__all__ = ["AsyncService"]

DRIVERS = ("aiosqlite", "psycopg")
T = TypeVar("T")
Given: TypeAlias = AsyncConnection | AsyncSession | async_scoped_session[AsyncSession] | None
"""A connection or a session of the caller's, in whose transaction a call is done; None for one of its own."""


class AsyncService:
    """A service on an event loop: the same calls, awaited.

    Args:
        service: The service; it has its policies and calendars, and the store says which workflow and which database.
        engine: An asynchronous engine on the same database, by ``sqlite+aiosqlite`` or ``postgresql+psycopg``.

    Raises:
        InvalidType: One of them is something else.
        InvalidValue: The engine has another driver.
    """

    def __init__(self, service: Service, engine: AsyncEngine) -> None:
        if not isinstance(service, Service):
            raise InvalidType("service", "a Service is needed")
        if not isinstance(engine, AsyncEngine):
            raise InvalidType("engine", "an AsyncEngine is needed, as create_async_engine gives it")
        if engine.dialect.driver not in DRIVERS:
            raise InvalidValue("engine", f"an engine with one of the drivers {', '.join(DRIVERS)} is needed")
        # What this driver would log at the level DEBUG are statements with their values.
        hush(driver="aiosqlite")
        self._service = service
        self._engine = engine

    async def call(self, what: Callable[[Service], T], *, connection: Given = None) -> T:
        """Call anything of the service, in one transaction.

        Args:
            what: What is called with the service, such as ``lambda service: service.handle(envelope)``.
            connection: An open connection or session of the caller's, whose transaction it is done in and who commits it;
                of an ``async_scoped_session`` the session of the present scope. Without one, it is done in a transaction of
                its own.

        Raises:
            EapWorkflowError: What the call raises; nothing of it is kept.
        """

        def inside(given: Connection | Session) -> T:
            return what(self._service.within(given))

        if connection is None:
            async with self._engine.connect() as own, own.begin():
                return await own.run_sync(inside)
        # A registry runs nothing by itself: called, it gives the session of the task, or of whatever its scope is.
        caller = connection() if isinstance(connection, async_scoped_session) else connection
        if isinstance(caller, (AsyncConnection, AsyncSession)):
            return await caller.run_sync(inside)
        raise InvalidType("connection", "an open SQLAlchemy AsyncConnection or AsyncSession is needed")

    async def handle(self, envelope: Envelope, *, connection: Given = None) -> Receipt:
        """Decide a command and keep what it does, as `Service.handle` does; the errors are the same."""
        attempts = ATTEMPTS if connection is None else 1
        for _ in range(attempts - 1):
            try:
                return await self.call(lambda service: service.handle(envelope))
            except Conflict:
                # On PostgreSQL a transaction that lost a race is over; the next one sees what the winner left.
                if envelope.version is not None:
                    raise
        return await self.call(lambda service: service.handle(envelope), connection=connection)

    async def can(self, envelope: Envelope, *, connection: Given = None) -> Verdict:
        """Ask what `handle` would answer, and keep nothing."""
        return await self.call(lambda service: service.can(envelope), connection=connection)

    async def snapshot(self, request: str, *, connection: Given = None) -> Snapshot:
        """The request as it stands."""
        return await self.call(lambda service: service.snapshot(request), connection=connection)

    async def trail(self, request: str, *, connection: Given = None) -> tuple[Step, ...]:
        """All steps of a request, in order."""
        return await self.call(lambda service: service.trail(request), connection=connection)

    async def status(self, request: str, at: datetime, *, connection: Given = None) -> Status:
        """How a request stands at an instant (XS-11)."""
        return await self.call(lambda service: service.status(service.snapshot(request), at), connection=connection)

    async def page(
        self, wanted: Wanted = EVERY, *, after: Snapshot | None = None, most: int = 50, connection: Given = None
    ) -> tuple[Snapshot, ...]:
        """A page of the requests that are wanted."""
        return await self.call(lambda service: service.page(wanted, after=after, most=most), connection=connection)
