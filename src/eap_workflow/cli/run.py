"""``eap-workflow run``: a file of commands goes in, a line each; every one is acted on or refused, and none stops the rest."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import attrs
from attrs import define, field
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from eap_workflow.cli import json_rows, tables
from eap_workflow.envelope import TICK, Envelope, Tick, named_request, read_envelope_or_tick
from eap_workflow.errors import REFUSALS, CoverageError, EapWorkflowError, Refused, Unknown
from eap_workflow.plain.json_lines import numbered, parse_line
from eap_workflow.plain.wire import to_wire
from eap_workflow.processes import NAMES, process_named
from eap_workflow.store import EVERY
from eap_workflow.wording import instant, number

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rich.console import Console
    from rich.table import Table

    from eap_workflow.process import Listing
    from eap_workflow.process_set import Processes
    from eap_workflow.service import Service
    from eap_workflow.steps import Snapshot
    from eap_workflow.store import Wanted
    from eap_workflow.views import Status


@define
class Refusal:
    """A line that was not acted on.

    Attributes:
        line: Its number in the file, from 1.
        trigger: What was asked for, where that can be told.
        request: The request that it was for, where that can be told.
        error: Why.
    """

    line: int
    trigger: str | None
    request: str | None
    error: EapWorkflowError

    @classmethod
    def of(cls, line: int, data: dict[str, Any] | None, processes: Processes, error: EapWorkflowError) -> Refusal:
        """Name the command and the request, where the line has them in good order."""
        trigger = None if data is None else data.get("do")
        triggers = {TICK}.union(*(process.workflow.triggers for process in processes))
        known = trigger if isinstance(trigger, str) and trigger in triggers else None
        return cls(line, known, named_request(data), error)

    def to_wire(self) -> dict[str, Any]:
        """Write it as plain data."""
        plain: dict[str, Any] = {"line": self.line, "do": self.trigger, "request": self.request}
        plain |= {"code": self.error.code, "reason": str(self.error)}
        if isinstance(self.error, Refused):
            verdict = self.error.verdict
            plain |= {"reasons": [to_wire(each) for each in verdict.reasons], "permitted": list(verdict.triggers)}
        return plain


@define
class Read:
    """A line as it was read.

    Attributes:
        number: Its number in the file, from 1.
        data: Its plain data, where it has any.
        sent: The command, or the tick; None where it is neither.
        refused: Why it is neither.
    """

    number: int
    data: dict[str, Any] | None = None
    sent: Envelope | Tick | None = None
    refused: EapWorkflowError | None = None

    @classmethod
    def of(cls, number: int, line: bytes | None, processes: Processes) -> Read:
        """Read a line."""
        read = cls(number)
        try:
            read.data = parse_line(line)
            read.sent = read_envelope_or_tick(processes, read.data)
        except REFUSALS as error:
            read.refused = error
        return read


@define
class Totals:
    """What a run came to.

    Attributes:
        lines: Lines that were not blank.
        accepted: Commands that were acted on.
        repeated: Commands that had been acted on before.
        refused: Lines that were not acted on.
        clock_moves: Moves that the clock made in ticks.
        latest: The latest instant of all commands and ticks that were acted on.
        kept: The first refusals, for the table.
        stuck: Why the clock cannot move a request, by request.
    """

    lines: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    clock_moves: int = 0
    latest: datetime | None = None
    kept: list[Refusal] = field(factory=list)
    stuck: dict[str, EapWorkflowError] = field(factory=dict)


def run(
    service: Service,
    file: IO[bytes] | Watched,
    totals: Totals,
    batch: int = 1,
    processes: Processes | None = None,
) -> Iterator[Refusal]:
    """Act on each line of a file, in order; what is refused is given back, and the rest goes on.

    Args:
        service: Where the commands go.
        file: One JSON object a line; blank lines are passed over.
        totals: Counted as it goes.
        batch: How many lines are one transaction.
        processes: The workflows that they may be of, the one first that is meant where a command names none; those of the
            store, where none are given.

    Yields:
        Each line that was not acted on.
    """
    processes = processes or service.store.processes
    given = (Read.of(number, line, processes) for number, line in numbered(file))
    if batch == 1:
        yield from _handled(service, processes, given, totals)
        return
    while lines := list(islice(given, batch)):
        with service.batch(each.sent for each in lines if isinstance(each.sent, Envelope)) as inside:
            refusals = list(_handled(inside, processes, lines, totals))
        yield from refusals


def _handled(service: Service, processes: Processes, lines: Iterable[Read], totals: Totals) -> Iterator[Refusal]:
    for line in lines:
        totals.lines += 1
        refused = line.refused
        if line.sent is not None:
            try:
                _act(service, line.sent, totals)
            except REFUSALS as error:
                refused = error
        if refused is not None:
            totals.refused += 1
            refusal = Refusal.of(line.number, line.data, processes, refused)
            if len(totals.kept) < tables.MOST_ROWS:
                totals.kept.append(refusal)
            yield refusal


def _act(service: Service, envelope: Envelope | Tick, totals: Totals) -> None:
    if isinstance(envelope, Tick):
        ticked = service.tick(envelope.at)
        totals.clock_moves += ticked.moves
        totals.stuck |= ticked.stuck
        totals.accepted += 1
    elif service.handle(envelope).repeated:
        totals.repeated += 1
    else:
        totals.accepted += 1
    totals.latest = envelope.at if totals.latest is None else max(totals.latest, envelope.at)


class Watched:
    """A file that says how far it has been read."""

    def __init__(self, file: IO[bytes], advance: Callable[[int], None]) -> None:
        self._file = file
        self._advance = advance
        self._read = 0

    def readline(self, limit: int) -> bytes:
        """Read a line, as a file does."""
        line = self._file.readline(limit)
        self._read += len(line)
        self._advance(self._read)
        return line


@contextmanager
def progress(size: int | None, what: str = "commands") -> Iterator[Callable[[int], None]]:
    """Show how far something has come, on a terminal, and nowhere else.

    Args:
        size: How much there is to do; None where that cannot be told.
        what: What is being done.
    """
    if size is None or not sys.stderr.isatty():
        yield lambda _position: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=tables.error_console(), transient=True) as bar:
        task = bar.add_task(what, total=size)
        yield lambda position: bar.update(task, completed=position)


def print_tables(service: Service, totals: Totals, zone: ZoneInfo) -> None:
    """Print how every request stands, and what was refused and why."""
    at = totals.latest or service.latest_at()
    console = tables.console()
    if at is not None:
        print_requests(console, service, at, zone)
    if totals.kept:
        console.print(_refusals(totals.kept))
        if totals.refused > len(totals.kept):
            console.print(f"And {totals.refused - len(totals.kept):,} more: --json lists them all\n")
        if any(isinstance(each.error, Unknown) and each.error.field == "contract" for each in totals.kept):
            console.print("A contract of your own is in a file of policies: --policy FILE gives it to this command.\n")
    for request, error in islice(totals.stuck.items(), tables.MOST_ROWS):
        console.print(f"The clock cannot move {request}: {error}", style="bold red")
    console.print(
        f"{number(totals.lines, 'command')}: {totals.accepted:,} accepted, {totals.repeated:,} repeated,"
        f" {totals.refused:,} refused; moves by the clock in ticks: {totals.clock_moves:,}"
    )


def print_requests(
    console: Console,
    service: Service,
    at: datetime,
    zone: ZoneInfo,
    *,
    wanted: Wanted = EVERY,
    then: datetime | None = None,
) -> None:
    """Print how every request stands: the ended ones, then the open ones by when they are due, and how many of each.

    Args:
        console: Where to.
        service: Where the requests are.
        at: The instant from which the days are counted.
        zone: The zone of the instants.
        wanted: Which requests.
        then: The instant as of which the requests are shown; as they stand, where there is none.
    """
    shown = f"as of {instant(at, zone)} ({zone.key})"
    seen: dict[str, _Standing] = {}
    for snapshot in service.snapshots(wanted, at=then):
        seen.setdefault(snapshot.workflow, _Standing()).add(service, snapshot, at)
    for workflow in sorted(seen, key=NAMES.index):
        seen[workflow].print(console, zone, process_named(workflow).workflow.title, shown)
    if not seen:
        console.print("No requests yet.\n" if wanted == EVERY else f"No such request, {shown}.\n")


@define
class _Standing:
    """How the requests of one workflow stand: no more of them than a table holds, and how many there are of each state."""

    states: Counter[str] = field(factory=Counter)
    still_open: list[Status] = field(factory=list)
    ended: list[tuple[Status, Listing]] = field(factory=list)

    def add(self, service: Service, snapshot: Snapshot, at: datetime) -> None:
        self.states[snapshot.state] += 1
        process = process_named(snapshot.workflow)
        if process.workflow.state(snapshot.state).final:
            if len(self.ended) < tables.MOST_ROWS:
                self.ended.append((standing(service, snapshot, at), process.listing(snapshot)))
        elif len(self.still_open) < tables.MOST_ROWS:
            self.still_open.append(standing(service, snapshot, at))

    def print(self, console: Console, zone: ZoneInfo, title: str, shown: str) -> None:
        if self.ended:
            console.print(tables.ended_requests(self.ended, zone, title=f"{title}: ended, {shown}"))
        if self.still_open:
            # What has no due date comes last; otherwise what is due first, first.
            self.still_open.sort(key=lambda row: (row.passes_at is None, row.passes_at, row.request))
            console.print(tables.open_requests(self.still_open, zone, title=f"{title}: open, {shown}"))
        counts = ", ".join(f"{number:,} {tables.words(state)}" for state, number in self.states.most_common())
        console.print(f"{counts}\n")
        if self.states.total() > len(self.ended) + len(self.still_open):
            console.print(f"The first {tables.MOST_ROWS} of each are shown; status --json lists them all.\n")


def standing(service: Service, snapshot: Snapshot, at: datetime) -> Status:
    """How a request stands among others: an instant that no calendar reaches leaves the days open, and stops no list."""
    try:
        return service.status(snapshot, at)
    except CoverageError:
        return attrs.evolve(service.status(snapshot, snapshot.at), working_days_left=None, hours_left=None)


def _refusals(refusals: list[Refusal]) -> Table:
    table = tables.table_of(
        "Refused",
        ("line", "right"),
        ("request", "left"),
        ("command", "left"),
        ("what is wrong, or what it takes", "fold"),
        ("rules", "narrow"),
    )
    for refusal in refusals:
        why, rules = str(refusal.error), ""
        if isinstance(refusal.error, Refused):
            reasons = refusal.error.verdict.reasons
            why = "\n".join(f"{reason.sentence}{tables.about(reason)}" for reason in reasons)
            rules = " ".join(dict.fromkeys(rule for reason in reasons for rule in reason.rules))
        table.add_row(
            str(refusal.line),
            refusal.request or tables.NONE,
            tables.words(refusal.trigger),
            tables.plain(why),
            tables.plain(rules),
        )
    return table


def print_json(service: Service, refusals: Iterator[Refusal], totals: Totals) -> None:
    """Print one JSON object, written as the run goes, so that a long list of refusals is never held."""
    write = sys.stdout.write
    json_rows.write_refused(write, refusals, totals)
    write(', "requests": [')
    at = totals.latest or service.latest_at() or datetime.now(UTC)
    for position, snapshot in enumerate(service.snapshots()):
        write(f"{', ' if position else ''}{json.dumps(json_rows.status_row(standing(service, snapshot, at)))}")
    counts = {
        "lines": totals.lines,
        "accepted": totals.accepted,
        "repeated": totals.repeated,
        "refused_lines": totals.refused,
        "clock_moves": totals.clock_moves,
        "stuck": {request: str(error) for request, error in totals.stuck.items()},
    }
    write(f'], "totals": {json.dumps(counts)}}}\n')
