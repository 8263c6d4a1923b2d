"""Hypothesis strategies for files of commands: several requests, led on mostly as people would, and sometimes not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import lines
from eap_workflow.testing.acts import PROCESS, attempt, service
from eap_workflow.testing.lines import ANSWERS, APPROVER, CONSULTANT, MANAGER, TEAM, Line

REQUESTS = ("XS-1", "XS-2", "XS-3")
CASES = {"XS-1": "ASST-1", "XS-2": "ASST-1", "XS-3": "ASST-3"}
CONTRACTS = ("standard", "harbour", "deeming", "advance", "team")
WAITS = (0, 0, 0, 1, 5, 26, 50, 130, 400)

NATURAL: dict[str, tuple[str, ...]] = {
    "new": ("draft",),
    "draft": ("submit", "submit", "submit", "draft", "withdraw"),
    "further_details": ("provide_details", "provide_details", "withdraw", "extend_limit", "reassign"),
    "clinical_review": ("support", "reduce", "decline", "extend_limit", "withdraw"),
    "employer_decision": ("approve", "approve", "decline", "withdraw", "extend_limit", "reassign"),
}
ANY = ("draft", "submit", "provide_details", "support", "reduce", "decline", "approve", "withdraw", "relay")
ACTORS = {
    "support": MANAGER,
    "reduce": MANAGER,
    "approve": APPROVER,
    "decline": APPROVER,
    "relay": TEAM,
    "extend_limit": TEAM,
    "reassign": TEAM,
}
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "provide_details": {"details": st.just(ANSWERS)},
    "reduce": {"sessions": st.integers(1, 4)},
    "decline": {"reason": st.sampled_from(("not_funded", "bad_weather"))},
    "extend_limit": {"working_days": st.integers(1, 9)},
    "reassign": {"consultant": st.just("con-2")},
}


@st.composite
def histories(draw: st.DrawFn, most: int = 16) -> list[Line]:
    """Lines of a file, in order of time: most of them accepted, some refused, now and then a tick.

    For instance a draft, its submission over the threshold, and an approval that comes too early.
    """
    leading = service(MemoryStore(PROCESS))
    contract = draw(st.sampled_from(CONTRACTS))
    hours = 0
    history = []
    for _ in range(draw(st.integers(1, most))):
        hours += draw(st.sampled_from(WAITS))
        given = draw(_next_lines(leading, contract, hours))
        attempt(leading, given)
        history.append(given)
    return history


@st.composite
def _next_lines(draw: st.DrawFn, leading: Service, contract: str, hours: int) -> Line:
    if draw(st.integers(0, 9)) == 0:
        return lines.tick(hours)
    request = draw(st.sampled_from(REQUESTS))
    state = {each.request: each.state for each in leading.snapshots()}.get(request, "new")
    wild = draw(st.integers(0, 7)) == 0
    trigger = draw(st.sampled_from(ANY if wild else NATURAL.get(state, ("relay",))))
    if trigger == "draft":
        sessions = draw(st.sampled_from((1, 4, 4, 5)))
        return lines.draft(request, hours, contract=contract, assist_case=CASES[request], sessions=sessions)
    if trigger == "submit":
        return lines.submit(request, hours, counted=draw(st.sampled_from((0, 4, 6, 9))))
    by = MANAGER if (trigger, state) == ("decline", "clinical_review") else ACTORS.get(trigger, CONSULTANT)
    own = {name: draw(values) for name, values in FIELDS.get(trigger, {}).items()}
    return lines.line(trigger, request, hours, by, **own)
