"""What an employer sees of a request, and what it can never see."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given

from eap_workflow.plain.wire import to_wire
from eap_workflow.policy import STANDARD, EmployerViewTerms
from eap_workflow.policy_book import PolicyBook
from eap_workflow.records import snapshot_to_wire
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.views import EmployerView, employer_view
from tests import lines
from tests.histories import histories
from tests.lines import APPROVER, DAY, MANAGER, PROCESS, handle

SHOWING = attrs.evolve(
    STANDARD, contract="showing", version="1", employer_view=EmployerViewTerms(shows_assist_case=True)
)
BOOK = PolicyBook.of([*lines.BOOK.policies, SHOWING])


@pytest.fixture
def service() -> Service:
    """A service on an empty store."""
    return lines.service(MemoryStore(PROCESS), BOOK)


def seen(service: Service, request: str = "XS-1") -> EmployerView | None:
    """A request as its employer sees it."""
    snapshot = service.snapshot(request)
    policy = service.policy_of(snapshot)
    assert policy is not None
    return employer_view(snapshot, policy)


def shown(service: Service, request: str = "XS-1") -> dict[str, Any]:
    """What its employer sees, as plain data."""
    view = seen(service, request)
    assert view is not None
    return to_wire(view)


def test_an_employer_sees_these_fields_and_no_other() -> None:
    """The type has a field for each thing that may be shown: there is no place for anything else (XS-06, CR-05)."""
    assert [each.name for each in attrs.fields(EmployerView)] == [
        "reference",
        "sessions",
        "goal",
        "referral",
        "state",
        "due_on",
        "assist_case",
    ]


def test_a_request_that_is_put_to_it_is_seen(service: Service) -> None:
    """Sessions as supported, goal, referral, state and its own due date; no case number by default (XS-06, CR-05)."""
    handle(service, lines.reviewed("XS-1"), lines.line("reduce", "XS-1", 2, MANAGER, sessions=3))
    view = shown(service)
    assert view.pop("reference").startswith("R-")
    assert view == {
        "sessions": 3,
        "goal": "return_to_work",
        "referral": "none_needed",
        "state": "employer_decision",
        "due_on": "2026-11-09",
    }


@pytest.mark.parametrize(
    "path",
    [
        [lines.draft("XS-1")],
        lines.filed("XS-1", counted=9),
        lines.reviewed("XS-1"),
        [*lines.reviewed("XS-1"), lines.line("decline", "XS-1", 2, MANAGER, reason="not_short_term")],
        [*lines.reviewed("XS-1"), lines.line("withdraw", "XS-1", 2)],
        [*lines.filed("XS-1", counted=9, contract="harbour"), lines.tick(60 * DAY)],
    ],
)
def test_a_request_that_was_never_put_to_it_is_not_seen(service: Service, path: list[lines.Line]) -> None:
    """Of drafts, of what is under review, and of what ended there, an employer learns nothing (XS-06)."""
    handle(service, path)
    assert seen(service) is None


def test_it_sees_the_outcome_without_a_date(service: Service) -> None:
    """Once decided or withdrawn the state is shown, and no limit (XS-06)."""
    handle(service, lines.told("XS-1"), lines.filed("XS-2"), lines.line("withdraw", "XS-2", 1))
    for request, state in (("XS-1", "approved"), ("XS-2", "withdrawn")):
        view = shown(service, request)
        assert (view["state"], view.get("due_on")) == (state, None)


def test_the_case_number_is_shown_only_where_the_contract_says_so(service: Service) -> None:
    """One contract shows the Assist Case, the standard one does not (XS-06)."""
    handle(service, lines.filed("XS-1", contract="showing"), lines.filed("XS-2"))
    assert shown(service)["assist_case"] == "ASST-1"
    assert "assist_case" not in shown(service, "XS-2")


def test_two_requests_of_one_client_cannot_be_linked(service: Service) -> None:
    """The same client, case, consultant and practice leave no common value but choices and numbers (XS-06)."""
    own: dict[str, Any] = {"client": "cl-1", "assist_case": "ASST-7", "goal": "return_to_work", "sessions": 2}
    handle(
        service, lines.filed("XS-1", **own), lines.filed("XS-2", 30, **own, follows="XS-1", referral="private_practice")
    )
    first, second = shown(service, "XS-1"), shown(service, "XS-2")
    assert first["reference"] != second["reference"]
    for view in (first, second):
        for private in ("cl-1", "ASST", "con-1", "pr-1", "XS-", "emp-1"):
            assert private not in json.dumps(view)


def test_a_reference_stays_the_same(service: Service) -> None:
    """An employer finds the same request again under the same reference, whatever happens to it (XS-06)."""
    handle(service, lines.filed("XS-1"))
    before = shown(service)["reference"]
    handle(service, lines.line("approve", "XS-1", 1, APPROVER), lines.tick(2))
    assert shown(service)["reference"] == before


def test_a_view_shows_nothing_in_its_repr(service: Service) -> None:
    """What an employer sees is not for the log of the service that shows it."""
    handle(service, lines.filed("XS-1", contract="showing"))
    assert "ASST" not in repr(seen(service))
    assert "R-" not in repr(seen(service))


@given(history=histories())
def test_no_personal_reference_is_ever_shown(history: list[lines.Line]) -> None:
    """After anything that can be sent, no reference of a person, a case, a practice or the request is in a view (XS-06)."""
    service = lines.service(MemoryStore(PROCESS), BOOK)
    references = set()
    for each in history:
        lines.attempt(service, each)
    for snapshot in service.snapshots():
        if snapshot.body.form.contract is None:
            continue
        view = seen(service, snapshot.request)
        if view is not None:
            text = json.dumps(to_wire(view))
            for private in ("cl-", "con-", "pr-", "doc-", "XS-", "emp-", "ASST-", "hr-", "cm-"):
                assert private not in text
            assert view.reference not in json.dumps(snapshot_to_wire(snapshot))
            assert view.reference not in references
            references.add(view.reference)
            assert view.due_on is None or view.due_on > date(2026, 10, 28)
