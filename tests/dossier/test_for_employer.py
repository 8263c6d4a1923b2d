"""An employer's dossier holds what an employer sees, and nothing else of the request, in any byte of its page."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given

from eap_workflow.dossier import EmployerDossier, employer_dossier, employer_html
from eap_workflow.dossier.for_employer import PLAINLY
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Role
from eap_workflow.views import EmployerView, employer_view
from tests import lines
from tests.histories import histories
from tests.lines import APPROVER, BOOK, PROCESS

NOW = datetime(2026, 10, 29, tzinfo=UTC)
PLANTED: dict[str, Any] = {
    "client": "planted-client",
    "employer": "emp-1",
    "consent": "planted-consent",
    "follows": "planted-earlier",
    "assist_case": "ASST-77177177",
}
MARKS = ("planted", "77177177", "XS-1-planted", "con-1", "pr-1", "doc-", "cm-1", "hr-1", "emp-1")


def page_of(service: Service, request: str) -> str | None:
    """The page that an employer has of a request; None where it is shown nothing."""
    snapshot = service.snapshot(request)
    policy = service.policy_of(snapshot)
    view = None if policy is None else employer_view(snapshot, policy, key=b"secret")
    return None if view is None else employer_html(employer_dossier(view, PROCESS.workflow, at=NOW))


def test_it_is_made_of_the_view_alone() -> None:
    """There is no parameter through which anything else of a request could come in (XS-06, CR-05)."""
    parameters = inspect.signature(employer_dossier, eval_str=False).parameters
    assert {name: each.annotation for name, each in parameters.items()} == {
        "view": "EmployerView",
        "workflow": "Workflow",
        "at": "datetime",
        "zone": "str",
    }


@pytest.mark.parametrize("ended", [False, True])
def test_no_byte_of_its_page_tells_who_it_is_about(ended: bool) -> None:  # noqa: FBT001 - a case of the test
    """Values that were planted in every field that can be filled in are nowhere on it; what an employer sees is (XS-06, CR-05)."""
    service = lines.service(MemoryStore(PROCESS))
    lines.handle(service, lines.filed("XS-1-planted", **PLANTED, goal="relapse_prevention"))
    if ended:
        lines.handle(service, [lines.line("approve", "XS-1-planted", 1, APPROVER)])
    page = page_of(service, "XS-1-planted")
    assert page is not None
    assert [mark for mark in MARKS if mark in page] == []
    assert re.search(r"<dd>R-[0-9A-F]{16}</dd>", page)
    assert "relapse prevention" in page
    assert ("What is asked of you, by the end of" in page) is not ended
    assert ("Nothing is asked of you" in page) is ended


@given(history=histories())
def test_after_anything_that_can_happen_its_page_tells_nothing(history: list[lines.Line]) -> None:
    """Whatever was sent, no reference of a person, a case, a practice or the request is on the page (XS-06)."""
    service = lines.service(MemoryStore(PROCESS), BOOK)
    for each in history:
        lines.attempt(service, each)
    for snapshot in service.snapshots():
        page = page_of(service, snapshot.request) if snapshot.body.form.contract is not None else None
        if page is not None:
            # The ids of rules begin like those of requests.
            said = re.sub(r"\b(XS|CR|IN)-\d\d\b", "", page)
            for private in ("cl-", "con-", "pr-", "doc-", "XS-", "emp-", "ASST-", "hr-", "cm-"):
                assert private not in said


def test_it_says_what_the_employer_may_do() -> None:
    """While it is the employer's turn, the moves of the table that an employer makes; nothing of what others may (IN-09)."""
    given: dict[str, Any] = {"reference": "R-1F0C2B7A90D4E351", "sessions": 3, "goal": "return_to_work"}
    view = EmployerView(**given, referral="none_needed", state="employer_decision", due_on=NOW.date())
    found = employer_dossier(view, PROCESS.workflow, at=NOW)
    assert [(move.what, move.target, move.rule.who) for move in found.next_moves] == [
        ("approve", "approved", ("employer",)),
        ("decline", "declined", ("employer",)),
    ]
    page = employer_html(found)
    assert "clinical manager" not in page
    assert "consultant" not in page
    assert "What is asked of you, by the end of Thu 2026-10-29" in page
    assert "nobody who filed" not in page
    assert "kept to the end" not in page


def test_every_guard_of_an_employers_move_is_in_plain_words_or_none_of_an_employers() -> None:
    """A guard that a table gains has to be thought of here: what is left out is for the programme to see to (IN-09)."""
    guards = {name for move in PROCESS.workflow.moves if Role.EMPLOYER in move.who for name in move.guards}
    assert guards - set(PLAINLY) == {"policy_in_force"}
    assert set(PLAINLY) <= guards


def test_it_has_every_field_of_the_view() -> None:
    """A field that the view gains is shown as well (XS-06)."""
    view = EmployerView(
        reference="R-1",
        sessions=2,
        goal="a_goal",
        referral="b",
        state="approved",
        due_on=NOW.date(),
        assist_case="ASST-1",
    )
    found = employer_dossier(view, PROCESS.workflow, at=NOW)
    assert [line.label for line in found.shown] == [each.name.replace("_", " ") for each in attrs.fields(EmployerView)]
    assert {each.name for each in attrs.fields(EmployerDossier)} >= {"shown", "reference"}
    assert "R-1" not in repr(found)
