"""Watching the library at work: which places of which rules are seen while something runs.

What is watched is what everything goes through: a row that is asked for its guards, a verdict that refuses, a step that is
applied, a message that is made, a view that answers. Nothing is changed by it; what a test gets is what it
would have got.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cache, update_wrapper, wraps
from threading import get_ident
from types import FunctionType, ModuleType
from typing import Any, cast

import attrs
import pytest

from eap_workflow.adoption.claims import Claim, refuse_contradictions
from eap_workflow.citing import served_by
from eap_workflow.errors import Refused
from eap_workflow.machine import Row, Workflow
from eap_workflow.messages import Message
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import Process
from eap_workflow.rules import How, Kind, Sight
from eap_workflow.rules.places import (
    functions,
    keys,
    messages_by_workflow,
    place_of_function,
    widened,
    workflow_of_key,
)
from eap_workflow.states import CASE_REVIEW, EXTRA_SESSIONS, OUTREACH, SESSION_CANCELLATION
from eap_workflow.steps import Snapshot, Step
from eap_workflow.table import Move
from eap_workflow.verdict import Verdict
from eap_workflow.views.limit_runs import ending_of, fulfilled_by
from eap_workflow.views.messages import composed
from eap_workflow.views.new_case import NewCaseAdvice
from eap_workflow.views.permissions import Answer

TABLES = {table.name: table for table in (EXTRA_SESSIONS, CASE_REVIEW, OUTREACH, SESSION_CANCELLATION)}
BEFORE_IT_PASSES = ("remind", "warn")

Seen = set[tuple[str, Sight]]
"""The id of a rule, and a place of it that was seen at work."""

_seen: Seen | None = None
_watcher: int | None = None
"""The thread that watches: what others come to see depends on which of them is first."""


def _note(rules: tuple[str, ...], sight: Sight) -> None:
    if _seen is not None and get_ident() == _watcher:
        _seen.update((rule, sight) for rule in rules)


# --- rows, guards and refusals ----------------------------------------------------------------------------------------

_guards_hold, _verdict, _applied = Row.guards_hold, Workflow.verdict, Process._applied


@cache
def _table_of(move: Move) -> Workflow | None:
    """The table that a row stands in; None for one that is made up."""
    return next((table for table in TABLES.values() if any(each is move for each in table.moves)), None)


@cache
def _of_rows_alone(table: Workflow) -> frozenset[str]:
    """The rules that no guard of a table asks for: where a row is refused, they are."""
    asked_for = {rule for guard in table.guards for rule in guard.rules}
    return frozenset(rule for move in table.moves for rule in move.rules) - asked_for


def _row_asked(row: Row, snapshot: Any, command: Any, context: Any) -> bool:
    holds = _guards_hold(row, snapshot, command, context)
    table = _table_of(row.move)
    if table is not None:
        if holds:
            _note(row.move.rules, Sight(Kind.ROW, row.move.trigger, How.PERMITTED, table.name))
        for guard, predicate in row.checks:
            met = holds or predicate(snapshot, command, context)
            _note(guard.rules, Sight(Kind.GUARD, guard.name, How.PERMITTED if met else How.REFUSED, table.name))
        if not holds:
            _row_refused(table, row.move)
        _policy_read(context.policy, table.name)
    return holds


def _row_refused(table: Workflow, move: Move, *, by_role: bool = False) -> None:
    alone = _of_rows_alone(table)
    rules = tuple(rule for rule in move.rules if by_role or rule in alone)
    _note(rules, Sight(Kind.ROW, move.trigger, How.REFUSED, table.name))


def _verdict_given(workflow: Workflow, snapshot: Any, command: Any, context: Any) -> Verdict:
    verdict = _verdict(workflow, snapshot, command, context)
    table = TABLES.get(workflow.name)
    if table is None or verdict.permitted:
        return verdict
    guards = {guard.name: guard for guard in table.guards}
    for reason in verdict.reasons:
        if guard := guards.get(reason.code):
            _note(guard.rules, Sight(Kind.GUARD, guard.name, How.REFUSED, table.name))
    # Where it is made from other states alone, each of its rows refuses it here.
    moves = [move for move in table.moves if move.trigger == verdict.trigger]
    for move in [move for move in moves if move.source == verdict.state] or moves:
        _row_refused(table, move, by_role="role" in verdict.codes)
    return verdict


# --- limits -----------------------------------------------------------------------------------------------------------


def _step_applied(process: Process, snapshot: Snapshot | None, step: Step) -> Snapshot:
    table = TABLES.get(step.workflow)
    if table is not None and step.workflow == process.workflow.name:
        for deadline in step.started:
            _limit_seen(table, deadline.limit, How.STATED)
        for limit in step.stopped:
            _limit_ended(table, snapshot, limit, step)
        if step.limit is not None and step.trigger not in BEFORE_IT_PASSES:
            _limit_ended(table, snapshot, step.limit, step)
        for limit in fulfilled_by(table, step):
            _limit_seen(table, limit, How.KEPT)
    return _applied(process, snapshot, step)


def _limit_ended(table: Workflow, snapshot: Snapshot | None, limit: str, step: Step) -> None:
    deadline = None if snapshot is None else snapshot.deadline(limit)
    if deadline is None:
        return
    if deadline.has_passed(step.at):
        _limit_seen(table, limit, How.PASSED)
    elif ending_of(table, step, limit) == "done":
        _limit_seen(table, limit, How.KEPT)


def _limit_seen(table: Workflow, limit: str, how: How) -> None:
    _note(table.limit(limit).rules, Sight(Kind.LIMIT, limit, how, table.name))


# --- keys of the policy -----------------------------------------------------------------------------------------------

_readings: dict[int, tuple[Policy, list[tuple[tuple[str, ...], Sight]]]] = {}


def _policy_read(policy: Policy | None, workflow: str) -> None:
    if policy is None or _seen is None:
        return
    if id(policy) not in _readings:
        _readings[id(policy)] = policy, list(_read(policy))  # kept, so that its id stays its own
    for rules, sight in _readings[id(policy)][1]:
        if sight.workflow in (workflow, None):
            _note(rules, sight)


def _read(policy: Policy) -> Iterator[tuple[tuple[str, ...], Sight]]:
    given, standard = values_of_keys(policy), values_of_keys(STANDARD)
    for key, (rules, _) in keys().items():
        if given.get(key) != standard.get(key):
            yield rules, Sight(Kind.KEY, key, How.OTHERWISE, workflow_of_key(key))


def values_of_keys(policy: Policy) -> dict[str, list[object]]:
    """What stands under each key of a policy, in all the tables that a reader takes for one."""
    found: defaultdict[str, list[object]] = defaultdict(list)

    def collect(table: Any, path: tuple[str, ...]) -> None:
        for attribute in attrs.fields(type(table)):
            value = getattr(table, attribute.name)
            found[".".join((*widened(path), attribute.name))].append(value)
            if attrs.has(type(value)) and not isinstance(value, FrozenMap):
                collect(value, (*path, attribute.name))

    collect(policy, ())
    return found


# --- messages, and functions ------------------------------------------------------------------------------------------


def watch_what_is_imported() -> None:
    """Have the views, and what makes messages, noticed wherever they have been imported by now.

    What the tests keep of each other's work is not watched: which of them does it first is left to chance.
    """
    watched: dict[object, Callable[..., Any]] = {
        cast("object", composed): _telling,
        cast("object", refuse_contradictions): _judging,
    }
    for name, function in functions().items():
        if place_of_function(name, function).kind is Kind.VIEW:
            watched[function] = _answering(name, function)
    for module in _imported("tests", "docs"):
        watched |= {each: _unwatched(each) for each in vars(module).values() if isinstance(each, _lru_cache_wrapper)}
    for module in _imported("tests", "docs", "eap_workflow"):
        for name, value in list(vars(module).items()):
            if isinstance(value, FunctionType | _lru_cache_wrapper) and value in watched:
                setattr(module, name, watched[value])


def _imported(*packages: str) -> Iterator[ModuleType]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages and name != __name__:
            yield module


def _unwatched(cached: _lru_cache_wrapper[Any]) -> Callable[..., Any]:
    def ask(*args: Any, **options: Any) -> Any:
        global _seen  # noqa: PLW0603 - as `watching`
        before, _seen = _seen, None
        try:
            return cached(*args, **options)
        finally:
            _seen = before

    return update_wrapper(ask, cached)


def _answering(name: str, function: FunctionType) -> Callable[..., Any]:
    place = place_of_function(name, function)

    @wraps(function)
    def answer(*args: Any, **options: Any) -> Any:
        given = function(*args, **options)
        if _seen is not None:
            how = How.DENIED if _says_no(given) else How.ANSWERED
            _note(served_by(function), Sight(place.kind, name, how, place.workflow))
            for each in (*args, *options.values()):
                if isinstance(each, Policy):
                    _policy_read(each, EXTRA_SESSIONS.name)
        return given

    return answer


def _says_no(given: object) -> bool:
    match given:
        case Answer():
            return not given.permitted
        case NewCaseAdvice():
            return not given.eligible
        case _:
            return given is None


@wraps(composed)
def _telling(*args: Any, **options: Any) -> tuple[Message, ...]:
    made = composed(*args, **options)
    if _seen is not None:
        workflows = messages_by_workflow()
        for message in made:
            of_it = [(workflow, kinds[message.kind]) for workflow, kinds in workflows if message.kind in kinds]
            for workflow, terms in of_it:
                _note(terms.rules, Sight(Kind.MESSAGE, message.kind.value, How.SENT, workflow))
    return made


@wraps(refuse_contradictions)
def _judging(workflow: Workflow, claims: Iterable[Claim], *judged: Any) -> None:
    try:
        refuse_contradictions(workflow, claims, *judged)
    except Refused as refused:
        for reason in refused.verdict.reasons:
            _note(reason.rules, Sight(Kind.CLAIM, reason.code, How.REFUSED, workflow.name))
        raise


@contextmanager
def watching() -> Iterator[Seen]:
    """Collect what is seen until the end."""
    global _seen, _watcher  # noqa: PLW0603 - the library calls back without an argument to carry it in
    found = Seen()
    before, _seen, _watcher = _seen, found, get_ident()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Row, "guards_hold", _row_asked)
        patch.setattr(Workflow, "verdict", _verdict_given)
        patch.setattr(Process, "_applied", _step_applied)
        try:
            yield found
        finally:
            _seen = before
