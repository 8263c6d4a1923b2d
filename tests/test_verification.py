"""Checking the record: whatever somebody changes past the library, with every right, is found and named, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eap_workflow.service import Service
from eap_workflow.store.chain import Finding, link
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.transaction.rows import COLUMNS
from eap_workflow.values import Actor, Role
from eap_workflow.verification import verify
from tests import lines
from tests.databases import directly, kind, service, store, url, without_guards
from tests.lines import DAY, FAR, PROCESS, handle

__all__ = ["kind", "service", "store", "url"]

Execute = Callable[..., list[tuple[Any, ...]]]
Tampering = Callable[[Execute], None]
TEAM = Actor(role=Role.CASE_TEAM, id="ct-1")
STEPS = 7


@pytest.fixture
def filled(service: Service) -> Service:
    """A service with three requests that have steps, and three that were removed."""
    gone = [f"GONE-{number}" for number in (1, 2, 3)]
    handle(service, [lines.draft(each) for each in gone], [lines.line("withdraw", each, 1) for each in gone])
    with service.store.transaction() as transaction:
        for posted in transaction.messages(None, 99):
            transaction.take_message(FAR, FAR, "worker")
            transaction.settle(posted.message.id, "worker", "sent", None, None)
    for request in gone:
        service.remove(request, at=FAR, by=TEAM, ended_before=FAR)
    handle(service, lines.told("XS-1"), lines.told("XS-2", 1), lines.filed("XS-3", 2), lines.tick(3 * DAY))
    return service


def found(store: Any) -> list[tuple[str, int | None, str]]:
    """What is found: in which request, which version, and what."""
    return [(each.request, each.version, each.what) for each in verify(store)]


def edit(column: str, value: str, version: int) -> Tampering:
    """Change a column of a step of XS-2."""
    statement = f"UPDATE eap_steps SET {column} = {value} WHERE request = 'XS-2' AND version = {version}"

    def tamper(execute: Execute) -> None:
        execute(statement)

    return tamper


def edit_and_link(version: int) -> Tampering:
    """Change what a step holds, and compute its digest anew, as somebody would who knows the format."""

    def tamper(execute: Execute) -> None:
        ((format_, content, before),) = execute(
            "SELECT format, content, before FROM eap_steps WHERE request = 'XS-2' AND version = :version",
            version=version,
        )
        content = content.replace('"at":"2026', '"at":"2025')
        execute(
            "UPDATE eap_steps SET content = :content, digest = :digest WHERE request = 'XS-2' AND version = :version",
            content=content,
            digest=link(before, "XS-2", version, format_, content),
            version=version,
        )

    return tamper


def remove(*versions: int) -> Tampering:
    """Take steps of XS-2 out."""

    def tamper(execute: Execute) -> None:
        for version in versions:
            execute("DELETE FROM eap_steps WHERE request = 'XS-2' AND version = :version", version=version)

    return tamper


def exchange(first: int, second: int) -> Tampering:
    """Let two steps of XS-2 take each other's place."""

    def tamper(execute: Execute) -> None:
        move = "UPDATE eap_steps SET version = :to WHERE request = 'XS-2' AND version = :version"
        for version, to in ((first, 99), (second, first), (99, second)):
            execute(move, version=version, to=to)

    return tamper


def insert(version: int) -> Tampering:
    """Put a step in, linked to the one before it, and move the later ones on."""

    def tamper(execute: Execute) -> None:
        before, content = "", "{}"
        if version > 1:
            ((before, content),) = execute(
                "SELECT digest, content FROM eap_steps WHERE request = 'XS-2' AND version = :version",
                version=version - 1,
            )
        for later in range(STEPS, version - 1, -1):
            execute(
                "UPDATE eap_steps SET version = version + 1 WHERE request = 'XS-2' AND version = :later", later=later
            )
        execute(
            "INSERT INTO eap_steps (request, version, format, content, before, digest)"
            " VALUES ('XS-2', :version, 2, :content, :before, :digest)",
            version=version,
            content=content,
            before=before,
            digest=link(before, "XS-2", version, 2, content),
        )

    return tamper


