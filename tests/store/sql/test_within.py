"""The caller's own transaction: its change and ours are committed together, or neither, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import attrs
import pytest
import sqlalchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker

from eap_workflow.errors import Conflict, InvalidType, InvalidValue, Refused, StoreError, Unknown
from eap_workflow.policy import Parties, PartyTerms
from eap_workflow.policy_book import PolicyBook
from eap_workflow.service import Service
from eap_workflow.store import Seen
from eap_workflow.store.sql import SqlStore
from eap_workflow.verification import verify
from tests import lines
from tests.databases import at_once, directly, engine_of, kind, new_database, opened, service, store, url
from tests.lines import APPROVER, BOOK, HARBOUR, PROCESS, handle, unchanged

__all__ = ["kind", "service", "store", "url"]

Opens = Callable[[sqlalchemy.Engine], AbstractContextManager[Any]]


@contextmanager
def as_connection(engine: sqlalchemy.Engine) -> Iterator[Any]:
    """A connection in a transaction of the caller's, which is undone unless it is committed."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def as_session(engine: sqlalchemy.Engine) -> Iterator[Any]:
    """A session of SQLAlchemy's ORM."""
    with Session(engine) as session:
        yield session


def _leave_it(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: sqlalchemy.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def begun_by_hand(engine: sqlalchemy.Engine) -> Iterator[Any]:
    """A connection whose transaction the caller begins: on SQLite as one that writes, which its driver leaves to the caller."""
    if engine.dialect.name == "sqlite" and not sqlalchemy.event.contains(engine, "begin", _begin):
        sqlalchemy.event.listen(engine, "connect", _leave_it)
        sqlalchemy.event.listen(engine, "begin", _begin)
        # Those that were opened before are the driver's to begin.
        engine.dispose()
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def engine(url: str, store: SqlStore) -> Iterator[sqlalchemy.Engine]:
    """The case system's own engine, on a database with a table of its own beside ours."""
    assert store.engine.url.database
    with directly(url) as execute:
        execute("CREATE TABLE cases (name TEXT PRIMARY KEY)")
    with engine_of(url) as made:
        yield made


@pytest.fixture(params=[as_connection, as_session, begun_by_hand])
def opens(request: pytest.FixtureRequest) -> Opens:
    """Each way in which a caller holds a transaction."""
    made: Opens = request.param
    return made


def note(on: Any, name: str) -> None:
    """The caller's own change."""
    on.execute(sqlalchemy.text("INSERT INTO cases VALUES (:name)"), {"name": name})


def noted(url: str) -> list[str]:
    """The caller's changes that were committed."""
    with directly(url) as execute:
        return [name for (name,) in execute("SELECT name FROM cases ORDER BY name")]


def test_both_are_committed_together(url: str, service: Service, engine: sqlalchemy.Engine, opens: Opens) -> None:
    """Nothing of either is there before the caller commits, and all of both afterwards; several commands in one."""
    with opens(engine) as caller:
        note(caller, "first")
        receipts = handle(service.within(caller), lines.told("XS-1"), lines.filed("XS-2", id="id-2"))
        note(caller, "second")
        assert list(service.snapshots()) == []
        assert noted(url) == []
        caller.commit()
    assert len(receipts) == 7
    assert noted(url) == ["first", "second"]
    assert [each.request for each in service.snapshots()] == ["XS-1", "XS-2"]
    assert list(verify(service.store)) == []
    assert handle(service, lines.draft("XS-2", id="id-2"))[0].repeated


def test_both_are_undone_together(url: str, service: Service, engine: sqlalchemy.Engine, opens: Opens) -> None:
    """A caller who rolls back, or just lets go, leaves nothing: no step, message, id, policy or calendar, no change of theirs."""
    for ends in ("rollback", "close"):
        with unchanged(service.store), opens(engine) as caller:
            note(caller, "first")
            handle(service.within(caller), lines.filed("XS-1", contract="harbour", id="id-1"))
            getattr(caller, ends)()
        assert noted(url) == []
        with service.store.reading() as transaction:
            assert transaction.messages(None, 9) == ()
            assert transaction.seen("id-1") is None
            assert transaction.policy(HARBOUR.ref) is None
            assert transaction.recorded("", 9) == ()


def test_what_was_undone_is_kept_the_next_time(service: Service, engine: sqlalchemy.Engine, opens: Opens) -> None:
    """What a limit refers to is kept with the command that is committed, not taken for kept because one was undone (IN-12)."""
    with opens(engine) as caller:
        handle(service.within(caller), lines.filed("XS-1", contract="harbour"))
        caller.rollback()
    handle(service, lines.filed("XS-1", contract="harbour"))
    snapshot = service.snapshot("XS-1")
    assert not service.restate(snapshot, snapshot.deadlines[0]).because
    with service.store.reading() as transaction:
        assert transaction.policy(HARBOUR.ref) == HARBOUR


@pytest.mark.parametrize("raises", [Refused, Unknown, Conflict, InvalidType])
def test_what_raises_inside_leaves_nothing_of_ours_and_all_of_the_callers(
    url: str, service: Service, engine: sqlalchemy.Engine, opens: Opens, raises: type[Exception]
) -> None:
    """Refused, unknown, in conflict or failed halfway: the caller's change stands, and the transaction goes on."""
    handle(service, lines.filed("XS-1"))
    given = {
        Refused: lines.line("support", "XS-1", 1, lines.MANAGER, id="id-1"),
        Unknown: lines.draft("XS-3", contract="elsewhere", id="id-1"),
        Conflict: lines.line("approve", "XS-1", 1, APPROVER, version=2, id="id-1"),
        InvalidType: lines.draft("XS-3", id="id-1"),
    }[raises]
    with opens(engine) as caller:
        note(caller, "first")
        inside = service.within(caller)
        act = partial(_break_halfway, inside) if raises is InvalidType else partial(handle, inside, given)
        with pytest.raises(raises):
            act()
        handle(inside, lines.draft("XS-2"))
        note(caller, "second")
        caller.commit()
    assert noted(url) == ["first", "second"]
    assert [(each.request, each.version) for each in service.snapshots()] == [("XS-1", 3), ("XS-2", 1)]
    with service.store.reading() as transaction:
        assert transaction.seen("id-1") is None


def _break_halfway(inside: Service) -> None:
    with inside.store.transaction() as transaction:
        transaction.remember("id-1", Seen(digest="d", request="XS-3", first=1, last=1))
        raise InvalidType("anything", "after something was written")


def test_a_conflict_inside_says_what_happened(service: Service, engine: sqlalchemy.Engine, opens: Opens) -> None:
    """Who decides on a version that the request has left gets the steps since, and can read on in the same transaction."""
    handle(service, lines.filed("XS-1"))
    with opens(engine) as caller:
        inside = service.within(caller)
        with pytest.raises(Conflict) as caught:
            handle(inside, lines.line("approve", "XS-1", 1, APPROVER, version=1))
        assert (caught.value.expected, caught.value.found) == (1, 3)
        assert [step.trigger for step in caught.value.meanwhile] == ["submit", "forward"]
        assert inside.snapshot("XS-1").version == 3


def test_the_caller_sees_what_it_has_not_committed(service: Service, engine: sqlalchemy.Engine, opens: Opens) -> None:
    """Inside, the request is as the transaction has it; outside it is as it was."""
    with opens(engine) as caller:
        inside = service.within(caller)
        handle(inside, lines.filed("XS-1"))
        assert inside.snapshot("XS-1").version == 3
        assert [each.request for each in inside.page()] == ["XS-1"]
        assert inside.status(inside.snapshot("XS-1"), lines.FAR).state == "employer_decision"
        assert inside.can(lines.read(lines.line("approve", "XS-1", 1, APPROVER)))
        assert service.page() == ()


@pytest.mark.parametrize("in_session", [False, True])
def test_a_savepoint_of_the_callers_undoes_what_was_done_since(
    service: Service, engine: sqlalchemy.Engine, *, in_session: bool
) -> None:
    """Whether the service was put within before the savepoint or after it; a session begins one only when it is used."""
    opens = as_session if in_session else begun_by_hand
    with opens(engine) as caller:
        before = service.within(caller)
        handle(before, lines.draft("XS-1"))
        for inside in (before, service.within(caller)):
            savepoint = caller.begin_nested()
            handle(inside, lines.filed("XS-2"))
            assert before.snapshot("XS-2").version == 3
            savepoint.rollback()
            with pytest.raises(Unknown):
                inside.snapshot("XS-2")
        with caller.begin_nested():
            handle(before, lines.draft("XS-3"))
        caller.commit()
    assert [each.request for each in service.snapshots()] == ["XS-1", "XS-3"]
    assert list(verify(service.store)) == []


def test_in_a_session_the_service_goes_on_with_its_next_transaction(
    service: Service, engine: sqlalchemy.Engine
) -> None:
    """A session that has committed, or rolled back, begins anew when it is used; so does the service that is within it."""
    with Session(engine) as session:
        inside = service.within(session)
        handle(inside, lines.draft("XS-1"))
        session.commit()
        handle(inside, lines.draft("XS-2"))
        session.rollback()
        assert [each.request for each in inside.snapshots()] == ["XS-1"]
        handle(inside, lines.draft("XS-3"))
        session.commit()
    assert [each.request for each in service.snapshots()] == ["XS-1", "XS-3"]


@contextmanager
def as_session_on_a_connection(engine: sqlalchemy.Engine) -> Iterator[Any]:
    """A session on a connection, which stays the same through all of its transactions."""
    with engine.connect() as connection, Session(connection) as session:
        yield session


@pytest.mark.parametrize("holds", [as_connection, as_session, as_session_on_a_connection])
def test_a_transaction_that_sqlite_undid_whole_takes_nothing_more_and_the_next_one_does(holds: Opens) -> None:
    """Whoever goes on in it all the same does not commit the end of its work without the beginning, by whichever service."""
    with new_database("sqlite") as url, opened(url) as store, engine_of(url) as engine, directly(url) as execute:
        execute("CREATE TABLE cases (name TEXT PRIMARY KEY)")
        execute(
            "CREATE TRIGGER planted BEFORE INSERT ON eap_requests WHEN NEW.request = 'XS-1' BEGIN SELECT RAISE(ROLLBACK, ''); END"
        )
        service = lines.service(store)
        with holds(engine) as caller:
            inside = service.within(caller)
            note(caller, "first")
            with pytest.raises(StoreError, match="SQLITE_CONSTRAINT_TRIGGER"):
                handle(inside, lines.draft("XS-1"))
            for again in (inside, service.within(caller)):
                with pytest.raises(StoreError, match="undone the caller's transaction as a whole"):
                    handle(again, lines.draft("XS-2"))
            caller.rollback()
            handle(inside, lines.draft("XS-3"))
            caller.commit()
        assert noted(url) == []
        assert [each.request for each in service.snapshots()] == ["XS-3"]


def test_a_connection_that_is_lost_within_is_told() -> None:
    """What the caller's own statement met in a transaction of ours is the error, and not what was made of it afterwards."""
    with new_database("postgresql") as url, opened(url) as store, engine_of(url) as engine, engine.connect() as caller:
        inside = lines.service(store).within(caller)
        with pytest.raises(StoreError, match="the database was stopped") as caught, inside.store.transaction():
            caller.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        assert caught.value.__context__ is None
        caller.rollback()
        assert handle(inside, lines.draft("XS-1"))[0].snapshot.version == 1


def test_what_a_session_has_undone_is_not_remembered_in_its_next_transaction(
    service: Service, store: SqlStore, engine: sqlalchemy.Engine
) -> None:
    """A policy that was kept and undone is not the one that somebody else has kept under its version since (IN-11)."""
    edited = attrs.evolve(HARBOUR, parties=Parties(employer=PartyTerms(region="AU-NSW")))
    with Session(engine) as session:
        inside = service.within(session)
        handle(inside, lines.filed("XS-1", contract="harbour"))
        assert inside.policy_of(inside.snapshot("XS-1")) == HARBOUR
        session.rollback()
        handle(Service(store, policies=PolicyBook.of([edited])), lines.filed("XS-1", contract="harbour"))
        assert inside.policy_of(inside.snapshot("XS-1")) == edited


def test_a_session_of_the_present_thread_is_taken_too(url: str, service: Service, engine: sqlalchemy.Engine) -> None:
    """What a web framework hands out is a registry of sessions, one a thread."""
    sessions = scoped_session(sessionmaker(engine))
    note(sessions, "first")
    handle(service.within(sessions), lines.draft("XS-1"))
    sessions.commit()
    sessions.remove()
    assert noted(url) == ["first"]
    assert service.snapshot("XS-1").version == 1


def test_the_clock_ticks_inside(service: Service, engine: sqlalchemy.Engine, opens: Opens) -> None:
    """The clock's moves are part of the caller's transaction as well (IN-13)."""
    handle(service, lines.filed("XS-1", contract="harbour"))
    with opens(engine) as caller:
        assert service.within(caller).tick(lines.FAR).moves == 3
        caller.rollback()
    assert service.snapshot("XS-1").version == 3
    with opens(engine) as caller:
        assert service.within(caller).tick(lines.FAR).moves == 3
        caller.commit()
    assert service.snapshot("XS-1").version == 6


def test_callers_beside_each_other_wait_and_lose_nothing(
    service: Service, engine: sqlalchemy.Engine, opens: Opens
) -> None:
    """Four that revise one draft, each in a transaction of its own with a change of its own, all succeed."""
    handle(service, lines.draft("XS-1"))

    def revise(number: int) -> int:
        with opens(engine) as caller:
            service_inside = service.within(caller)
            version: int = handle(service_inside, lines.draft("XS-1"))[0].snapshot.version
            note(caller, f"case-{number}")
            caller.commit()
            return version

    # The events of an engine are set before it is used by several.
    assert revise(0) == 2
    results = at_once(*(partial(revise, number) for number in range(1, 5)))
    assert sorted(results) == [3, 4, 5, 6]
    assert list(verify(service.store)) == []


def test_a_store_within_stays_within(service: Service, engine: sqlalchemy.Engine) -> None:
    """A service that is within a transaction can be put within the same one again, by its session or connection, and within no other."""
    with engine.connect() as caller, engine.connect() as other:
        inside = service.within(caller)
        assert handle(inside.within(caller), lines.draft("XS-1"))[0].snapshot.version == 1
        with pytest.raises(InvalidType, match="within another transaction"):
            inside.within(other)
    with Session(engine) as session, Session(engine) as another:
        inside = service.within(session)
        for same in (session, session.connection()):
            assert inside.within(same).page() == ()
        for other_one in (another, another.connection()):
            with pytest.raises(InvalidType, match="within another transaction"):
                inside.within(other_one)


def test_what_is_no_transaction_is_refused(service: Service, engine: sqlalchemy.Engine, url: str) -> None:
    """An engine, a store, a URL, the driver's own connection and nothing at all are no transaction of the caller's."""
    driver = engine.raw_connection()
    for given in (None, engine, service.store, url, driver, object()):
        with pytest.raises(InvalidType, match="an open SQLAlchemy Connection or Session is needed"):
            service.within(given)
    driver.close()


def test_a_connection_to_another_kind_of_database_is_refused(kind: str, service: Service) -> None:
    """A transaction on SQLite is of no use to a store on PostgreSQL, nor the other way round."""
    other = "sqlite" if kind == "postgresql" else "postgresql"
    with new_database(other) as elsewhere, engine_of(elsewhere) as engine, engine.connect() as caller:  # noqa: SIM117
        with pytest.raises((InvalidType, InvalidValue), match=f"a connection to {kind} is needed"):
            service.within(caller)


def test_a_database_without_our_tables_is_told(kind: str, service: Service) -> None:
    """A connection to another database of the same kind gives our error, and its transaction can go on."""
    with new_database(kind) as elsewhere, engine_of(elsewhere) as engine, engine.connect() as caller:
        with pytest.raises(StoreError) as caught:
            handle(service.within(caller), lines.draft("XS-1"))
        assert caught.value.__context__ is None
        caller.rollback()
        assert caller.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_connection_that_was_closed_is_told(service: Service, engine: sqlalchemy.Engine) -> None:
    """A connection that the caller has let go of gives our error."""
    with engine.connect() as caller:
        inside = service.within(caller)
    with pytest.raises(StoreError, match="the caller's connection was closed") as caught:
        handle(inside, lines.draft("XS-1"))
    assert caught.value.__context__ is None


def test_a_session_that_cannot_give_a_connection_is_told(service: Service, engine: sqlalchemy.Engine) -> None:
    """One of several databases, one that was closed for good, and one that has failed: each error says what to do about it."""

    class Base(DeclarativeBase):
        """The caller's models."""

    class Case(Base):
        __tablename__ = "cases"
        name: Mapped[str] = mapped_column(primary_key=True)

    closed = Session(engine, close_resets_only=False)
    closed.close()
    with Session(engine) as failed, Session(binds={Case: engine}) as several:
        note(failed, "first")
        failed.add(Case(name="first"))
        with pytest.raises(sqlalchemy.exc.IntegrityError):
            failed.flush()
        for session, words in ((closed, "it was closed"), (failed, "it has to be undone"), (several, "bind_arguments")):
            with pytest.raises(StoreError, match=words) as caught:
                service.within(session)
            assert caught.value.__context__ is None
        handle(service.within(several.connection(bind_arguments={"mapper": Case})), lines.draft("XS-1"))
        several.commit()
    assert service.snapshot("XS-1").version == 1


def test_a_session_of_two_phases_is_taken_where_the_database_has_them(
    service: Service, engine: sqlalchemy.Engine
) -> None:
    """PostgreSQL has them. SQLite has not, and the error says so, whether the session was handed over so or became so."""
    two_phases = sessionmaker(engine, twophase=True)
    if engine.dialect.name != "sqlite":
        with two_phases() as session:
            handle(service.within(session), lines.draft("XS-1"))
            assert session.is_active
            session.rollback()
        assert list(service.snapshots()) == []
        return
    with two_phases() as session, Session(engine) as became:
        inside = service.within(became)
        handle(inside, lines.draft("XS-1"))
        became.commit()
        became.twophase = True
        for attempt in (
            lambda: service.within(session),
            lambda: service.within(scoped_session(two_phases)),
            lambda: handle(inside, lines.draft("XS-1")),
            lambda: inside.snapshot("XS-1"),
        ):
            with pytest.raises(InvalidValue, match="a session without twophase is needed") as caught:
                attempt()
            assert (caught.value.field, caught.value.__context__) == ("connection", None)
    assert service.snapshot("XS-1").version == 1


def test_nothing_is_committed_behind_the_callers_back(service: Service, url: str) -> None:
    """A connection that commits each statement by itself has no transaction to take part in, is refused, and told how to begin."""
    with engine_of(url, isolation_level="AUTOCOMMIT") as engine, engine.connect() as caller:
        with pytest.raises(InvalidValue, match="takes a BEGIN"):
            handle(service.within(caller), lines.draft("XS-1"))
        with pytest.raises(Unknown):
            service.snapshot("XS-1")


def test_the_stores_own_engine_serves_a_caller_who_begins_by_hand(store: SqlStore, service: Service) -> None:
    """On a connection of the store's engine the caller says BEGIN and COMMIT, and we take part in between."""
    begin = "BEGIN IMMEDIATE" if store.engine.dialect.name == "sqlite" else "BEGIN"
    for end, versions in (("ROLLBACK", []), ("COMMIT", [1])):
        with store.engine.connect() as caller:
            caller.exec_driver_sql(begin)
            handle(service.within(caller), lines.draft("XS-1"))
            caller.exec_driver_sql(end)
        assert [each.version for each in service.snapshots()] == versions


def test_who_read_before_somebody_wrote_is_told_how_to_begin() -> None:
    """On SQLite a transaction that began to read cannot become one that writes after another wrote; the error says what to do."""
    with new_database("sqlite") as url, opened(url) as store, engine_of(url) as engine:
        service = lines.service(store)
        with engine.connect() as caller:
            caller.exec_driver_sql("BEGIN")
            caller.exec_driver_sql("SELECT count(*) FROM eap_requests").scalar()
            handle(service, lines.draft("XS-1"))
            with pytest.raises(StoreError, match="begin it with BEGIN IMMEDIATE"):
                handle(service.within(caller), lines.draft("XS-2"))
        assert [each.request for each in service.snapshots()] == ["XS-1"]


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_two_submissions_under_another_isolation_never_both_pass(level: str) -> None:
    """A caller whose transaction looks at an older moment is refused or in conflict, and never counts too little (XS-04)."""
    with new_database("postgresql") as url, opened(url) as store, engine_of(url, isolation_level=level) as engine:
        service = lines.service(store)
        handle(service, [lines.draft(f"XS-{n}", assist_case="ASST-7", sessions=4) for n in (1, 2)])

        def submit(request: str) -> str:
            with engine.connect() as caller:
                caller.exec_driver_sql("SELECT 1 FROM eap_schema").all()
                began.wait(30)
                receipt = service.within(caller).handle(lines.read(lines.submit(request, 1, counted=4)))
                caller.commit()
                return receipt.snapshot.state

        began = threading.Barrier(2)
        results = at_once(partial(submit, "XS-1"), partial(submit, "XS-2"))
        assert results.count("employer_decision") <= 1
        assert all(
            isinstance(each, (Conflict, StoreError, InvalidValue, sqlalchemy.exc.OperationalError, str))
            for each in results
        )
        # Sent again, they add up as if one had come after the other.
        for request in ("XS-1", "XS-2"):
            if service.snapshot(request).state == "draft":
                handle(service, lines.submit(request, 1, counted=4))
        assert sorted(each.state for each in service.snapshots()) == ["employer_decision", "further_details"]


def test_the_service_outside_is_as_it_was(service: Service, engine: sqlalchemy.Engine) -> None:
    """To put a service within a transaction leaves the service itself outside."""
    with engine.connect() as caller:
        inside = service.within(caller)
        assert inside is not service
        assert inside.store is not service.store
        assert inside.store.processes.named("extra_sessions") is PROCESS
        assert BOOK.in_force_at("harbour", lines.START) == HARBOUR
        with pytest.raises(Unknown):
            inside.snapshot("XS-1")


def test_a_serializable_caller_beside_ours_is_refused() -> None:
    """XS-04: at SERIALIZABLE the server watches only its like, so what ours committed meanwhile would not be counted."""
    with (
        new_database("postgresql") as url,
        opened(url) as store,
        engine_of(url, isolation_level="SERIALIZABLE") as engine,
    ):
        service = lines.service(store)
        handle(service, [lines.draft(f"XS-{n}", assist_case="ASST-7", sessions=4) for n in (1, 2)])
        with engine.connect() as caller:
            caller.exec_driver_sql("SELECT 1 FROM eap_schema").all()
            handle(service, lines.submit("XS-1", 1, counted=5))
            with pytest.raises(InvalidValue, match="READ COMMITTED"):
                service.within(caller).handle(lines.read(lines.submit("XS-2", 1, counted=5)))
        (receipt,) = handle(service, lines.submit("XS-2", 1, counted=5))
        assert receipt.snapshot.state == "further_details"


def test_a_read_within_is_part_of_the_callers_transaction(url: str, service: Service) -> None:
    """What begins with a question ends when the caller ends it, and is known to its connection."""
    handle(service, lines.draft("XS-1", assist_case="ASST-7"))
    with engine_of(url) as engine, engine.connect() as caller:
        assert service.within(caller).snapshot("XS-1").version == 1
        assert caller.in_transaction()
        caller.rollback()
        handle(service, lines.draft("XS-1", 1))
        assert service.within(caller).snapshot("XS-1").version == 2


def test_a_reading_that_fails_is_the_callers_to_get_over(url: str, service: Service) -> None:
    """Who goes back to a savepoint of its own goes on with the same service, and commits what comes after."""
    handle(service, lines.draft("XS-1"))
    with engine_of(url) as engine, begun_by_hand(engine) as connection:
        inside = service.within(connection)
        savepoint = connection.begin_nested()
        reading: Any = inside.store.reading()
        with pytest.raises(StoreError), reading as transaction:
            transaction.statements.all("SELECT planted FROM nowhere")
        savepoint.rollback()
        handle(inside, lines.draft("XS-1", 1))
        assert inside.snapshot("XS-1").version == 2
        connection.commit()
    assert service.snapshot("XS-1").version == 2
