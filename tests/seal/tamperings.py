"""Ways to tamper with a store and with what lies beside it, each done for real, and what each instrument finds of it.

Whoever does it may write to the database and to every file beside it, and uses the library itself to have the digests computed. They
have no key unless it is said, and cannot reach the checkpoint that was sent away.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from attrs import define

from eap_workflow.plain.scalars import write_instant
from eap_workflow.seal import (
    Checkpoint,
    Head,
    Keys,
    checkpoints,
    compared,
    continuation,
    exports,
    head_of,
    heads,
    proofs,
    seal_head,
    sealed_heads,
    take,
)
from eap_workflow.steps import Step
from eap_workflow.store import removals
from eap_workflow.store.chain import Finding
from eap_workflow.store.sql import SqlStore
from eap_workflow.values import Actor, Role
from eap_workflow.verification import verify
from tests import lines
from tests.databases import directly, without_guards
from tests.lines import FAR, PROCESS

Execute = Callable[..., list[tuple[Any, ...]]]
Found = list[tuple[str, int | None, str]]

AFTER = 300 * lines.DAY  # hours; FAR, when the first requests are removed
TAKEN = FAR + timedelta(hours=1)
SECRET = bytes(range(32))
KEYS = Keys({"2026": SECRET})
MADE_UP = Keys({"2026": SECRET[::-1]})
OF_ANOTHER_NAME = Keys({"2027": SECRET[::-1]})
BEFORE = FAR - timedelta(days=2)

CHECKPOINT, LIST, SEALED, AWAY, RECORD = (
    *("main.checkpoint", "main.checkpoint.heads", "sealed.jsonl", "away.checkpoint"),
    "record.jsonl",
)


@define
class Case:
    """A store, what lies beside it, and what was sent away.

    Attributes:
        url: The database.
        folder: Where the files beside it are.
        store: The store.
        execute: Statements, past the store.
        away: The checkpoint that was sent away.
        gone: The steps of a request that was removed, as a copy would have them.
        older: A copy of the database and of the sealed heads from before the checkpoint; None where there is none.
    """

    url: str
    folder: Path
    store: SqlStore
    execute: Execute
    away: Checkpoint
    gone: tuple[Step, ...] = ()
    older: Path | None = None


# --- the story ---


def lived(
    store: SqlStore, folder: Path, copied: Callable[[], object] = lambda: None
) -> tuple[Checkpoint, tuple[Step, ...]]:
    """Fill a store, take a checkpoint and seal, and go on honestly; give what is sent away and what was removed.

    Args:
        store: The store, empty.
        folder: Where the files go.
        copied: Called before the checkpoint, where somebody makes a copy.
    """
    service = lines.service(store)
    ended = [f"GONE-{number}" for number in (1, 2, 3)]
    lines.handle(service, [lines.draft(each) for each in ended], [lines.line("withdraw", each, 1) for each in ended])
    lines.handle(service, lines.told("XS-1"), lines.told("XS-2", 1), lines.filed("XS-3", 2))
    with store.reading() as transaction:
        gone = transaction.trail("GONE-2")
        kept = [proofs.write(each) for each in sealed_heads(transaction, FAR, KEYS)]
    (folder / SEALED).write_text("".join(kept), encoding="utf-8")
    copied()
    with store.transaction() as transaction:
        for each in ended:
            transaction.remove(each, FAR, "case_team:ct-1")
    lines.handle(service, lines.filed("XS-5", AFTER + 0.5))
    with store.reading() as transaction, (folder / LIST).open("w", encoding="utf-8") as listed:
        away = take(transaction, TAKEN, "main", keys=KEYS, note=lambda head: listed.write(heads.write_line(head)))
        sealed = [proofs.write(each) for each in sealed_heads(transaction, TAKEN, KEYS)]
    for name in (CHECKPOINT, AWAY):
        (folder / name).write_text(checkpoints.write(away), encoding="utf-8")
    # It goes on: limits that were due long ago are noted by the clock, one is approved, one opened, one removed on record.
    lines.handle(service, lines.line("approve", "XS-3", AFTER + 2, lines.APPROVER), lines.filed("XS-4", AFTER + 3))
    with store.transaction() as transaction:
        transaction.remove("XS-1", FAR + timedelta(hours=4), "case_team:ct-1")
        for request in ("XS-3", "XS-4"):
            head = head_of(transaction, request)
            assert head is not None
            sealed.append(proofs.write(seal_head(head, FAR + timedelta(hours=4), KEYS)))
    with (folder / SEALED).open("a", encoding="utf-8") as more:
        more.write("".join(sealed))
    return away, gone


@contextmanager
def scene(url: str, folder: Path, kind: str, away: Checkpoint, gone: tuple[Step, ...]) -> Iterator[Case]:
    """A store that has lived, with the guards of its tables taken away."""
    with ExitStack() as stack:
        execute = stack.enter_context(directly(url))
        without_guards(execute, kind)
        case = Case(url=url, folder=folder, store=SqlStore(url, PROCESS), execute=execute, away=away, gone=gone)
        stack.callback(case.store.close)
        yield case


# --- what the instruments find ---


def by_chain(case: Case) -> Iterator[Finding]:
    """What the chains say by themselves."""
    return verify(case.store)


def by_seal(case: Case) -> Iterator[Finding]:
    """What is found with the key, of what lies beside the store."""
    yield from checkpoints.findings(checkpoints.read((case.folder / CHECKPOINT).read_text(encoding="utf-8")), KEYS)
    for line in (case.folder / SEALED).read_text(encoding="utf-8").splitlines():
        slip = proofs.read(line)
        false = tuple(proofs.findings(slip, KEYS))
        yield from false
        if not false:
            with case.store.reading() as transaction:
                yield from continuation.held(transaction, slip.of)


def by_checkpoint(case: Case) -> Iterator[Finding]:
    """What is found with the checkpoint that was sent away, and the list that lies beside the store."""
    yield from compared(case.away, checkpoints.read((case.folder / CHECKPOINT).read_text(encoding="utf-8")))
    yield from continuation.findings(case.store, case.away, lambda: listed(case.folder))


INSTRUMENTS: dict[str, Callable[[Case], Iterator[Finding]]] = {
    "chain": by_chain,
    "seal": by_seal,
    "checkpoint": by_checkpoint,
}


def listed(folder: Path) -> Iterator[Head]:
    """The list of heads that lies beside a store."""
    with (folder / LIST).open("rb") as file:
        yield from heads.read_lines(file)


def found(case: Case) -> dict[str, Found]:
    """What each instrument finds, each finding once."""
    everything = {
        name: dict.fromkeys((each.request, each.version, each.what) for each in instrument(case))
        for name, instrument in INSTRUMENTS.items()
    }
    return {name: list(each) for name, each in everything.items()}


def exported(case: Case) -> None:
    """Write the record to a file, for a checker that somebody else wrote."""
    with case.store.reading() as transaction, (case.folder / RECORD).open("w", encoding="utf-8") as file:
        file.writelines(exports.lines(transaction))


# --- what is done ---

Tampering = Callable[[Case], object]


def run(*statements: str) -> Tampering:
    """Do as statements say."""
    return lambda case: [case.execute(statement) for statement in statements]


def every(*tamperings: Tampering) -> Tampering:
    """Do one after the other."""
    return lambda case: [tamper(case) for tamper in tamperings]


def erase(case: Case, request: str) -> None:
    """Take a request out, with all that is kept of it."""
    for table in ("steps", "requests", "messages", "commands"):
        case.execute(f"DELETE FROM eap_{table} WHERE request = :request", request=request)


def erased(request: str) -> Tampering:
    """Take a request out."""
    return lambda case: erase(case, request)


def write(case: Case, steps: tuple[Step, ...]) -> None:
    """Write a trail, with a chain and a row that fit it."""
    snapshot = PROCESS.replay(steps)
    assert snapshot is not None
    with case.store.transaction() as transaction:
        transaction.append(steps, snapshot)


def rewritten(request: str, change: Callable[[tuple[Step, ...]], tuple[Step, ...]]) -> Tampering:
    """Write a request's whole chain anew, and its row with it."""

    def tamper(case: Case) -> None:
        with case.store.reading() as transaction:
            steps = transaction.trail(request)
        for table in ("steps", "requests"):
            case.execute(f"DELETE FROM eap_{table} WHERE request = :request", request=request)
        write(case, change(steps))

    return tamper