def run(*statements: str) -> Tampering:
    """Do as statements say."""

    def tamper(execute: Execute) -> None:
        for statement in statements:
            execute(statement)

    return tamper


def change_request(column: str, value: str) -> Tampering:
    """Change a column of the row of XS-2."""
    return run(f"UPDATE eap_requests SET {column} = {value} WHERE request = 'XS-2'")


def pass_for(other: str) -> Tampering:
    """Have XS-2 hold whatever another request holds, linked anew: each part of it fits every other."""

    def tamper(execute: Execute) -> None:
        steps = execute(
            "SELECT version, format, content FROM eap_steps WHERE request = :other ORDER BY version", other=other
        )
        execute("DELETE FROM eap_steps WHERE request = 'XS-2'")
        before = ""
        for version, format_, content in steps:
            digest = link(before, "XS-2", version, format_, content)
            execute(
                "INSERT INTO eap_steps (request, version, format, content, before, digest)"
                " VALUES ('XS-2', :version, :format, :content, :before, :digest)",
                version=version,
                format=format_,
                content=content,
                before=before,
                digest=digest,
            )
            before = digest
        for column in COLUMNS:
            change_request(column, f"(SELECT {column} FROM eap_requests WHERE request = '{other}')")(execute)
        execute("UPDATE eap_requests SET head = :head WHERE request = 'XS-2'", head=before)

    return tamper


