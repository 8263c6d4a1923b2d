"""``eap-workflow verify`` by several processes: it finds what one process finds, in the same order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli import verifying
from eap_workflow.cli.app import app
from eap_workflow.cli.held_against import STANDING
from eap_workflow.errors import StoreError
from eap_workflow.processes import every_process
from eap_workflow.store.sql import SqlStore
from tests import lines

REQUESTS = 7
URL = "sqlite:///requests.db"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a store of several pages, of two requests each."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", URL)
    monkeypatch.setattr("eap_workflow.store.paging.PAGE", 2)
    given = [line for number in range(REQUESTS) for line in lines.filed(f"XS-{number}", number)]
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    assert call("run", "commands.jsonl").exit_code == 0


def call(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def change(*statements: str) -> None:
    """Change the database past the library."""
    with closing(sqlite3.connect("requests.db")) as other, other:
        other.execute("DROP TRIGGER eap_steps_are_final")
        for statement in statements:
            other.execute(statement)


def test_a_whole_record_is_whole_for_several() -> None:
    """As for one process."""
    for processes in ("1", "2"):
        assert (
            call("verify", "--processes", processes).output == f"{STANDING}\n{REQUESTS} requests: the record is whole\n"
        )


def test_several_find_what_one_finds() -> None:
    """On the first page, across two, and on the last one; the chain of removals is checked as well."""
    change(
        "UPDATE eap_steps SET content = '{}' WHERE request = 'XS-0' AND version = 1",
        "UPDATE eap_requests SET state = 'approved' WHERE request IN ('XS-3', 'XS-4')",
        "UPDATE eap_requests SET snapshot = 'no JSON' WHERE request = 'XS-6'",
        "INSERT INTO eap_removals (number, request, workflow, steps, head, at, by, before, digest)"
        " VALUES (1, 'GONE-1', 'extra_sessions', 1, 'x', '2026-11-02T00:00:00.000000Z', 'x', '', 'x')",
    )
    alone, several = (call("verify", "--json", "--processes", processes) for processes in ("1", "2"))
    assert alone.exit_code == several.exit_code == 4
    assert several.output == alone.output
    assert all(request in alone.output for request in ("GONE-1", "XS-0", "XS-3", "XS-4", "XS-6"))


def test_where_there_is_much_all_cores_check_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a number it is one process for a few pages, and as many as there are cores, or pages, for more."""
    begun: list[int] = []

    def noted(processes: int, *_: object) -> object:
        begun.append(processes)
        raise StoreError("noted")

    monkeypatch.setattr("eap_workflow.cli.verifying.ProcessPoolExecutor", noted)
    assert call("verify").output == f"{STANDING}\n{REQUESTS} requests: the record is whole\n"
    assert begun == []
    monkeypatch.setattr(verifying, "FEW_PAGES", 3)
    for cores in (2, 64):
        monkeypatch.setattr(verifying, "_cores", lambda: cores)  # noqa: B023 - called here
        assert call("verify").exit_code == 1
    monkeypatch.setattr(verifying, "_cores", lambda: 1)
    assert call("verify").exit_code == 0
    assert begun == [2, 4]


def test_what_others_opened_meanwhile_is_checked_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that comes after the last page that was seen belongs to that page."""
    change("UPDATE eap_steps SET content = '{}' WHERE request = 'XS-6' AND version = 1")
    monkeypatch.setattr(verifying, "_ends_of_pages", lambda _store: ["XS-1", "XS-3"])
    with SqlStore(URL, every_process()) as store:
        found = list(verifying.findings(store, URL, 2, standing=True))
    assert [each.request for each in found] == ["XS-6"]


def test_a_process_that_is_ended_is_an_error_of_ours() -> None:
    """Nothing is said to be whole that was not looked at: without its store a process cannot even begin."""
    with SqlStore(URL, every_process()) as store, pytest.raises(StoreError):
        list(verifying.findings(store, "sqlite:///nowhere.db", 2, standing=True))
