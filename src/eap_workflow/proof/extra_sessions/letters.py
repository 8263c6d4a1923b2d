"""Requests for extra sessions, as they are walked: the contracts, the people, what they ask for, and what decides."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from itertools import product
from typing import Any

from eap_workflow.policy import Limits, LimitTerms, Policy, RequestTerms, ReviewTerms
from eap_workflow.process import CaseTotals
from eap_workflow.proof.walking import Letter, World, clock_key, contract, letter, person
from eap_workflow.steps import Snapshot
from eap_workflow.values import Actor, Reference, Role
from eap_workflow.workflows import extra_sessions as xs

THRESHOLD = 4
MOST = 2
IN_ADVANCE = 2
SUMS = frozenset({"whole_path"})


ANN = person(Role.CONSULTANT, "ann", practice="pr-1")
BEN = person(Role.CONSULTANT, "ben", practice="pr-1")
DESK = person(Role.PRACTICE, "desk", practice="pr-1")
MANAGER = person(Role.CLINICAL_MANAGER, "manager")
BEN_AS_MANAGER = person(Role.CLINICAL_MANAGER, "ben")
APPROVER = person(Role.EMPLOYER, "approver", employer="emp-1")
BEN_AS_APPROVER = person(Role.EMPLOYER, "ben", employer="emp-1")
OTHER_APPROVER = person(Role.EMPLOYER, "other", employer="emp-2")
TEAM = person(Role.CASE_TEAM, "team")


def _limits(review: str, employer: str, *, lapsing: bool, relayed_by: str) -> Limits:
    def term(when_passed: Any) -> LimitTerms:
        return LimitTerms(working_days=2, remind_before=1, warn_before=1, when_passed=when_passed)

    return Limits(
        further_details=term("lapse") if lapsing else None,
        clinical_review=term(review),
        employer_decision=term(employer),
        relay=term("escalate"),
        relayed_by=relayed_by,  # type: ignore[arg-type]
    )


def policy(
    when: str = "at_threshold",
    review: str = "escalate",
    employer: str = "escalate",
    *,
    lapsing: bool = False,
    relayed_by: str = "clock",
    in_advance: int = 0,
) -> Policy:
    """A contract of a shape."""
    return contract(
        review=ReviewTerms(when=when, threshold=THRESHOLD),  # type: ignore[arg-type]
        limits=_limits(review, employer, lapsing=lapsing, relayed_by=relayed_by),
        requests=RequestTerms(
            sessions_per_request=MOST,
            approved_in_advance=in_advance,
            goals=("return_to_work", "ongoing_support"),
            referrals=("none_needed", "specialist_service"),
            details_questions=("plan",),
            decline_reasons=("not_funded",),
        ),
    )


def worlds(full: bool) -> tuple[World, ...]:  # noqa: FBT001
    """Contracts: every way to review and to deem, each with the least and the most besides; or each reading once at least."""
    if not full:
        return (
            World(name="reviewed at the threshold", policy=policy(lapsing=True)),
            World(name="always reviewed, refusal deemed in review", policy=policy("always", "deem_declined")),
            World(name="never reviewed, approval deemed", policy=policy("never", employer="deem_approved")),
            World(
                name="refusal deemed by the employer, told by the team",
                policy=policy(employer="deem_declined", relayed_by="case_team"),
            ),
            World(name="approved in advance", policy=policy(in_advance=IN_ADVANCE)),
        )
    shapes = product(
        ("at_threshold", "always", "never"),
        ("escalate", "deem_declined"),
        ("escalate", "deem_approved", "deem_declined"),
        ((False, "clock", 0), (True, "case_team", IN_ADVANCE)),
    )
    return tuple(
        World(
            name=f"review {when}, {review}, {employer}, {'lapsing' if lapsing else 'waiting'}, {told}, in advance {ahead}",
            policy=policy(when, review, employer, lapsing=lapsing, relayed_by=told, in_advance=ahead),
        )
        for when, review, employer, (lapsing, told, ahead) in shapes
    )


def _draft(**changes: Any) -> xs.Draft:
    given: dict[str, Any] = {
        "assist_case": "ASST-1",
        "client": "client",
        "employer": "emp-1",
        "contract": "walked",
        "sessions": MOST,
        "goal": "return_to_work",
        "referral": "none_needed",
        "consultant": "ann",
    }
    return xs.Draft(**given | changes)


def _forms(full: bool) -> dict[str, xs.Draft]:  # noqa: FBT001
    forms = {
        "draft": _draft(),
        "draft of one session": _draft(sessions=1),
        "draft of ongoing support": _draft(goal="ongoing_support"),
        "draft beyond the number": _draft(sessions=MOST + 1),
    }
    if full:
        forms |= {
            "draft of ongoing support with a referral": _draft(goal="ongoing_support", referral="specialist_service"),
            "draft of one session of ongoing support": _draft(goal="ongoing_support", sessions=1),
            "draft without a goal": xs.Draft(assist_case="ASST-1", contract=Reference("walked"), sessions=1),
            "draft of another contract": _draft(contract="another"),
        }
    return forms


def _submit(beyond: int, pending: int) -> Callable[[Snapshot | None, datetime], xs.Submit]:
    def command(snapshot: Snapshot | None, _at: datetime) -> xs.Submit:
        asked = 0 if snapshot is None else snapshot.body.form.sessions or 0
        counted = max(0, THRESHOLD + beyond - asked - pending)
        return xs.Submit(tally=xs.Tally(completed=counted, scheduled=0, remaining=0))

    return command


def _submissions(full: bool) -> tuple[Letter, ...]:  # noqa: FBT001
    totals = {"below": (-1, 0), "at": (0, 0)}
    if full:
        totals |= {"over": (1, 0), "at, one of them pending,": (0, 1), "below, one of them pending,": (-1, 1)}
    return tuple(
        Letter(
            name=f"submit {name} the threshold, {used} used in advance ({by.role.value} {by.id})",
            by=by,
            trigger="submit",
            command=_submit(*total),
            case=CaseTotals(pending=total[1], approved_in_advance=used),
        )
        for (name, total), by, used in product(totals.items(), (ANN, BEN, DESK), (0, IN_ADVANCE))
        if used == 0 or by is ANN
    )


def _not_extended(snapshot: Snapshot | None) -> bool:
    return snapshot is None or all(not line.due.further for line in snapshot.deadlines if line.limit not in SUMS)


def letters(world: World, full: bool) -> tuple[Letter, ...]:  # noqa: FBT001
    """What may be asked for; few letters leave out second extensions, further forms and further people."""
    asked: list[tuple[str, Any, tuple[Actor, ...]]] = [
        ("answer", xs.ProvideDetails(details={"plan": Reference("doc")}), (ANN, BEN, DESK)),
        ("answer nothing", xs.ProvideDetails(details={}), (ANN,)),
        ("support", xs.Support(), (MANAGER, BEN_AS_MANAGER, APPROVER)),
        ("decline", xs.Decline(reason="not_funded"), (MANAGER, BEN_AS_MANAGER, APPROVER, OTHER_APPROVER)),
        ("decline for no listed reason", xs.Decline(reason="whatever"), (MANAGER, APPROVER)),
        ("approve", xs.Approve(), (APPROVER, BEN_AS_APPROVER, OTHER_APPROVER, MANAGER, TEAM)),
        ("withdraw", xs.Withdraw(), (ANN, BEN, DESK)),
        ("hand to ben", xs.Reassign(consultant=Reference("ben")), (DESK, TEAM)),
        ("hand to ann", xs.Reassign(consultant=Reference("ann")), (TEAM,)),
        ("hand to the manager", xs.Reassign(consultant=Reference("manager")), (TEAM,)),
        ("relay", xs.Relay(), (TEAM, ANN)),
        *((f"reduce to {number}", xs.Reduce(sessions=number), (MANAGER,)) for number in range(1, MOST + 2)),
    ]
    drafts = [(name, draft, (ANN, DESK)) for name, draft in _forms(full).items()]
    made = [letter(name, by, command) for name, command, people in (*drafts, *asked) for by in people]
    made += _submissions(full)
    if full or world.policy.limits.further_details is not None:
        made.append(letter("extend", TEAM, xs.ExtendLimit(working_days=1), within=_not_extended))
    return tuple(made)


def standing(snapshot: Snapshot) -> int:
    """Whether the total is below the threshold (-1), at it (0), or over it (1)."""
    submission = snapshot.body.submission
    beyond = submission.total - submission.threshold
    return int(beyond > 0) - int(beyond < 0)


def key(_world: World, snapshot: Snapshot, at: datetime) -> Hashable:
    """What of a request decides what may become of it: of instants how far ahead they lie, of totals where they stand."""
    body: xs.ExtraSessions = snapshot.body
    form, holder, decision = body.form, body.holder, body.decision
    return (
        (form.sessions, form.goal, form.referral, form.contract, form.employer, form.client),
        (holder.consultant, frozenset(holder.requestors)),
        None if body.submission is None else standing(snapshot),
        body.details is not None,
        body.sessions,
        body.reviewed_by,
        body.put_to_employer_at is not None,
        None if decision is None else (decision.trigger, decision.stage, decision.by.role, decision.by.id),
        body.relayed_at is not None,
        clock_key(snapshot, at, SUMS),
    )