TAMPERINGS: dict[str, tuple[Tampering, list[tuple[str, int | None, str]]]] = {
    "a step's content is edited": (
        edit("content", "replace(content, 'con-1', 'con-9')", 1),
        [("XS-2", 1, "edited")],
    ),
    "one character of a step is edited": (edit("content", "content || ' '", 4), [("XS-2", 4, "edited")]),
    "a step's digest is edited": (
        edit("digest", "'" + "0" * 64 + "'", 3),
        [("XS-2", 3, "edited"), ("XS-2", 4, "out_of_line")],
    ),
    "a step's link is edited": (
        edit("before", "'" + "0" * 64 + "'", 3),
        [("XS-2", 3, "out_of_line"), ("XS-2", 3, "edited")],
    ),
    "a step's format is edited": (edit("format", "1", 5), [("XS-2", 5, "edited")]),
    "the first step is edited and linked": (edit_and_link(1), [("XS-2", 2, "out_of_line")]),
    "a step is edited and linked": (edit_and_link(4), [("XS-2", 5, "out_of_line")]),
    "the last step is edited and linked": (edit_and_link(STEPS), [("XS-2", STEPS + 1, "head")]),
    "the first step is taken out": (remove(1), [("XS-2", 1, "missing")]),
    "a step is taken out": (remove(3), [("XS-2", 3, "missing")]),
    "several steps are taken out": (remove(3, 4, 6), [("XS-2", 3, "missing"), ("XS-2", 6, "missing")]),
    "the last step is taken out": (remove(STEPS), [("XS-2", STEPS, "head")]),
    "all steps are taken out": (remove(*range(1, STEPS + 1)), [("XS-2", 1, "head")]),
    "a step is moved to another request": (
        run("UPDATE eap_steps SET request = 'XS-3', version = 4 WHERE request = 'XS-2' AND version = 7"),
        [("XS-2", 7, "head"), ("XS-3", 4, "out_of_line"), ("XS-3", 4, "edited"), ("XS-3", 5, "head")],
    ),
    "two steps are exchanged": (
        exchange(3, 5),
        [
            *(("XS-2", 3, "out_of_line"), ("XS-2", 3, "edited"), ("XS-2", 4, "out_of_line")),
            *(("XS-2", 5, "out_of_line"), ("XS-2", 5, "edited"), ("XS-2", 6, "out_of_line")),
        ],
    ),
    "a step is put in": (insert(4), [("XS-2", 5, "out_of_line"), *(("XS-2", n, "edited") for n in range(5, 9))]),
    "a step is put in at the beginning": (
        insert(1),
        [("XS-2", 2, "out_of_line"), *(("XS-2", n, "edited") for n in range(2, 9))],
    ),
    "a step is put in at the end": (insert(STEPS + 1), [("XS-2", STEPS + 2, "head")]),
    "a request's row is taken out": (run("DELETE FROM eap_requests WHERE request = 'XS-2'"), [("XS-2", None, "head")]),
    "a head is edited": (change_request("head", "'" + "0" * 64 + "'"), [("XS-2", STEPS + 1, "head")]),
    "a snapshot is edited": (
        change_request("snapshot", "replace(snapshot, '\"sessions\"\\:3', '\"sessions\"\\:4')"),
        [("XS-2", None, "snapshot")],
    ),
    "a snapshot is another request's": (
        change_request("snapshot", "(SELECT snapshot FROM eap_requests WHERE request = 'XS-1')"),
        [("XS-2", None, "snapshot")],
    ),
    "a request passes for another one": (pass_for("XS-3"), [("XS-2", None, "snapshot")]),
    "a snapshot is none": (change_request("snapshot", "'no JSON'"), [("XS-2", None, "snapshot")]),
    "a state is edited": (change_request("state", "'draft'"), [("XS-2", None, "snapshot")]),
    "a version is edited": (change_request("version", "6"), [("XS-2", None, "snapshot")]),
    "what is pending is edited": (change_request("pending", "9"), [("XS-2", None, "snapshot")]),
    "an employer is edited": (change_request("employer", "'emp-9'"), [("XS-2", None, "snapshot")]),
    "a case is edited": (change_request("assist_case", "NULL"), [("XS-2", None, "snapshot")]),
    "a clock is stopped": (
        run("UPDATE eap_requests SET clock_at = NULL WHERE request = 'XS-3'"),
        [("XS-3", None, "snapshot")],
    ),
    "a limit is hidden": (
        run("UPDATE eap_requests SET passes_at = NULL, due_on = NULL WHERE request = 'XS-3'"),
        [("XS-3", None, "snapshot")],
    ),
    "a removal is edited": (
        run("UPDATE eap_removals SET by = 'case_team:ct-9' WHERE number = 2"),
        [("GONE-2", None, "edited")],
    ),
    "a removal's instant is none": (
        run("UPDATE eap_removals SET at = 'never' WHERE number = 2"),
        [("", None, "edited")],
    ),
    "a removal is taken out": (run("DELETE FROM eap_removals WHERE number = 2"), [("GONE-3", None, "out_of_line")]),
    "the first removal is taken out": (
        run("DELETE FROM eap_removals WHERE number = 1"),
        [("GONE-2", None, "out_of_line")],
    ),
    "the last removal is taken out": (run("DELETE FROM eap_removals WHERE number = 3"), [("", None, "missing")]),
    "all removals are taken out": (run("DELETE FROM eap_removals"), [("", None, "missing")]),
    "a removal is made up": (
        run(
            "INSERT INTO eap_removals (number, request, workflow, steps, head, at, by, before, digest)"
            " SELECT 4, 'XS-2', workflow, 7, head, at, by, digest, digest FROM eap_removals WHERE number = 3",
            "DELETE FROM eap_steps WHERE request = 'XS-2'",
            "DELETE FROM eap_requests WHERE request = 'XS-2'",
        ),
        [("XS-2", None, "edited"), ("", None, "missing")],
    ),
}


def test_what_was_written_is_whole(filled: Service) -> None:
    """After every kind of step, a tick and removals, nothing is found; nor in an empty store, nor in memory."""
    assert found(filled.store) == []
    assert found(MemoryStore(PROCESS)) == []
    memory = lines.service(MemoryStore(PROCESS))
    handle(memory, lines.told("XS-1"), lines.tick(90 * DAY))
    assert found(memory.store) == []
    assert filled.snapshot("XS-2").version == STEPS


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_somebody_changed_is_found(url: str, kind: str, filled: Service, tampering: str) -> None:
    """With the triggers out of the way, by statements of the database: it is found, with its request and version."""
    tamper, expected = TAMPERINGS[tampering]
    with directly(url) as execute:
        without_guards(execute, kind)
        before = found(filled.store)
        tamper(execute)
    assert before == []
    assert found(filled.store) == expected


