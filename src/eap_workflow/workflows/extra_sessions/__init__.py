"""Extra sessions: a consultant asks for more, a clinical manager reviews what is large, the employer decides.

`can`, `decide` and `evolve` are the whole of it; the table that they follow is `eap_workflow.states.EXTRA_SESSIONS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from eap_workflow.commands import ExtendLimit
from eap_workflow.errors import DefinitionError
from eap_workflow.local_time import local_day
from eap_workflow.process import Index, Listing, Process
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.terms.extra_sessions import figures_of
from eap_workflow.values import as_words, made
from eap_workflow.workflows.extra_sessions.commands import (
    COMMANDS,
    Approve,
    Decline,
    Draft,
    ProvideDetails,
    Reassign,
    Reduce,
    Relay,
    Submit,
    Support,
    Tally,
    Withdraw,
)
from eap_workflow.workflows.extra_sessions.guards import PREDICATES
from eap_workflow.workflows.extra_sessions.request import (
    Decision,
    ExtraSessions,
    Form,
    Holder,
    Submission,
    fold,
)
from eap_workflow.workflows.extra_sessions.tally import TallyWindow, tally_window

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.process import Adopting, Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms
    from eap_workflow.terms.figures import Figures

__all__ = [
    "COMMANDS",
    "PROCESS",
    "Approve",
    "Decision",
    "Decline",
    "Draft",
    "ExtendLimit",
    "ExtraSessions",
    "Form",
    "Holder",
    "ProvideDetails",
    "Reassign",
    "Reduce",
    "Relay",
    "Submission",
    "Submit",
    "Support",
    "Tally",
    "TallyWindow",
    "Withdraw",
    "advance",
    "body_of",
    "can",
    "decide",
    "evolve",
    "machine",
    "tally_window",
]


def _submission(snapshot: Snapshot[ExtraSessions] | None, command: Any, context: Context) -> Submission:
    policy = context.policy
    if snapshot is None or policy is None:
        raise DefinitionError("a submission has a draft and a policy: its guards see to that")
    day = local_day(context.at, policy.zone)
    window = tally_window(policy, day, command.tally.first_session_on)
    pending = context.case.pending
    return made(
        Submission,
        policy=policy.ref,
        submitted_on=day,
        since=window.since,
        until=window.until,
        pending=pending,
        total=command.tally.counted + pending + snapshot.body.form.sessions,
        threshold=policy.review.threshold,
    )


def _index(snapshot: Snapshot[ExtraSessions]) -> Index:
    body = snapshot.body
    form, submission, decision = body.form, body.submission, body.decision
    sessions = body.sessions or 0
    undecided = submission is not None and not EXTRA_SESSIONS.state(snapshot.state).final
    in_advance = decision is not None and decision.trigger == "approve_in_advance"
    return Index(
        contract=form.contract,
        policy=None if submission is None else submission.policy,
        assist_case=form.assist_case,
        employer=form.employer,
        pending=sessions if undecided else 0,
        approved_in_advance=sessions if in_advance else 0,
    )


NOTES = {"approve_in_advance": "in advance", "deem_approved": "deemed", "deem_declined": "deemed"}


def _listing(snapshot: Snapshot[ExtraSessions]) -> Listing:
    body = snapshot.body
    figures = {"sessions": body.sessions}
    if not EXTRA_SESSIONS.state(snapshot.state).final:
        return Listing(figures=figures)
    decision = body.decision
    if decision is None:
        return Listing(figures=figures, ended_at=snapshot.at)
    said = [NOTES.get(decision.trigger), None if decision.reason is None else as_words(decision.reason)]
    if decision.outcome == "declined":
        said.append(f"in {as_words(decision.stage)}")
    if body.relayed_at is None:
        said.append("not relayed yet")
    return Listing(figures=figures, ended_at=decision.at, how=tuple(filter(None, said)))


def _terms(policy: Policy, _body: object, _command: object) -> Terms:
    return policy.limits.terms


def _numbers(policy: Policy) -> Figures:
    return figures_of(policy.requests, policy.review, policy.limits)


def _adopting() -> Adopting:
    from eap_workflow.workflows.extra_sessions.adoption import ADOPTING

    return ADOPTING


PROCESS = Process(
    workflow=EXTRA_SESSIONS.bind(PREDICATES),
    fold=fold,
    facts={"submit": _submission},
    commands=COMMANDS,
    fact_types={"submit": Submission},
    body_type=ExtraSessions,
    index=_index,
    terms=_terms,
    numbers=_numbers,
    listing=_listing,
    counts_case=frozenset({"submit", "support", "reduce"}),
    adopting=_adopting,
)
"""The extra-sessions workflow, bound and ready to be asked."""

can: Final = PROCESS.can
decide: Final = PROCESS.decide
advance: Final = PROCESS.advance
evolve: Final = PROCESS.evolve
body_of: Final = PROCESS.body_of
machine: Final = PROCESS.machine
