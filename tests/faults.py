"""Processes that work on a store and are killed: at any moment, or right before a chosen message to the database.

On SQLite each statement is one. To a server several go in one, and it acts on them whether or not their sender still lives.

A stage is a process that has imported everything; it forks a child for each run, which opens the store by its URL as any
process would. So a run takes milliseconds where a new interpreter would take a second.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from eap_workflow.store import Posted, Store
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.cursors import ByCursor
from eap_workflow.store.sql.libpq import Libpq
from eap_workflow.store.sql.statements import Answer, Question, Statements
from eap_workflow.verification import verify
from tests import lines
from tests.lines import PROCESS, Line, assert_whole, contents, handle

ACTS = """
with opened(url) as store:
    service = lines.service(store)
    for line in given:
        receipt = service.handle(lines.read(line))
        acknowledge(receipt.snapshot.request, receipt.snapshot.version)
"""
"""What a child does: act on commands, and acknowledge each as soon as it is kept."""

STAGE = """
import json, os, sys
import sqlalchemy
from tests import faults, lines

faults.warm_up()
before = []
for line in sys.stdin:
    run = json.loads(line)
    while before:
        os.waitpid(before.pop(), 0)
    child = os.fork()
    if child == 0:
        faults.play(**run)
    os.write(1, b"%d\\n" % child)
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    os.write(1, b"end %d\\n" % (-ended.si_status if ended.si_code == os.CLD_KILLED else ended.si_status))
    # Only the next run lets go of its number, so whoever still kills it kills nobody else.
    before.append(child)
"""


@frozen(kw_only=True)
class Run:
    """What became of a child.

    Attributes:
        acknowledged: The request and the version of each command that it acknowledged.
        killed: Whether it was killed; otherwise it came to its end.
    """

    acknowledged: tuple[tuple[str, int], ...]
    killed: bool


class Stage:
    """Where children run; `stage` opens one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(
        self,
        url: str,
        given: Iterable[Line],
        *,
        script: str = ACTS,
        dies_at: int = 0,
        killed_after: int | None = None,
        and_seconds: float = 0,
    ) -> Run:
        """Let a child run a script to its end, or until it is killed.

        Args:
            url: The store's.
            given: The commands that the script finds in ``given``.
            script: What it does. It finds ``url``, ``given``, ``acknowledge``, ``lines`` and ``opened``.
            dies_at: The message, from 1, right before which it is killed; a commit is in one. 0 for none.
            killed_after: After how many acknowledged commands it is killed.
            and_seconds: How long after that.
        """
        asked = {"url": url, "given": list(given), "script": script, "dies_at": dies_at}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        child = 0
        said: list[tuple[str, int]] = []
        alive = True
        for line in self._lines():
            # The child's pid and what it acknowledges come through the same pipe, and either may be first.
            words = line.split()
            if words[0] == "end":
                if int(words[1]) not in {0, -signal.SIGKILL}:
                    raise RuntimeError("the script failed")
                return Run(acknowledged=tuple(said), killed=words[1] != "0")
            if len(words) == 1:
                child = int(words[0])
            else:
                said.append((words[0], int(words[1])))
            if child and alive and killed_after is not None and len(said) >= killed_after:
                alive = False
                time.sleep(and_seconds)
                os.kill(child, signal.SIGKILL)
        raise RuntimeError("the stage is gone")

    def _lines(self) -> Iterator[str]:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            yield line


@contextmanager
def stage() -> Iterator[Stage]:
    """Open a stage, and close it at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", STAGE],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Stage(process)
        finally:
            process.kill()


def opened(url: str) -> AbstractContextManager[Any]:
    """The store under test, closed at the end."""
    return SqlStore(url, PROCESS)


def warm_up() -> None:
    """Do once what every child would do first: import what is imported late, and build calendars."""
    handle(lines.service(MemoryStore(PROCESS)), lines.told("XS-1"), lines.tick(90 * lines.DAY))


def play(*, url: str, given: list[Line], script: str, dies_at: int) -> None:
    """Run a script in a child that was just forked, and end with it."""
    import sqlalchemy

    failed = 1
    messages = 0

    def count(*_any: object) -> None:
        nonlocal messages
        messages += 1
        if messages == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    # Ours begin and commit as statements on SQLite, and as the driver's own calls elsewhere.
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", count)
    sqlalchemy.event.listen(sqlalchemy.Engine, "commit", count)
    # The statements of a command go to the driver by themselves; by a cursor one after the other, whatever is asked at once.
    one_by_one, together, many = ByCursor.send, Libpq.send, Statements.send_many

    def counted_one_by_one(way: ByCursor, questions: Sequence[Question]) -> list[Answer]:
        answers = []
        for question in questions:
            count()
            answers += one_by_one(way, [question])
        return answers

    def counted_together(way: Libpq, questions: Sequence[Question]) -> list[Answer]:
        count()
        return together(way, questions)

    ByCursor.send, Libpq.send = counted_one_by_one, counted_together  # type: ignore[method-assign, assignment]
    Statements.send_many = lambda *given: (count(), many(*given))[1]  # type: ignore[method-assign,func-returns-value]
    try:
        names = {"url": url, "given": given, "acknowledge": _acknowledge, "lines": lines, "opened": opened}
        exec(script, names)  # noqa: S102 - the tests' own
        failed = 0
    finally:
        # Not as an interpreter ends: the child is a copy of the stage, and its buffers are the stage's.
        os._exit(failed)


def _acknowledge(request: str, version: int) -> None:
    # One call, so that a line is whole or not there.
    os.write(1, f"{request} {version}\n".encode())


def assert_kept(store: Store, acknowledged: Iterable[tuple[str, int]]) -> None:
    """Show that everything acknowledged is there, and that every request is whole, its versions without a gap."""
    assert_whole(store)
    assert list(verify(store)) == []
    with store.reading() as transaction:
        for request, version in acknowledged:
            snapshot = transaction.load(request)
            assert snapshot is not None
            assert snapshot.version >= version


def assert_as_undisturbed(store: Store, given: Iterable[Line]) -> None:
    """Show that commands sent again, each with its id, end as if nobody had been killed: none is lost, none acts twice."""
    given = list(given)
    simplest = MemoryStore(PROCESS)
    handle(lines.service(simplest), given)
    handle(lines.service(store), given)
    ids = [each["id"] for each in given]
    assert contents(store, ids) == contents(simplest, ids)
    assert _posted(store) == _posted(simplest)


def _posted(store: Store) -> tuple[Posted, ...]:
    """Every message, as the outbox has it."""
    with store.reading() as transaction:
        return transaction.messages(None, 10_000)
