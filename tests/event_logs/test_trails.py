"""The trails of a store, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from eap_workflow.envelope import Tick, read_envelope, read_envelope_or_tick
from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.event_logs import Pseudonyms, trails
from eap_workflow.processes import every_process, process_named
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.paging import PAGE
from eap_workflow.store.sql import SqlStore
from eap_workflow.values import as_instant
from tests import lines, samples
from tests.lines import DAY

PROCESSES = every_process()


@pytest.fixture(params=["memory", "sqlite"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """A store of requests of two workflows: one that has ended, two that have not."""
    store = MemoryStore(PROCESSES) if request.param == "memory" else None
    sql = None if store else SqlStore(f"sqlite:///{tmp_path}/requests.db", PROCESSES, create=True)
    service = Service(store or sql)  # type: ignore[arg-type] # one of the two
    given = [*lines.told("XS-1"), *lines.filed("XS-2", 2), lines.tick(DAY)]
    for each in given:
        sent = read_envelope_or_tick(PROCESSES, each)
        service.tick(sent.at) if isinstance(sent, Tick) else service.handle(sent)
    yield service
    if sql is not None:
        sql.close()


def test_every_trail_is_given_once(service: Service) -> None:
    """Each request's trail is the one that the service has, in the order of their ids."""
    with service.store.reading() as transaction:
        found = list(trails(transaction, PROCESSES))
    assert found == [service.trail("XS-1"), service.trail("XS-2")]


@pytest.mark.parametrize("key", [b"a key for these tests", b"another key for these"])
def test_trails_come_in_the_order_of_the_pseudonyms(key: bytes) -> None:
    """The order says nothing of the ids; and of two requests with one name, neither is lost."""
    store = MemoryStore(PROCESSES)
    for number in range(40):
        Service(store).handle(read_envelope(PROCESSES, lines.draft(f"XS-{number:03}")))
    pseudonyms = Pseudonyms(key)
    told: list[str] = []
    with store.reading() as transaction:
        found = [each[0].request for each in trails(transaction, PROCESSES, naming=pseudonyms, begin=told.append)]
        same = list(trails(transaction, PROCESSES, naming=lambda _kind, _reference: "same"))
    assert found == told == sorted(found, key=lambda request: pseudonyms("request", request))
    assert found != sorted(found)
    assert len(found) == len(same) == 40


def test_trails_of_a_workflow_or_ended_ones_alone(service: Service) -> None:
    """What is not wanted is passed over, and still told as read."""
    read: list[int] = []
    with service.store.reading() as transaction:
        assert [trail[0].request for trail in trails(transaction, PROCESSES, ended=True, read=read.append)] == ["XS-1"]
        assert list(trails(transaction, PROCESSES, workflow="outreach")) == []
        assert len(list(trails(transaction, PROCESSES, workflow="extra_sessions"))) == 2
    assert read == [1, 2]


def test_trails_as_of_an_instant(service: Service) -> None:
    """Each is as long as it was then; what was opened later is not there, and what ended later had not ended."""
    at = service.trail("XS-1")[3].at
    with service.store.reading() as transaction:
        (found,) = trails(transaction, PROCESSES, at=at)
        assert list(trails(transaction, PROCESSES, at=at, ended=True)) == []
    assert found == tuple(step for step in service.trail("XS-1") if step.at <= at)
    assert 0 < len(found) < len(service.trail("XS-1"))
    before = as_instant(service.trail("XS-1")[0].at.replace(year=2020))
    with service.store.reading() as transaction:
        assert list(trails(transaction, PROCESSES, at=before)) == []


def test_what_cannot_be_wanted_is_refused(service: Service) -> None:
    """An instant without its offset, and a workflow that the store has not."""
    with service.store.reading() as transaction:
        with pytest.raises(InvalidValue, match="no zone"):
            list(trails(transaction, PROCESSES, at=datetime(2026, 11, 1)))  # noqa: DTZ001 - that is what is wrong
        with pytest.raises(Unknown, match="one of"):
            list(trails(transaction, PROCESSES, workflow="tea_breaks"))


def test_the_workflows_of_another_service_are_left_out(tmp_path: Path) -> None:
    """In a store that several services share, each makes the log of its own workflows."""
    url = f"sqlite:///{tmp_path}/shared.db"
    whole = SqlStore(url, PROCESSES, create=True)
    for each in lines.filed("XS-1"):
        Service(whole).handle(read_envelope(PROCESSES, each))
    own = process_named("outreach")
    part = SqlStore(url, own)
    with part.reading() as transaction:
        assert list(trails(transaction, part.processes)) == []
    part.close()
    whole.close()


def test_more_trails_than_a_page_and_steps_of_older_formats(tmp_path: Path) -> None:
    """A page ends nothing, and what an older version wrote is read as what it is today."""
    store = MemoryStore(PROCESSES)
    service = Service(store)
    for number in range(PAGE + 1):
        service.handle(read_envelope(PROCESSES, lines.draft(f"XS-{number}")))
    with store.reading() as transaction:
        assert len(list(trails(transaction, PROCESSES))) == PAGE + 1
    from eap_workflow.store.sql.migrating import migrate

    file = samples.store_0001(tmp_path / "old.db")
    migrate(f"sqlite:///{file}", PROCESSES)
    old = SqlStore(f"sqlite:///{file}", PROCESSES)
    with old.reading() as transaction:
        found = list(trails(transaction, PROCESSES))
    old.close()
    assert {trail[0].request for trail in found} == {row["request"] for row in samples.status_0001()}
