"""What is asked often reads what it returns, however many requests there are: the plans of both databases, on real rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy

from eap_workflow.store import Transaction, Wanted
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.dialects import dialect_of
from eap_workflow.store.sql.statements import Statements
from eap_workflow.store.sql.tables import PREFIX, metadata
from eap_workflow.testing.acts import service as service_of
from tests import lines
from tests.databases import KINDS, directly, new_database, opened
from tests.lines import handle

REQUESTS = 12_000
PAGE = 50
AT = datetime(2030, 1, 1, tzinfo=UTC)
AS_MANY_AS = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"

# Days from 2027 to 2926, so that what is due by 2030 is one in three hundred.
A_DAY = "CAST(2027 + n % 900 AS text) || '-01-01'"
FILL = (
    f"""INSERT INTO eap_requests (request, workflow, state, version, at, employer, assist_case, pending,
            approved_in_advance, due_on, clock_at, passes_at, head, snapshot)
        {AS_MANY_AS.format(count=REQUESTS)}
        SELECT 'many-' || n, workflow, CASE WHEN n % 100 = 0 THEN 'draft' ELSE state END, version, at,
            'emp-' || (n % 100), 'ASST-' || n, pending, approved_in_advance, {A_DAY},
            {A_DAY} || 'T00:00:00.000000Z', {A_DAY} || 'T00:00:00.000000Z', head, snapshot
        FROM eap_requests, numbers WHERE request = 'XS-1'""",
    f"""INSERT INTO eap_messages (id, caused_at, request, kind, state, attempts, next_at, content)
        {AS_MANY_AS.format(count=REQUESTS)}
        SELECT '0000000000000000000000000' || (1000000 + n), {A_DAY}, 'many-' || n, kind, 'sent', 1,
            CASE WHEN n % 3 = 0 THEN NULL ELSE {A_DAY} || 'T00:00:00.000000Z' END, content
        FROM eap_messages, numbers WHERE request = 'XS-1'""",
    f"""INSERT INTO eap_steps (request, version, format, content, before, digest)
        {AS_MANY_AS.format(count=REQUESTS)}
        SELECT 'many-' || n, 1, format, content, before, digest
        FROM eap_steps, numbers WHERE request = 'XS-1' AND version = 1""",
    f"""INSERT INTO eap_commands (id, digest, request, first, last)
        {AS_MANY_AS.format(count=REQUESTS)} SELECT 'id-' || n, 'd', 'many-' || n, 1, 1 FROM numbers""",
    "ANALYZE",
)


@pytest.fixture(scope="module", params=KINDS)
def full(request: pytest.FixtureRequest) -> Iterator[tuple[str, SqlStore]]:
    """A store with some ten thousand open requests, and its URL."""
    with new_database(request.param) as url, opened(url) as store:
        handle(service_of(store), lines.filed("XS-1"))
        with directly(url) as execute:
            for statement in FILL:
                execute(statement)
        yield url, store


Ask = Callable[[Transaction], Any]

ASKED: dict[str, tuple[Ask, str, int]] = {
    "one request": (lambda asked: asked.load("many-77"), "eap_requests", 1),
    "what is due": (lambda asked: asked.due(AT, PAGE), "by_clock", PAGE),
    "the longest due": (lambda asked: asked.take_due(AT, frozenset({"many-900", "many-1800"})), "by_clock", 4),
    "what is overdue": (lambda asked: asked.overdue(AT, None, PAGE), "by_passing", PAGE),
    "the next page of what is overdue": (
        lambda asked: asked.overdue(AT + timedelta(days=9), asked.load("XS-1"), PAGE),
        "by_passing",
        PAGE,
    ),
    "a page of all": (lambda asked: asked.requests(None, PAGE), "eap_requests", PAGE),
    "the next page of all": (lambda asked: asked.requests(asked.load("XS-1"), PAGE), "eap_requests", PAGE),
    "a page of a state": (lambda asked: asked.requests(None, PAGE, Wanted(state="draft")), "by_state", PAGE),
    "a page of a common state": (
        lambda asked: asked.requests(None, PAGE, Wanted(state="employer_decision")),
        "eap_requests",
        PAGE + 1,
    ),
    "a page of an employer": (lambda asked: asked.requests(None, PAGE, Wanted(employer="emp-7")), "by_employer", PAGE),
    "a page by due date": (
        lambda asked: asked.requests(None, PAGE, Wanted(due_by=date(2030, 1, 1))),
        "by_due_date",
        PAGE,
    ),
    "the next page by due date": (
        lambda asked: asked.requests(asked.load("XS-1"), PAGE, Wanted(due_by=date(2030, 1, 1))),
        "by_due_date",
        PAGE,
    ),
    "an Assist Case": (lambda asked: asked.in_case("ASST-77", "XS-1"), "by_case", 2),
    "whether a message is due": (lambda asked: asked.is_message_due(AT), "by_next_attempt", 1),
    "the next message": (lambda asked: asked.take_message(AT, AT, "worker"), "by_next_attempt", 3),
    "the messages of a request": (lambda asked: asked.messages(None, PAGE, None, "many-77"), "by_request", 2),
    "a page of the outbox": (lambda asked: asked.messages(None, PAGE), "in_order", PAGE),
    "a trail": (lambda asked: asked.trail("XS-1"), "steps", 4),
    "the feed": (lambda asked: asked.feed("", PAGE), "steps", PAGE),
    "a command id": (lambda asked: asked.seen("id-1"), "commands", 1),
}


def last_sent(store: SqlStore, ask: Ask) -> tuple[str, tuple[Any, ...]]:
    """The last statement that a question sends, with its values."""
    sent: list[tuple[str, tuple[Any, ...]]] = []
    send = Statements.send

    written = dialect_of(store.engine.dialect.name).written

    def noted(self: Statements, *questions: tuple[str, tuple[Any, ...]]) -> Any:
        sent.extend((written(statement), values) for statement, values in questions)
        return send(self, *questions)

    class _Undone(Exception):
        """Undoes what the question changed."""

    def asked() -> None:
        with store.transaction() as transaction, pytest.MonkeyPatch.context() as patch:
            # The transaction begins with its first question.
            transaction.latest_at()
            patch.setattr(Statements, "send", noted)
            ask(transaction)
            raise _Undone

    with pytest.raises(_Undone):
        asked()
    return sent[-1]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes, from the top."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def plan_of(store: SqlStore, statement: str, values: tuple[Any, ...]) -> tuple[str, int]:
    """How a database goes about a statement, in words, and how many rows (or steps of its machine by row) it took."""
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            return _plan_on_sqlite(connection, statement, values)
        connection.exec_driver_sql("BEGIN")
        explained = connection.exec_driver_sql("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, values).scalar_one()
        connection.exec_driver_sql("ROLLBACK")
    plan = (json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]
    words, examined = [], 0
    for node in nodes(plan):
        words.append(" ".join(str(node.get(key, "")) for key in ("Node Type", "Relation Name", "Index Name")))
        if not node.get("Plans"):
            examined += (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return "; ".join(words), int(examined)


def _plan_on_sqlite(connection: sqlalchemy.Connection, statement: str, values: tuple[Any, ...]) -> tuple[str, int]:
    rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
    operations = 0

    def count() -> int:
        nonlocal operations
        operations += 1
        return 0

    driver: Any = connection.connection.driver_connection
    connection.exec_driver_sql("BEGIN")
    driver.set_progress_handler(count, 1)
    driver.execute(statement, values).fetchall()
    driver.set_progress_handler(None, 1)
    connection.exec_driver_sql("ROLLBACK")
    # A row takes a dozen or two of the machine's operations, and a statement begins and ends with some more.
    return "; ".join(row[-1] for row in rows), max(0, operations - 100) // 40


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_often_reads_what_it_returns(full: tuple[str, SqlStore], asked: str) -> None:
    """An index leads to the rows, nothing is read from end to end or sorted, and no more is read than is given."""
    ask, index, most = ASKED[asked]
    _, store = full
    plan, examined = plan_of(store, *last_sent(store, ask))
    assert index in plan
    assert "Seq Scan" not in plan
    # A handful of rows may be sorted; a page may not, because all that it is taken from would be.
    assert most < PAGE or not [word for word in ("Sort", "TEMP B-TREE") if word in plan]
    assert examined <= most * 2 + 5, plan


def test_what_reads_everything_is_caught(full: tuple[str, SqlStore]) -> None:
    """A question that no index answers shows itself in the plan and in what it takes, on both databases."""
    _, store = full
    place = "%s" if store.engine.dialect.name == "postgresql" else "?"
    statement = f"SELECT snapshot FROM eap_requests WHERE head = {place} ORDER BY at LIMIT 50"
    plan, examined = plan_of(store, statement, ("none",))
    assert "Seq Scan" in plan or "SCAN eap_requests" in plan
    assert examined > REQUESTS / 20


def test_the_answers_are_there(full: tuple[str, SqlStore]) -> None:
    """The rows that were put in are found: what is due by an instant, and no more."""
    _, store = full
    with store.reading() as transaction:
        due = transaction.due(AT, REQUESTS)
        assert len(due) == 4 * 13 + 4
        assert len(transaction.overdue(AT, None, REQUESTS)) == len(due)
        assert len(transaction.requests(None, REQUESTS, Wanted(employer="emp-7"))) == REQUESTS // 100


def test_every_table_of_ours_says_so_in_its_name() -> None:
    """In the database of a case system nothing of ours takes a name of theirs."""
    assert all(name.startswith(PREFIX) for name in metadata.tables)
    indices = [index.name for table in metadata.tables.values() for index in table.indexes]
    assert indices
    assert all(str(name).startswith(PREFIX) for name in indices)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_ours_has_another_name(kind: str) -> None:
    """What a new database holds, tables, indices, triggers and functions, is all called by our prefix."""
    with new_database(kind) as url, opened(url), directly(url) as execute:
        if kind == "sqlite":
            names = execute("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")
        else:
            names = execute(
                "SELECT relname FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace)"
                " UNION SELECT proname FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace)"
                " UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            )
    assert len(names) > 15
    assert all(name.startswith(PREFIX) for (name,) in names)