def test_the_chains_alone_are_checked(url: str, kind: str, filled: Service) -> None:
    """Without the standing, what is wrong with a chain is found the same, and nothing is said of how a request is kept."""
    with directly(url) as execute:
        without_guards(execute, kind)
        change_request("state", "'draft'")(execute)
        assert found(filled.store) == [("XS-2", None, "snapshot")]
        assert list(verify(filled.store, standing=False)) == []
        remove(3)(execute)
        edit("content", "'no JSON'", 5)(execute)
    expected = [("XS-2", 3, "missing"), ("XS-2", 5, "edited")]
    assert [(each.request, each.version, each.what) for each in verify(filled.store, standing=False)] == expected
    assert found(filled.store) == expected


def test_one_that_the_database_cannot_give_hides_no_other(url: str, kind: str, filled: Service) -> None:
    """Where a page of chains cannot be read at all, each request is read by itself, and the others still are checked."""
    if kind != "sqlite":
        pytest.skip("PostgreSQL keeps no text that is none")
    with directly(url) as execute:
        without_guards(execute, kind)
        execute("UPDATE eap_steps SET content = CAST(x'ff' AS TEXT) WHERE request = 'XS-2' AND version = 1")
        execute("UPDATE eap_steps SET content = '{}' WHERE request = 'XS-3' AND version = 2")
    assert found(filled.store) == [("XS-2", None, "edited"), ("XS-3", 2, "edited")]


def test_every_request_that_was_changed_is_named(url: str, kind: str, filled: Service) -> None:
    """Several changes are each found, request by request, and a sentence says what it is about."""
    with directly(url) as execute:
        without_guards(execute, kind)
        edit("content", "'{}'", 2)(execute)
        execute("UPDATE eap_requests SET snapshot = '{}' WHERE request = 'XS-1'")
        execute("DELETE FROM eap_requests WHERE request = 'XS-3'")
    findings = list(verify(filled.store))
    assert [(each.request, each.version) for each in findings] == [("XS-1", None), ("XS-2", 2), ("XS-3", None)]
    assert all(isinstance(each, Finding) and each.sentence for each in findings)


def test_everything_is_looked_at_however_many(
    url: str, kind: str, store: SqlStore, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more requests and removals than a page holds, the last of them is looked at as well."""
    monkeypatch.setattr("eap_workflow.store.paging.PAGE", 2)
    handle(service, [lines.draft(f"XS-{number}") for number in range(10)])
    with store.transaction() as transaction:
        for number in range(5):
            transaction.remove(f"XS-{number}", FAR, "system:clock")
    assert found(store) == []
    with directly(url) as execute:
        without_guards(execute, kind)
        execute("UPDATE eap_steps SET content = '{}' WHERE request = 'XS-9'")
        execute("UPDATE eap_removals SET by = 'x' WHERE number = 5")
    assert found(store) == [("XS-4", None, "edited"), ("XS-9", 1, "edited")]


def test_a_removal_beside_it_is_no_finding(store: SqlStore, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is removed while the record is checked does not look as if something was missing."""
    monkeypatch.setattr("eap_workflow.store.paging.PAGE", 1)
    handle(service, [lines.draft(f"XS-{number}") for number in range(6)])
    with store.transaction() as transaction:
        transaction.remove("XS-0", FAR, "system:clock")
    reading, looks = SqlStore.reading, 0

    def busy(self: SqlStore) -> Any:
        nonlocal looks
        looks += 1
        if looks in {2, 3, 6}:
            with self.transaction() as transaction:
                assert transaction.remove(f"XS-{looks - 1}", FAR, "system:clock")
        return reading(self)

    monkeypatch.setattr(SqlStore, "reading", busy)
    assert found(store) == []
    assert looks == 6
