"""The part of a transaction that is about one request: to hold it, to move it on, and what shares its Assist Case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.errors import Conflict, InvalidValue
from eap_workflow.records import step_text
from eap_workflow.store.chain import NOTHING_BEFORE, StoredStep, chained
from eap_workflow.store.contents import step_of
from eap_workflow.store.sql.transaction.outbox import MESSAGE, message_row
from eap_workflow.store.sql.transaction.part import Part
from eap_workflow.store.sql.transaction.references import SEEN
from eap_workflow.store.sql.transaction.rows import OPENED
from eap_workflow.upcasters import STEP_FORMAT

if TYPE_CHECKING:
    from eap_workflow.messages import Message
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.store import Expected

LAST = 2**62
MOST_AT_ONCE = 1000

STEP = f"INSERT INTO eap_steps ({', '.join(StoredStep._fields)}) VALUES (?, ?, ?, ?, ?, ?)"
LOADED = "SELECT snapshot, head FROM eap_requests WHERE request = ?"
LOADED_OF_THESE = "SELECT request, snapshot, head, assist_case FROM eap_requests WHERE request IN ({}) ORDER BY request"
SEEN_OR_REMOVED = f"{SEEN} UNION ALL SELECT NULL, request, 0, 0 FROM eap_removals WHERE request = ?"
SEEN_OF_THESE = "SELECT id, digest, request, first, last FROM eap_commands WHERE id IN ({})"
REMOVED_OF_THESE = "SELECT request FROM eap_removals WHERE request IN ({})"
OCCUPIED = "SELECT version FROM eap_requests WHERE request = ? UNION SELECT 0 FROM eap_removals WHERE request = ?"
COUNTS = "(pending > 0 OR approved_in_advance > 0)"
IN_CASE = f"SELECT snapshot FROM eap_requests WHERE assist_case = ? AND request <> ? AND {COUNTS} ORDER BY request"
IN_THESE_CASES = (
    f"SELECT assist_case, request, snapshot FROM eap_requests WHERE assist_case IN ({{}}) AND {COUNTS} ORDER BY request"
)


class Requests(Part):
    """Requests, one at a time."""

    # --- what is read before it is asked for ---

    def expect(self, expected: Expected) -> None:
        """Read what will be loaded and asked for, in a few statements; it counts until `forget`."""
        # In one order, so that two who expect the same do not each wait for the other.
        requests = sorted(set(expected.requests))
        held = LOADED_OF_THESE + self._dialect.hold if self._holds else LOADED_OF_THESE
        self._expected = {row[0]: row[1:] for row in self._of_these(held, requests)}
        removed = {row[0] for row in self._of_these(REMOVED_OF_THESE, requests)}
        self._free = set(requests) - self._expected.keys() - removed
        self._seen = {each: [] for each in expected.command_ids}
        for row in self._of_these(SEEN_OF_THESE, expected.command_ids):
            self._seen[row[0]] = [row[1:]]
        cases = {*expected.counted.values()}
        cases.update(self._expected[request][2] for request in expected.counted if request in self._expected)
        self._expect_cases(sorted(each for each in cases if each is not None))

    def _expect_cases(self, expected: list[str]) -> None:
        # In one order, as the requests; and what is in them is read once they are held.
        for assist_case in expected:
            self.hold_case(assist_case)
        self._in_case = {each: [] for each in expected}
        for assist_case, request, content in self._of_these(IN_THESE_CASES, expected):
            self._in_case[assist_case].append((request, content))

    def forget(self) -> None:
        """Read anew what was expected: it may have been written since."""
        self._expected, self._free, self._in_case = {}, set(), {}
        self._seen.clear()
        self._standing.clear()

    # --- a request ---

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
        snapshot = self._rows.read(row[0])
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
            self._sql.later(OPENED, [self._rows.opened(snapshot, head)])
        elif self._holds and (before := self._stood_at(request, first - 1)) is not None:
            # It is held, and cannot be at another version by now: nobody has to wait for the answer.
            statement, values = self._rows.moved(snapshot, head, first - 1, before)
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
        rows = self._rows
        opened = [rows.opened(snapshot, head) for snapshot, head, kept in moves if not kept]
        moved = [each for each in moves if each[2]]
        changes = self._sql.change_each([rows.moved(*each, self._stood_at(each[0].request, each[2])) for each in moved])
        for (snapshot, _, kept), changed in zip(moved, changes, strict=True):
            if not changed:
                raise Conflict(snapshot.request, expected=kept, found=self._version(snapshot.request))
        if opened:
            self._sql.insert(OPENED, opened)

    def _stood_at(self, request: str, version: int) -> Snapshot | None:
        """The request as it is kept at a version, where this transaction has read or written it so."""
        snapshot, _ = self._standing.get(request, (None, ""))
        return snapshot if snapshot is not None and snapshot.version == version else None

    def _version(self, request: str) -> int:
        return self._sql.value("SELECT version FROM eap_requests WHERE request = ?", request) or 0

    def head(self, request: str) -> str | None:
        """The digest that the request's own row states."""
        head: str | None = self._sql.value("SELECT head FROM eap_requests WHERE request = ?", request)
        return head

    def trail(self, request: str, first: int = 1, last: int | None = None) -> tuple[Step, ...]:
        """The steps of a request, in order."""
        rows = self._sql.all(
            "SELECT format, content FROM eap_steps WHERE request = ? AND version >= ? AND version <= ? ORDER BY version",
            request,
            first,
            LAST if last is None else last,
        )
        return tuple(step_of(self._processes, format_, content) for format_, content in rows)

    # --- its Assist Case ---

    def hold_case(self, assist_case: str) -> None:
        """Hold an Assist Case until the transaction ends; one that only reads holds nothing, and waits for nobody."""
        if self._holds and assist_case not in self._cases_held:
            self._cases_held.add(assist_case)
            # What it is held for is counted by the next statement, and by nothing before.
            self._dialect.hold_named_before(self._sql, f"case {assist_case}")

    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals."""
        expected = self._in_case.get(assist_case)
        if expected is not None:
            return tuple(self._rows.read(content) for request, content in expected if request != besides)
        # In one message with what holds the case, where that is still to be sent.
        (rows,) = self._sql.each((IN_CASE, (assist_case, besides)))
        return tuple(self._rows.read(content) for (content,) in rows)