def by_another(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Let somebody else have made the first step."""
    other = Actor(role=Role.CONSULTANT, id="con-9", practice="pr-1")
    return (attrs.evolve(steps[0], by=other), *steps[1:])


def without_its_end(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Leave the last step off."""
    return steps[:-1]


def dated_back(by: timedelta) -> Callable[[tuple[Step, ...]], tuple[Step, ...]]:
    """Let a trail have happened earlier."""
    return lambda steps: tuple(attrs.evolve(step, at=step.at - by) for step in steps)


def removed(request: str, at: datetime) -> Tampering:
    """Have a removal recorded that nobody decided on."""

    def tamper(case: Case) -> None:
        with case.store.transaction() as transaction:
            transaction.remove(request, at, "case_team:ct-1")

    return tamper


def removals_rewritten(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Tampering:
    """Write all removals anew, linked, and what the store says of the last one."""

    def tamper(case: Case) -> None:
        with case.store.reading() as transaction:
            kept = [attrs.asdict(act) for act in transaction.removals(0, 99)]
        case.execute("DELETE FROM eap_removals")
        last = None
        for given in change(kept):
            own = {key: given[key] for key in ("request", "workflow", "steps", "head", "at", "by")}
            last = removals.removal(last, **own)
            row = attrs.asdict(last) | {"at": write_instant(last.at)}
            case.execute(
                f"INSERT INTO eap_removals ({', '.join(row)}) VALUES ({', '.join(':' + key for key in row)})", **row
            )
        case.execute(
            "UPDATE eap_checkpoints SET position = :position WHERE name = :name",
            position="" if last is None else removals.stated(last),
            name=removals.LAST,
        )

    return tamper


def put_back(case: Case) -> None:
    """Write a removed request in again, out of a copy, although its removal is recorded."""
    case.execute("UPDATE eap_removals SET request = 'aside' WHERE request = 'GONE-2'")
    write(case, case.gone)
    case.execute("UPDATE eap_removals SET request = 'GONE-2' WHERE request = 'aside'")


def put_in(case: Case) -> None:
    """Write a request in that says that it was opened before the checkpoint, out of the steps of another."""
    with case.store.reading() as transaction:
        like = transaction.trail("XS-4")
    earlier = dated_back(timedelta(days=30))(like)
    write(case, tuple(attrs.evolve(step, request="XS-0") for step in earlier))


def in_file(name: str, old: str, new: str) -> Tampering:
    """Change a file beside the store."""

    def tamper(case: Case) -> None:
        text = (case.folder / name).read_text(encoding="utf-8")
        assert old in text
        (case.folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return tamper


def without_lines(name: str, of: str) -> Tampering:
    """Take lines out of a file beside the store."""

    def tamper(case: Case) -> None:
        kept = [line for line in (case.folder / name).read_text(encoding="utf-8").splitlines() if f'"{of}"' not in line]
        (case.folder / name).write_text("".join(line + "\n" for line in kept), encoding="utf-8")

    return tamper


def sealed_anew(keys: Keys, *requests: str) -> Tampering:
    """Seal the heads of requests anew, in the place of the seals that were there."""

    def tamper(case: Case) -> None:
        for request in requests:
            without_lines(SEALED, request)(case)
            with case.store.reading() as transaction, (case.folder / SEALED).open("a", encoding="utf-8") as file:
                head = head_of(transaction, request)
                assert head is not None
                file.write(proofs.write(seal_head(head, TAKEN, keys)))

    return tamper


def taken_anew(keys: Keys | None) -> Tampering:
    """Take a checkpoint of what is there now, in the place of the one that lies beside the store, with its list."""

    def tamper(case: Case) -> None:
        with case.store.reading() as transaction, (case.folder / LIST).open("w", encoding="utf-8") as file:
            made = take(transaction, TAKEN, "main", keys=keys, note=lambda head: file.write(heads.write_line(head)))
        (case.folder / CHECKPOINT).write_text(checkpoints.write(made), encoding="utf-8")

    return tamper


def set_back(case: Case) -> None:
    """Put a whole copy of before the checkpoint in the place of the database, and of the seals that lay beside it."""
    assert case.older is not None
    with (
        closing(sqlite3.connect(case.older / "requests.db")) as older,
        closing(sqlite3.connect(case.folder / "requests.db")) as there,
    ):
        older.backup(there)
    shutil.copy(case.older / SEALED, case.folder / SEALED)


EDIT = "UPDATE eap_steps SET content = replace(content, 'con-1', 'con-9') WHERE request = 'XS-2' AND version = 1"
REWRITE = rewritten("XS-2", by_another)

TAMPERINGS: dict[str, Tampering] = {
    "nothing": lambda _case: None,
    "a step is edited": run(EDIT),
    "a step is taken out of the middle": run("DELETE FROM eap_steps WHERE request = 'XS-2' AND version = 3"),
    "how a request is kept for quick answers is edited": run(
        "UPDATE eap_requests SET state = 'draft' WHERE request = 'XS-2'"
    ),
    "a whole chain is written anew, and the request's row with it": REWRITE,
    "a request's last step is taken out, and its row set back": rewritten("XS-2", without_its_end),
    "a request is taken out whole, with its row": erased("XS-2"),
    "a request is taken out whole, and the seals of it": every(erased("XS-2"), without_lines(SEALED, "XS-2")),
    "a request is taken out, and a removal recorded that is dated back": removed("XS-2", BEFORE),
    "a request is taken out, and a removal recorded of another request's trail": every(
        erased("XS-2"),
        removals_rewritten(lambda acts: [*acts, acts[0] | {"request": "XS-2", "at": FAR + timedelta(hours=5)}]),
    ),
    "the record of a removal is edited": run("UPDATE eap_removals SET by = 'case_team:ct-9' WHERE number = 2"),
    "the record of a removal is edited, and the removals' chain written anew": removals_rewritten(
        lambda acts: [act | {"by": "case_team:ct-9"} if act["number"] == 2 else act for act in acts]
    ),
    "the last removals are taken out, and the statement of the last one set back": removals_rewritten(
        lambda acts: acts[:2]
    ),
    "a request that was removed is put back": put_back,
    "a request is put in and dated back": put_in,
    "steps of after the checkpoint are dated back": rewritten("XS-3", lambda steps: (*steps[:2], *_earlier(steps[2:]))),
    "a request of after the checkpoint is rewritten": rewritten("XS-4", by_another),
    "a request of after the checkpoint is taken out, and the seals of it": every(
        erased("XS-4"), without_lines(SEALED, "XS-4")
    ),
    "a sealed head is edited": in_file(SEALED, '"request":"XS-3"', '"request":"XS-4"'),
    "a chain is written anew and sealed with a made-up key": every(REWRITE, sealed_anew(MADE_UP, "XS-2")),
    "a chain is written anew and sealed with a key of another name": every(
        REWRITE, sealed_anew(OF_ANOTHER_NAME, "XS-2")
    ),
    "the list of heads is edited": in_file(LIST, '["XS-2",6,', '["XS-2",5,'),
    "a request is taken out, and its line of the list": every(erased("XS-2"), without_lines(LIST, "XS-2")),
    "the checkpoint's seal is taken away": lambda case: (case.folder / CHECKPOINT).write_text(
        checkpoints.write(attrs.evolve(case.away, seals=())), encoding="utf-8"
    ),
    "a chain is written anew, and the checkpoint and its list taken anew": every(REWRITE, taken_anew(None)),
    "the same, and the checkpoint sealed with a made-up key": every(REWRITE, taken_anew(MADE_UP)),
    "the same by somebody who has the key, who seals everything anew": every(
        REWRITE, taken_anew(KEYS), sealed_anew(KEYS, "XS-2")
    ),
    "the whole database is set back to an older copy, with the seals of then": set_back,
    "a request is removed on record, today, by somebody with a password and no reason": removed(
        "XS-2", FAR + timedelta(hours=5)
    ),
}


def _earlier(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return dated_back(timedelta(days=3))(steps)


def row(name: str, of: dict[str, Found]) -> str:
    """A row of the page's table."""
    cells = []
    for each in of.values():
        said = dict.fromkeys(f"`{what}` {request}".strip() for request, _, what in each)
        cells.append(", ".join(said) or "–")
    return f"| {name} | {' | '.join(cells)} |"
