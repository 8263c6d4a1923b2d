"""A dossier is gathered of every request there is: of every workflow, from every store, and however little is known of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
import sqlalchemy

from eap_workflow.dossier import dossier_of, html
from eap_workflow.dossier.gathering import NO_CONTRACT
from eap_workflow.errors import StoreError, Unknown
from eap_workflow.policy_book import PolicyBook
from eap_workflow.processes import NAMES, every_process
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.workflows import extra_sessions
from tests import lines
from tests.databases import directly, new_database, without_guards
from tests.dossier import samples
from tests.lines import DAY

OF_A_CONTRACT = "XS-0049"
WHEN_ITS_LIMIT_HAS_PASSED = datetime(2027, 2, 10, tzinfo=UTC)
DECLINED = lines.line("decline", "XS-1", 3, lines.MANAGER, reason="not_short_term")
SOON = datetime(2026, 11, 20, tzinfo=UTC)


def of(service: Service, request: str = "XS-1", at: datetime = SOON) -> Any:
    """A dossier of a service."""
    return dossier_of(service, request, at=at, zone=samples.MELBOURNE)


def led(*given: Any) -> Service:
    """A service in memory to which lines were sent."""
    service = lines.service(MemoryStore(extra_sessions.PROCESS))
    for each in given:
        lines.handle(service, *([each] if isinstance(each, list) else [[each]]))
    return service


@pytest.mark.parametrize("request_", samples.requests())
def test_every_request_has_a_dossier_with_all_of_its_steps(request_: str) -> None:
    """Of all four workflows; nothing is left out, and every record is whole (XS-11, CM-15)."""
    service, found = samples.service(), samples.dossier(request_)
    steps = service.trail(request_)
    recorded = [entry for entry in found.steps if not entry.is_owed]
    assert [entry.version for entry in recorded] == [step.version for step in steps]
    assert found.steps == (*recorded, *found.owed)
    assert len(found.sheets) >= len({each.limit for step in steps for each in step.started})
    assert found.record.findings == ()
    assert found.record.head == recorded[-1].digest
    assert found.path.state == service.owed(service.snapshot(request_), samples.AT)[1].state
    assert found.drawing is not None


def test_the_examples_have_requests_of_every_workflow_and_kind() -> None:
    """What the tests here look at is no single case."""
    found = [samples.dossier(request) for request in samples.requests()]
    assert {each.workflow for each in found} == set(NAMES)
    assert {sheet.standing for each in found for sheet in each.sheets} == {
        "running", "over", "extended", "kept", "late", "lifted"
    }  # fmt: skip
    assert set(samples.WORTH_SEEING) <= set(samples.requests())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_store_gives_the_same_page(kind: str) -> None:
    """From memory, from SQLite and from PostgreSQL, byte for byte (IN-12)."""
    with new_database(kind) as url, SqlStore(url, every_process()) as store:
        service = samples.laid_out(store)
        for request in samples.WORTH_SEEING:
            given = dossier_of(service, request, at=samples.AT, zone=samples.MELBOURNE)
            assert html(given) == samples.page(request)


def test_as_of_an_earlier_instant_it_is_the_dossier_of_then() -> None:
    """Steps, limits and messages of later are not shown; that they are recorded is (XS-11)."""
    service = led(lines.told("XS-1"))
    whole = of(service)
    then = of(service, at=lines.START + timedelta(hours=1, minutes=30))
    assert then.state == "clinical review"
    assert then.steps == whole.steps[: len(then.steps)]
    assert then.record.later == whole.record.steps - len(then.steps) > 0
    assert then.record.head == then.steps[-1].digest != whole.record.head
    assert {sheet.standing for sheet in then.sheets} == {"running"}
    assert max(message.version for message in then.messages) <= len(then.steps)


def test_before_it_was_opened_there_is_no_dossier() -> None:
    """Nor of a request that there is not."""
    service = led(lines.draft("XS-1"))
    with pytest.raises(Unknown, match="not opened yet"):
        of(service, at=lines.START - timedelta(hours=1))
    with pytest.raises(Unknown, match="no request of this id"):
        of(service, "XS-2")
    with pytest.raises(Unknown, match="zone"):
        dossier_of(service, "XS-1", at=SOON, zone="Mars/Olympus")


def test_a_draft_with_hardly_anything_in_it_has_one() -> None:
    """No contract, no policy, no limit, no message (XS-02)."""
    found = of(led(lines.line("draft", "XS-1", 0)))
    assert (found.asked, found.sheets, found.messages, found.policy) == ((), (), (), None)
    assert found.policy_remark == NO_CONTRACT
    assert found.next_moves
    assert "Nothing was filled in." in html(found)


def settled(service: Service) -> Any:
    """A dossier from which is left out by what alone a worker that came by makes a difference."""
    found = of(service)
    steps = tuple(attrs.evolve(each, is_owed=False, digest="") for each in found.steps)
    return attrs.evolve(found, steps=steps, messages=(), record=None)


@pytest.mark.parametrize(
    "given", [lines.reviewed("XS-1"), [*lines.reviewed("XS-1"), DECLINED]], ids=["overdue", "relay"]
)
def test_what_the_clock_owes_counts_as_done_and_is_marked(given: list[lines.Line]) -> None:
    """State, limits and moves are the same whether or not a worker has come by (IN-04, IN-13)."""
    service = led(given)
    found, before = of(service), settled(service)
    assert [each.is_owed for each in found.steps] == [False] * found.record.steps + [True]
    assert found.owed[0].what == ("relay" if found.state == "declined" else "overdue")
    page = html(found)
    assert "owes this request 1 move" in page
    assert "made by the next worker or command" in page
    service.tick(SOON)
    assert of(service).owed == ()
    assert settled(service) == before
    assert "owes this request" not in html(of(service))


def test_what_the_clock_cannot_make_is_said() -> None:
    """Without the request's policy nobody can tell what would follow: what is owed stays owed (IN-11, IN-13)."""
    with new_database("sqlite") as url:
        with SqlStore(url, every_process()) as store:
            assert of(samples.laid_out(store), OF_A_CONTRACT, WHEN_ITS_LIMIT_HAS_PASSED).owed
        with directly(url) as execute:
            without_guards(execute, "sqlite")
            execute("DELETE FROM eap_policies")
        with SqlStore(url, every_process()) as store:
            service = Service(store, policies=PolicyBook.standard())
            found = of(service, OF_A_CONTRACT, WHEN_ITS_LIMIT_HAS_PASSED)
            assert found.owed == ()
            assert [each.what for each in found.clock if each.is_owed]
            assert "which cannot be made here" in html(found)


