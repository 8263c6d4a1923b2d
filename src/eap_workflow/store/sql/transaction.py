"""What `eap_workflow.store.Transaction` asks for, on one connection of either database.

The statements are written out, because that is what a command's time goes into beside the commit; ``?`` stands for a value
on both databases.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.errors import Conflict, InvalidValue, StoreError
from eap_workflow.messages import Message
from eap_workflow.plain.canonical import canonical_text
from eap_workflow.plain.canonical_reading import from_text
from eap_workflow.plain.json_text import parse_object
from eap_workflow.plain.scalars import write_instant
from eap_workflow.plain.wire import from_wire
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.records import snapshot_text, step_text
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store import (
    EVERY,
    Chain,
    Posted,
    PostState,
    Removal,
    Seen,
    Wanted,
    binding_passes_at,
    check_name,
    refuse_another,
    stage_due_on,
)
from eap_workflow.store.chain import NOTHING_BEFORE, StoredStep, chained
from eap_workflow.store.contents import UNREADABLE, own_step_of, step_of
from eap_workflow.store.removals import LAST as LAST_REMOVAL
from eap_workflow.store.removals import removal, stated
from eap_workflow.store.sql.owned import own_alone
from eap_workflow.upcasters import STEP_FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from eap_workflow.process import Process, Processes
    from eap_workflow.store.sql.dialects import Dialect
    from eap_workflow.store.sql.snapshots import Snapshots
    from eap_workflow.store.sql.statements import Question, Statements

LAST = 2**62

STEP = f"INSERT INTO eap_steps ({', '.join(StoredStep._fields)}) VALUES (?, ?, ?, ?, ?, ?)"
FILED = ("workflow", "employer", "assist_case")
"""The columns that say where a request belongs, and that hardly a step changes."""
COLUMNS = (
    *FILED, "state", "version", "at", "pending", "approved_in_advance", "due_on", "clock_at", "passes_at", "head", "snapshot",
)  # fmt: skip
OPENED = f"INSERT INTO eap_requests ({', '.join(COLUMNS)}, request) VALUES ({'?, ' * len(COLUMNS)}?)"
MOVED = f"UPDATE eap_requests SET {' = ?, '.join(COLUMNS[len(FILED) :])} = ? WHERE request = ? AND version = ?"
REFILED = f"UPDATE eap_requests SET {' = ?, '.join(COLUMNS)} = ? WHERE request = ? AND version = ?"
LOADED = "SELECT snapshot, head FROM eap_requests WHERE request = ?"
EXPECTED = "SELECT request, snapshot, head, assist_case FROM eap_requests WHERE request IN"
STANDING = f"SELECT request, {', '.join(COLUMNS)} FROM eap_requests WHERE request IN"
SEEN_OF_THESE = "SELECT id, digest, request, first, last FROM eap_commands WHERE id IN"
MOST_EXPECTED = 500
MOST_AT_ONCE = 1000
SEEN = "SELECT digest, request, first, last FROM eap_commands WHERE id = ?"
SEEN_OR_REMOVED = f"{SEEN} UNION ALL SELECT NULL, request, 0, 0 FROM eap_removals WHERE request = ?"
COUNTS = "(pending > 0 OR approved_in_advance > 0)"
IN_CASE = f"SELECT snapshot FROM eap_requests WHERE assist_case = ? AND request <> ? AND {COUNTS} ORDER BY request"
IN_THESE_CASES = (
    f"SELECT assist_case, request, snapshot FROM eap_requests WHERE assist_case IN ({{}}) AND {COUNTS} ORDER BY request"
)
OCCUPIED = "SELECT version FROM eap_requests WHERE request = ? UNION SELECT 0 FROM eap_removals WHERE request = ?"
MESSAGE = (
    "INSERT INTO eap_messages (id, caused_at, request, kind, state, attempts, next_at, content)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
COMMAND = "INSERT INTO eap_commands (id, digest, request, first, last) VALUES (?, ?, ?, ?, ?)"
CHECKPOINT = (
    "INSERT INTO eap_checkpoints (name, position) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET position = excluded.position"
)
REMOVAL = "SELECT number, request, workflow, steps, head, at, by, before, digest FROM eap_removals"
POSTED = "SELECT content, state, attempts, next_at, problem FROM eap_messages"


class SqlTransaction:
    """A transaction on one connection.

    Args:
        processes: The workflows whose requests are kept.
        statements: Where its statements go.
        dialect: What is the database's own.
        snapshots: What was read before, by its text.
        holds: Whether a request that is loaded is held.
    """

    def __init__(
        self, processes: Processes, statements: Statements, dialect: Dialect, snapshots: Snapshots, *, holds: bool
    ) -> None:
        self._processes = processes
        self._sql = self.statements = statements
        self._dialect = dialect
        self._snapshots = snapshots
        self._holds = holds
        # What was loaded, or written since, with the digest of its last step.
        self._standing: dict[str, tuple[Snapshot, str]] = {}
        # What was read before it was asked for: the row of a command id, if there is one; the rows of requests; and the
        # requests that are not there, and never were.
        self._seen: dict[str, list[tuple[Any, ...]]] = {}
        self._expected: dict[str, tuple[Any, ...]] = {}
        self._free: set[str] = set()
        # The Assist Cases that are held, and of those that were expected what is in each.
        self._cases_held: set[str] = set()
        self._in_case: dict[str, list[tuple[str, str]]] = {}
        # What was kept in this transaction.
        self._policies: dict[PolicyRef, Policy] = {}
        self._calendars: set[str] = set()

    # --- a request ---

    def expect(self, requests: Iterable[str], command_ids: Iterable[str], counting: Mapping[str, str | None]) -> None:
        """Read what will be loaded and asked for, in a few statements; it counts until `forget`."""
        free = dict.fromkeys(requests)
        # In one order, so that two who expect the same do not each wait for the other.
        of_requests = f"{EXPECTED} ({{}}) ORDER BY request{self._dialect.hold if self._holds else ''}"
        self._expected = {row[0]: row[1:] for row in self._of_these(of_requests, sorted(free))}
        for (removed,) in self._of_these("SELECT request FROM eap_removals WHERE request IN ({})", list(free)):
            free.pop(removed, None)
        self._free = free.keys() - self._expected.keys()
        ids = list(command_ids)
        self._seen = {each: [] for each in ids}
        for row in self._of_these(f"{SEEN_OF_THESE} ({{}})", ids):
            self._seen[row[0]] = [row[1:]]
        kept = [self._expected[request][2] for request in counting if request in self._expected]
        self._expect_cases(sorted({each for each in (*counting.values(), *kept) if each is not None}))

    def _expect_cases(self, expected: list[str]) -> None:
        # In one order, as the requests; and what is in them is read once they are held.
        for assist_case in expected:
            self.hold_case(assist_case)
        self._in_case = {each: [] for each in expected}
        for assist_case, *found in self._of_these(IN_THESE_CASES, expected):
            self._in_case[assist_case].append((found[0], found[1]))

    def _of_these(self, statement: str, values: list[str]) -> Iterator[tuple[Any, ...]]:
        for part in range(0, len(values), MOST_EXPECTED):
            some = values[part : part + MOST_EXPECTED]
            yield from self._sql.all(statement.format(", ".join("?" * len(some))), *some)

    def forget(self) -> None:
        """Read anew what was expected: it may have been written since."""
        self._expected, self._free, self._in_case = {}, set(), {}
        self._seen.clear()
        self._standing.clear()

    def load(self, request: str, command_id: str | None = None) -> Snapshot | None:
        """The request as it stands."""
        if request in self._free:
            return None
        if request in self._expected:
            return self._loaded(request, self._expected[request])
        loaded = LOADED + self._dialect.hold if self._holds else LOADED
        questions: list[tuple[str, tuple[object, ...]]] = [(loaded, (request,))]
        if command_id is not None:
            # Whoever opens a request has to know whether there was one of this id: asked here, it costs next to nothing.
            questions.append((SEEN_OR_REMOVED, (command_id, request)))
        rows, *found = self._sql.each(*questions)
        if command_id is not None:
            self._seen[command_id] = seen = [row for row in found[0] if row[0] is not None]
            if not rows and len(seen) == len(found[0]):
                self._free.add(request)
        return self._loaded(request, rows[0]) if rows else None

    def _loaded(self, request: str, row: tuple[Any, ...]) -> Snapshot:
        snapshot = self._snapshots.read(row[0])
        self._standing[request] = snapshot, row[1]
        return snapshot

    def append(self, steps: tuple[Step, ...], snapshot: Snapshot, messages: tuple[Message, ...] = ()) -> None:
        """Add steps to a request's trail, with the snapshot that they lead to and the messages that they cause."""
        if not steps:
            return
        request, first = snapshot.request, steps[0].version
        # What goes together depends on nothing else that does: a request that is opened and moved on is two things.
        self._sql.settle()
        contents = [step_text(step) for step in steps]
        stored = list(chained(request, self.head_before(request, first), first, STEP_FORMAT, contents))
        head = stored[-1].digest
        if first == 1:
            self._sql.later(OPENED, [self._row(snapshot, head)])
        elif self._holds and self._stood_at(request, first - 1) is not None:
            # It is held, and cannot be at another version by now: nobody has to wait for the answer.
            statement, values = self._moved(snapshot, head, first - 1)
            self._sql.later(statement, [values])
        else:
            self.write_requests([(snapshot, head, first - 1)])
        self._sql.later(STEP, stored)
        if len(messages) > MOST_AT_ONCE:
            self._sql.insert(MESSAGE, [message_row(message) for message in messages])
        elif messages:
            self._sql.later(MESSAGE, [message_row(message) for message in messages])
        self._standing[request] = snapshot, head

    def head_before(self, request: str, first: int) -> str:
        """The digest of the step before a version; empty where that is the first.

        Raises:
            Conflict: The request is there where it should not be, or not where it should.
            InvalidValue: A request of this id was removed.
        """
        if first == 1:
            if request in self._free:
                self._free.discard(request)
                return NOTHING_BEFORE
            # What is there already, under this id, or was.
            for (found,) in self._sql.all(OCCUPIED, request, request):
                if found:
                    raise Conflict(request, expected=0, found=found)
                raise InvalidValue("request", "a request of this id was removed, and no id is used again")
            return NOTHING_BEFORE
        is_known = self._stood_at(request, first - 1) is not None
        head = self._standing[request][1] if is_known else self.head(request)
        if head is None:
            raise Conflict(request, expected=first - 1, found=0)
        return head

    def write_requests(self, moves: list[tuple[Snapshot, str, int]]) -> None:
        """Write requests as they stand, each with the digest of its last step and the version that is kept of it so far.

        Raises:
            Conflict: One is at another version.
        """
        opened = [self._row(snapshot, head) for snapshot, head, kept in moves if not kept]
        moved = [each for each in moves if each[2]]
        changes = self._sql.change_each([self._moved(*each) for each in moved])
        for (snapshot, _, kept), changed in zip(moved, changes, strict=True):
            if not changed:
                raise Conflict(snapshot.request, expected=kept, found=self._version(snapshot.request))
        if opened:
            self._sql.insert(OPENED, opened)

    def _stood_at(self, request: str, version: int) -> Snapshot | None:
        """The request as it is kept at a version, where this transaction has read or written it so."""
        snapshot, _ = self._standing.get(request, (None, ""))
        return snapshot if snapshot is not None and snapshot.version == version else None

    def _moved(self, snapshot: Snapshot, head: str, kept: int) -> Question:
        """The statement that moves a request on from the version that is kept of it."""
        row, before = self._row(snapshot, head), self._stood_at(snapshot.request, kept)
        # SQLite takes an entry out of an index and puts it in again for every column that is named, changed or not.
        if before is not None and self._filed(before) == row[: len(FILED)]:
            return MOVED, (*row[len(FILED) :], kept)
        return REFILED, (*row, kept)

    def _filed(self, snapshot: Snapshot) -> tuple[object, ...]:
        index = self._processes.index(snapshot)
        return snapshot.workflow, index.employer, index.assist_case

    def _row(self, snapshot: Snapshot, head: str) -> tuple[object, ...]:
        """A request as the values of ``OPENED``."""
        return (*self._columns(snapshot), head, self._snapshots.write(snapshot), snapshot.request)

    def _columns(self, snapshot: Snapshot) -> tuple[object, ...]:
        """What is kept of a snapshot for quick answers: the first of the columns."""
        processes = self._processes
        index = processes.index(snapshot)
        due_on = stage_due_on(processes, snapshot)
        return (
            *self._filed(snapshot),
            snapshot.state,
            snapshot.version,
            write_instant(snapshot.at),
            index.pending,
            index.approved_in_advance,
            None if due_on is None else due_on.isoformat(),
            _text(snapshot.next_due_at),
            _text(binding_passes_at(processes, snapshot)),
        )

    def _version(self, request: str) -> int:
        return self._sql.value("SELECT version FROM eap_requests WHERE request = ?", request) or 0

    def trail(self, request: str, first: int = 1, last: int | None = None) -> tuple[Step, ...]:
        """The steps of a request, in order."""
        rows = self._sql.all(
            "SELECT format, content FROM eap_steps WHERE request = ? AND version >= ? AND version <= ? ORDER BY version",
            request,
            first,
            LAST if last is None else last,
        )
        return tuple(step_of(self._processes, format_, content) for format_, content in rows)

    def hold_case(self, assist_case: str) -> None:
        """Hold an Assist Case until the transaction ends; one that only reads holds nothing, and waits for nobody."""
        if self._holds and assist_case not in self._cases_held:
            self._cases_held.add(assist_case)
            # What it is held for is counted by the next statement, and by nothing before.
            self._dialect.hold_named_before(self._sql, case_lock(assist_case))

    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals."""
        expected = self._in_case.get(assist_case)
        if expected is not None:
            return tuple(self._snapshots.read(content) for request, content in expected if request != besides)
        # In one message with what holds the case, where that is still to be sent.
        (rows,) = self._sql.each((IN_CASE, (assist_case, besides)))
        return tuple(self._snapshots.read(content) for (content,) in rows)

    def _found(self, statement: str, *values: object) -> tuple[Snapshot, ...]:
        return tuple(self._snapshots.read(content) for (content,) in self._sql.all(statement, *values))

    # --- what a command and a step refer to ---

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id."""
        rows = self._seen.pop(command_id, None)
        if rows is None:
            rows = self._sql.all(SEEN, command_id)
        return Seen(digest=rows[0][0], request=rows[0][1], first=rows[0][2], last=rows[0][3]) if rows else None

    def remember(self, command_id: str, seen: Seen) -> None:
        """Keep what a command did, under its id."""
        self._seen.clear()
        self._sql.later(COMMAND, [(command_id, seen.digest, seen.request, seen.first, seen.last)])

    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under."""
        content = self._sql.value(
            "SELECT content FROM eap_policies WHERE contract = ? AND version = ?", ref.contract, ref.version
        )
        return None if content is None else _policy(content)

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once."""
        ref = policy.ref
        # A batch keeps the same one for every submission in it.
        if self._policies.get(ref) is policy:
            return
        kept = self.policy(ref)
        if kept is None:
            self._sql.change(
                "INSERT INTO eap_policies (contract, version, content) VALUES (?, ?, ?)"
                " ON CONFLICT (contract, version) DO NOTHING",
                policy.contract,
                policy.version,
                canonical_text(policy),
            )
            # Another may have kept the version at the same time.
            kept = self.policy(ref)
        refuse_another(policy if kept is None else kept, policy)
        self._policies[ref] = policy

    def calendar(self, fingerprint: str) -> BusinessCalendar | None:
        """A calendar that a limit was counted on."""
        content = self._sql.value("SELECT content FROM eap_calendars WHERE fingerprint = ?", fingerprint)
        calendar = None if content is None else _calendar(content)
        if calendar is not None and calendar.fingerprint != fingerprint:
            raise StoreError("a calendar that limits were counted on was exchanged in the database")
        return calendar

    def keep_calendar(self, calendar: BusinessCalendar) -> None:
        """Keep a calendar by its fingerprint, once."""
        fingerprint = calendar.fingerprint
        if fingerprint in self._calendars:
            return
        self._calendars.add(fingerprint)
        if self._sql.first("SELECT 1 FROM eap_calendars WHERE fingerprint = ?", fingerprint) is not None:
            return
        self._sql.change(
            "INSERT INTO eap_calendars (fingerprint, content) VALUES (?, ?) ON CONFLICT (fingerprint) DO NOTHING",
            fingerprint,
            calendar.dumps(),
        )

    # --- many requests ---

    def due(self, at: datetime, most: int) -> tuple[str, ...]:
        """The requests whose clock has something to do by an instant, the longest due first."""
        own, names = own_alone(self._processes)
        rows = self._sql.all(
            f"SELECT request FROM eap_requests WHERE clock_at <= ?{own} ORDER BY clock_at, request LIMIT ?",
            _text(at),
            *names,
            most,
        )
        return tuple(request for (request,) in rows)

    def take_due(self, at: datetime, besides: frozenset[str]) -> str | None:
        """Hold the longest due request that nobody else holds."""
        own, names = own_alone(self._processes)
        but = f" AND request NOT IN ({', '.join('?' * len(besides))})" if besides else ""
        request: str | None = self._sql.value(
            f"SELECT request FROM eap_requests WHERE clock_at <= ?{but}{own}"
            f" ORDER BY clock_at, request LIMIT 1{self._dialect.take}",
            _text(at),
            *sorted(besides),
            *names,
        )
        return request

    def overdue(self, at: datetime, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests with a binding limit that has passed by an instant, the longest passed first."""
        own, names = own_alone(self._processes)
        reached = None if after is None else _text(binding_passes_at(self._processes, after))
        return self._found(
            f"SELECT snapshot FROM eap_requests WHERE passes_at <= ? AND (passes_at, request) > (?, ?){own}"
            " ORDER BY passes_at, request LIMIT ?",
            _text(at),
            reached or "",
            "" if after is None else after.request,
            *names,
            most,
        )

    def requests(self, after: Snapshot | None, most: int, wanted: Wanted = EVERY) -> tuple[Snapshot, ...]:
        """Requests in the order of their ids, or of their due date where one is wanted."""
        values: list[object] = []
        conditions = []
        equal = {
            "workflow": wanted.workflow,
            "state": wanted.state,
            "employer": wanted.employer,
            "assist_case": wanted.assist_case,
        }
        for column, value in equal.items():
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if wanted.turn is not None:
            of_turn = [self._of_turn(process, wanted.turn) for process in self._processes]
            conditions.append(f"({' OR '.join(condition for condition, _ in of_turn)})")
            values += (value for _, each in of_turn for value in each)
        place, reached = ["request"], [] if after is None else [after.request]
        if wanted.due_by is not None:
            conditions.append("due_on <= ?")
            values.append(wanted.due_by.isoformat())
            place = ["due_on", "request"]
            if after is not None:
                reached = [str(stage_due_on(self._processes, after)), after.request]
        if reached:
            conditions.append(f"({', '.join(place)}) > ({', '.join('?' * len(place))})")
            values += reached
        own, names = own_alone(self._processes)
        if own:
            conditions.append(own.removeprefix(" AND "))
            values += names
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return self._found(
            f"SELECT snapshot FROM eap_requests{where} ORDER BY {', '.join(place)} LIMIT ?", *values, most
        )

    def _of_turn(self, process: Process, turn: str) -> tuple[str, list[str]]:
        """What a request's row says where it is somebody's turn in a workflow."""
        states = [state.name for state in process.workflow.states if state.turn == turn]
        if not states:
            return "1 = 0", []
        return f"workflow = ? AND state IN ({', '.join('?' * len(states))})", [process.workflow.name, *states]

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all."""
        latest = self._sql.value("SELECT max(at) FROM eap_requests")
        return None if latest is None else datetime.fromisoformat(latest)

    # --- the outbox ---

    def is_message_due(self, at: datetime) -> bool:
        """Whether a message waits for an attempt by an instant."""
        return self._sql.first("SELECT 1 FROM eap_messages WHERE next_at <= ? LIMIT 1", _text(at)) is not None

    def take_message(self, at: datetime, until: datetime, by: str) -> Posted | None:
        """Take the message that waits longest for its next attempt."""
        row = self._sql.first(
            "UPDATE eap_messages SET attempts = attempts + 1, next_at = ?, taken_by = ? WHERE id ="
            f" (SELECT id FROM eap_messages WHERE next_at <= ? ORDER BY next_at, id LIMIT 1{self._dialect.take})"
            " RETURNING content, state, attempts, next_at, problem",
            _text(until),
            by,
            _text(at),
        )
        return None if row is None else _posted(row)

    def settle(self, message_id: str, by: str, state: PostState, next_at: datetime | None, problem: str | None) -> bool:
        """Say what came of an attempt."""
        settled = self._sql.change(
            "UPDATE eap_messages SET state = ?, next_at = ?, taken_by = NULL, problem = ? WHERE id = ? AND taken_by = ?",
            state,
            _text(next_at),
            problem,
            message_id,
            by,
        )
        return bool(settled)

    def messages(
        self, after: Posted | None, most: int, state: PostState | None = None, request: str | None = None
    ) -> tuple[Posted, ...]:
        """The outbox, in the order in which messages were caused."""
        conditions, values = [], []
        for column, value in {"state": state, "request": request}.items():
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if after is not None:
            conditions.append("(caused_at, id) > (?, ?)")
            values += [write_instant(after.message.at), after.message.id]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = self._sql.all(f"{POSTED}{where} ORDER BY caused_at, id LIMIT ?", *values, most)
        return tuple(_posted(row) for row in rows)

    def send_again(self, message_id: str, at: datetime) -> bool:
        """Let a message that was sent or given up wait for another attempt."""
        changed = self._sql.change(
            "UPDATE eap_messages SET state = 'waiting', attempts = 0, next_at = ?, taken_by = NULL, problem = NULL WHERE id = ?",
            _text(at),
            message_id,
        )
        return bool(changed)

    # --- the record ---

    def feed(self, after: str, most: int) -> tuple[tuple[str, Step], ...]:
        """All steps of all requests since a position."""
        dialect = self._dialect
        while True:
            rows = self._sql.all(dialect.feed_after, *_place(dialect, after), most)
            given = tuple(
                (dialect.position(row), step) for row in rows if (step := own_step_of(self._processes, row[1], row[2]))
            )
            if given or len(rows) < most:
                return given
            # A whole page of other workflows' steps is not the end.
            after = dialect.position(rows[-1])

    def checkpoint(self, name: str) -> str:
        """The position that a reader of the feed has reached."""
        return self._sql.value("SELECT position FROM eap_checkpoints WHERE name = ?", name) or ""

    def keep_checkpoint(self, name: str, position: str) -> None:
        """Keep the position that a reader of the feed has reached."""
        check_name(name)
        _place(self._dialect, position)
        self._sql.change(CHECKPOINT, name, position)

    def recorded(self, after: str, most: int) -> tuple[str, ...]:
        """The ids of everything that has steps or a row, in order."""
        rows = self._sql.all(
            "SELECT request FROM eap_requests WHERE request > ?"
            " UNION SELECT request FROM eap_steps WHERE request > ? ORDER BY request LIMIT ?",
            after,
            after,
            most,
        )
        return tuple(request for (request,) in rows)

    def stored(self, request: str) -> tuple[StoredStep, ...]:
        """The steps of a request as they are stored."""
        rows = self._sql.all(
            f"SELECT {', '.join(StoredStep._fields)} FROM eap_steps WHERE request = ? ORDER BY version", request
        )
        return tuple(map(StoredStep._make, rows))

    def chains(self, after: str, most: int) -> tuple[Chain, ...]:
        """What is recorded, stored and stated as the head, of many at once."""
        page = self.recorded(after, most)
        if not page:
            return ()
        steps: dict[str, list[StoredStep]] = {request: [] for request in page}
        of_page = "WHERE request > ? AND request <= ?"
        of_these = f"SELECT {', '.join(StoredStep._fields)} FROM eap_steps {of_page} ORDER BY request, version"
        for step in map(StoredStep._make, self._sql.all(of_these, after, page[-1])):
            # In a transaction of the caller's somebody else's request may have come between.
            if step.request in steps:
                steps[step.request].append(step)
        heads = dict(self._sql.all(f"SELECT request, head FROM eap_requests {of_page}", after, page[-1]))
        return tuple(
            Chain(request=request, head=heads.get(request), steps=tuple(each)) for request, each in steps.items()
        )

    def heads(self, after: str, most: int) -> tuple[tuple[str, int, str], ...]:
        """Each request, its number of steps and its head, as its own row states them."""
        rows: list[Any] = self._sql.all(
            "SELECT request, version, head FROM eap_requests WHERE request > ? ORDER BY request LIMIT ?", after, most
        )
        return tuple(rows)

    def standing_otherwise(self, snapshots: Mapping[str, Snapshot]) -> frozenset[str]:
        """Which requests are not kept as these snapshots have them, in their own or in what is kept for quick answers."""
        rows = {row[0]: row[1:] for row in self._of_these(f"{STANDING} ({{}})", list(snapshots))}
        return frozenset(request for request, each in snapshots.items() if not self._stands(rows.get(request), each))

    def _stands(self, row: tuple[Any, ...] | None, snapshot: Snapshot) -> bool:
        try:
            if row is None or row[:-2] != self._columns(snapshot):
                return False
            # To write a snapshot takes half of what it takes to read it and to compare the two.
            return row[-1] == snapshot_text(snapshot) or self._snapshots.read(row[-1]) == snapshot
        except UNREADABLE:
            return False

    def head(self, request: str) -> str | None:
        """The digest that the request's own row states."""
        head: str | None = self._sql.value("SELECT head FROM eap_requests WHERE request = ?", request)
        return head

    def remove(self, request: str, at: datetime, by: str) -> Removal | None:
        """Remove a request whole, and record the act."""
        row = self._sql.first(
            f"SELECT workflow, version, head FROM eap_requests WHERE request = ?{self._dialect.hold}", request
        )
        if row is None:
            return None
        # Removals are chained over all requests, so they are made one after the other.
        self._dialect.hold_named(self._sql, "removals")
        act = removal(self.last_removal(), request=request, workflow=row[0], steps=row[1], head=row[2], at=at, by=by)
        self._sql.change(
            "INSERT INTO eap_removals (number, request, workflow, steps, head, at, by, before, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            act.number,
            act.request,
            act.workflow,
            act.steps,
            act.head,
            write_instant(act.at),
            act.by,
            act.before,
            act.digest,
        )
        self._sql.change(CHECKPOINT, LAST_REMOVAL, stated(act))
        for table in ("steps", "messages", "commands", "requests"):
            self._sql.change(f"DELETE FROM eap_{table} WHERE request = ?", request)
        return act

    def removals(self, after: int, most: int) -> tuple[Removal, ...]:
        """The removals, in order."""
        rows = self._sql.all(
            f"{REMOVAL} WHERE number > ? ORDER BY number LIMIT ?",
            after,
            most,
        )
        return tuple(_removal(row) for row in rows)

    def removal_of(self, request: str) -> Removal | None:
        """The removal of a request."""
        row = self._sql.first(f"{REMOVAL} WHERE request = ?", request)
        return None if row is None else _removal(row)

    def last_removal(self) -> Removal | None:
        """The last removal of all; None where there was none."""
        row = self._sql.first(f"{REMOVAL} ORDER BY number DESC LIMIT 1")
        return None if row is None else _removal(row)


def case_lock(assist_case: str) -> str:
    """What is held of an Assist Case."""
    return f"case {assist_case}"


def _place(dialect: Dialect, position: str) -> tuple[str | int, ...]:
    try:
        return dialect.place(position)
    except ValueError:
        pass
    raise InvalidValue("position", "a position is needed that this store's feed has given, or none for the beginning")


def _removal(row: Any) -> Removal:
    return Removal(
        number=row[0],
        request=row[1],
        workflow=row[2],
        steps=row[3],
        head=row[4],
        at=datetime.fromisoformat(row[5]),
        by=row[6],
        before=row[7],
        digest=row[8],
    )


def message_row(message: Message) -> tuple[object, ...]:
    """A message as the values of ``MESSAGE``."""
    at = write_instant(message.at)
    return message.id, at, message.request, str(message.kind), "waiting", 0, at, canonical_text(message)


def _posted(row: Any) -> Posted:
    return Posted(
        message=from_text(Message, row[0]),
        state=row[1],
        attempts=row[2],
        next_at=None if row[3] is None else datetime.fromisoformat(row[3]),
        problem=row[4],
    )


@lru_cache(64)
def _policy(content: str) -> Policy:
    # Every command of a submitted request asks for its policy, and there are few of them.
    return from_wire(Policy, parse_object(content), at="policy")


@lru_cache(64)
def _calendar(content: str) -> BusinessCalendar:
    return BusinessCalendar.loads(content)


def _text(instant: datetime | None) -> str | None:
    """An instant at a fixed width in UTC, so that its text sorts as time."""
    return None if instant is None else write_instant(instant)
