"""A store of some workflows on a database that keeps others too."""

from __future__ import annotations

import pytest

from eap_workflow.errors import Unknown
from eap_workflow.process_set import Processes
from eap_workflow.processes import are_all, every_process, process_named
from eap_workflow.service import Service
from eap_workflow.store import Wanted
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.owned import own_alone
from eap_workflow.testing.acts import OFFICES, handle, service
from eap_workflow.testing.lines import FAR, filed
from eap_workflow.testing.several_workflows import cancellation, contact, one_of_each
from eap_workflow.verification import verify
from tests.databases import kind, opened, url
from tests.servers import own_postgres

__all__ = ["kind", "own_postgres", "url"]

TWO = Processes(process_named("outreach"), process_named("session_cancellation"))
OWN = ["OC-1", "SC-1"]


def test_a_store_of_all_workflows_asks_for_none() -> None:
    """Nothing is left out, so a workflow that nobody knows is said, and not passed over."""
    assert own_alone(every_process()) == ("", ())
    assert are_all(every_process("outreach"))
    assert own_alone(TWO) == (" AND workflow IN (?, ?)", ("outreach", "session_cancellation"))


def test_others_are_none_of_its_business(url: str) -> None:
    """Lists, the clock, the feed and the check go over its own requests, and those of other workflows stand as they stood."""
    with opened(url) as whole, SqlStore(url, TWO) as store:
        handle(service(whole), one_of_each())
        acting = Service(store, offices=OFFICES)
        assert [each.request for each in acting.snapshots()] == OWN
        assert [each.request for each in acting.page(Wanted(turn="therapist"))] == ["SC-1"]
        assert {step.request for _, step in acting.feed()} == set(OWN)
        assert list(verify(store)) == []
        before = service(whole).snapshot("XS-1")
        handle(service(whole), contact("OC-2", 6))
        ticked = acting.tick(FAR)
        assert (ticked.moves, dict(ticked.stuck)) == (1, {})
        assert [each.request for each in acting.overdue(FAR)] == ["OC-2"]
        assert service(whole).snapshot("XS-1") == before
        with pytest.raises(Unknown, match="workflow"):
            acting.snapshot("XS-1")


def test_a_page_of_others_is_not_the_end_of_a_feed(url: str) -> None:
    """A reader goes on to what is its own, however much lies between."""
    with opened(url) as whole, SqlStore(url, TWO) as store:
        acting = service(whole)
        for number in range(5):
            handle(acting, filed(f"XS-{number}"))
        handle(acting, cancellation("SC-1", 9))
        ((position, step),) = Service(store, offices=OFFICES).feed(most=2)
        assert (step.request, step.trigger) == ("SC-1", "cancel")
        assert Service(store, offices=OFFICES).feed(position, most=2) == ()
