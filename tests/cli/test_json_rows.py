"""What ``--json`` prints of a row: every key, always."""

from __future__ import annotations

import json

import attrs

from eap_workflow.cli import json_rows
from eap_workflow.store.memory import MemoryStore
from eap_workflow.views import Status
from tests import lines
from tests.lines import FAR, PROCESS, handle


def test_a_status_has_its_keys_whatever_is_missing() -> None:
    """What is not there is null; no key is left out, and dates are in ISO form."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, lines.filed("XS-1"), lines.line("draft", "XS-2", 0))
    rows = [json_rows.status_row(service.status(snapshot, FAR)) for snapshot in service.snapshots()]
    for row in rows:
        assert {*row} == {each.name for each in attrs.fields(Status)} - {"figures"} | {"sessions"}
        assert json.loads(json.dumps(row)) == row
    assert [row["sessions"] for row in rows] == [4, None]
    assert [row["passes_at"] for row in rows] == ["2026-11-09T13:00:00+00:00", None]


def test_a_day_of_an_account_has_its_keys() -> None:
    """Each day has its date, weekday, number or reason, whether it is an estimate, and a note."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, lines.filed("XS-1"))
    snapshot = service.snapshot("XS-1")
    rows = [json_rows.account_row(day) for day in service.explain(snapshot, snapshot.deadlines[0])]
    assert {tuple(row) for row in rows} == {("day", "weekday", "number", "reason", "estimated", "note")}
    assert rows[-1]["day"] == "2026-11-09"
    assert json.loads(json.dumps(rows)) == rows


def test_what_is_overdue_is_over_by_days() -> None:
    """Days over are given as a positive number, and the instant of passing with its offset."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, lines.filed("XS-1"))
    snapshot = service.snapshot("XS-1")
    limit = next(each for each in service.deadlines(snapshot, FAR) if each.binding)
    row = json_rows.overdue_row(service.status(snapshot, FAR), limit)
    assert limit.working_days_left is not None
    assert row["working_days_over"] == -limit.working_days_left > 0
    assert row["hours_over"] is None
    assert row["passed_at"] == "2026-11-09T13:00:00+00:00"