def test_a_policy_that_is_not_kept_is_named_and_the_rest_stands() -> None:
    """The store lost it, and no file has it: the page says which it was, and shows days on the calendar that is kept (IN-11)."""
    with new_database("sqlite") as url:
        with SqlStore(url, every_process()) as store:
            samples.laid_out(store)
        with directly(url) as execute:
            without_guards(execute, "sqlite")
            execute("DELETE FROM eap_policies")
        with SqlStore(url, every_process()) as store:
            found = of(Service(store, policies=PolicyBook.standard()), "XS-0014", samples.AT)
            assert found.policy is None
            assert "northline 2026-02" in found.policy_remark
            assert found.sheets[0].months
            assert found.sheets[0].remarks == ()
            assert found.policy_remark in html(found).replace("&#39;", "'")


def test_a_calendar_that_is_not_kept_is_replaced_by_todays_and_said() -> None:
    """Where neither is at hand, the dates stand alone (IN-12)."""
    with new_database("sqlite") as url:
        with SqlStore(url, every_process()) as store:
            samples.laid_out(store)
        with directly(url) as execute:
            without_guards(execute, "sqlite")
            execute("DELETE FROM eap_calendars")
        with SqlStore(url, every_process()) as store:
            (sheet, *_) = of(Service(store), "XS-0009", samples.AT).sheets
            assert "not kept here" in sheet.remarks[0]
            assert sheet.months
        with directly(url) as execute:
            without_guards(execute, "sqlite")
            execute("DELETE FROM eap_policies")
        with SqlStore(url, every_process()) as store:
            (sheet, *_) = of(Service(store), "XS-0014", samples.AT).sheets
            assert sheet.months == ()
            assert "No calendar" in sheet.remarks[0]
            assert sheet.verdict == "“approve” ended it on Fri 2026-11-06."


def test_a_record_that_was_tampered_with_is_said_on_the_page_or_has_none() -> None:
    """A step that was edited is named; where steps are gone, no page pretends to know what happened (XS-11)."""
    with new_database("sqlite") as url:
        with SqlStore(url, every_process()) as store:
            samples.laid_out(store)
        with directly(url) as execute:
            without_guards(execute, "sqlite")
            execute(
                "UPDATE eap_steps SET content = replace(content, 'relapse_prevention', 'return_to_work')"
                " WHERE request = 'XS-0009' AND version = 1"
            )
            execute("DELETE FROM eap_steps WHERE request = 'XS-0014' AND version = 2")
        with SqlStore(url, every_process()) as store:
            found = of(Service(store), "XS-0009", samples.AT)
            assert found.record.findings == ("step 1 is not what was written",)
            assert "The record is not what was written" in html(found)
            with pytest.raises(StoreError, match="eap-workflow verify"):
                of(Service(store), "XS-0014", samples.AT)


def test_a_dossier_writes_nothing() -> None:
    """Not a row more, nor another version of one."""
    with new_database("sqlite") as url, SqlStore(url, every_process()) as store:
        samples.laid_out(store)
        file = Path(str(sqlalchemy.make_url(url).database))

        def rows() -> list[Any]:
            with directly(url) as execute:
                names = [name for (name,) in execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
                return [execute(f"SELECT * FROM {name}") for name in sorted(names)]

        before = rows()
        for request in samples.WORTH_SEEING:
            html(of(Service(store), request, samples.AT))
        assert rows() == before
        assert file.is_file()


def test_messages_say_how_far_they_have_come() -> None:
    """Each with its recipient, its step and what it shows (XS-08)."""
    found = of(led(lines.told("XS-1"), lines.tick(DAY)))
    assert {message.state for message in found.messages} == {"waits to be sent"}
    last = found.messages[-1]
    assert (last.kind, last.to) == ("outcome for client", "client cl-XS-1")
    assert attrs.asdict(last.shown[0])["label"] == "assist case"
