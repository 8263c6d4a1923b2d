"""Where rules are enforced: every part of the library that cites one, gathered from what it declares.

Nothing is read out of text. A row, a guard and a limit of a table, a kind of message and a property that is proved have a field
for the ids; a key of the policy has them in its attribute's metadata, a function in its mark (`eap_workflow.citing`).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING

from attrs import fields_dict, frozen

from eap_workflow import proof
from eap_workflow.citing import served_by, served_by_attribute
from eap_workflow.machine import Workflow
from eap_workflow.plain.docstrings import attributes_of, summary_of
from eap_workflow.plain.wire import record_of
from eap_workflow.policy import Policy
from eap_workflow.processes import NAMES, process_named
from eap_workflow.table import Move
from eap_workflow.terms.extra_sessions import TABLES
from eap_workflow.values import as_words
from eap_workflow.views.messages import TOLD_IN, limits

if TYPE_CHECKING:
    from eap_workflow.messages import MessageKind
    from eap_workflow.views.messages.kind_terms import KindTerms

VIEWS = "eap_workflow.views."
OF_VIEWS = dict.fromkeys(("employer", "new_case", "permissions"), "extra_sessions")
"""The workflow that a module of views is about, where it is about one."""

CITED = re.compile(r" \([A-Z]{2}-\d\d(?:(?:, | to )[A-Z]{2}-\d\d)*\)")
"""How a docstring cites: who reads of a place knows of which rule it is."""

MODULES = (
    "eap_workflow.calendar",
    "eap_workflow.deadlines.accounts",
    "eap_workflow.deadlines.counting",
    "eap_workflow.policy_book",
    "eap_workflow.process",
    "eap_workflow.service",
    "eap_workflow.store",
    "eap_workflow.views.employer",
    "eap_workflow.views.new_case",
    "eap_workflow.views.permissions",
    "eap_workflow.views.status",
    "eap_workflow.workflows.extra_sessions.tally",
    "eap_workflow.workflows.outreach.handover",
    "eap_workflow.workflows.outreach.queue",
    "eap_workflow.workflows.session_cancellation.absence",
)
"""The modules that have marked functions; a test finds one that is missing here."""


class Kind(StrEnum):
    """What a place is."""

    ROW = "row"
    """A row of a workflow's table: who may do what, and when."""
    GUARD = "guard"
    """A condition that a row asks for besides."""
    LIMIT = "limit"
    """How long a party has."""
    KEY = "key"
    """A key of the policy file: a number, a list or a reading that a contract may have otherwise."""
    MESSAGE = "message"
    """What somebody is told."""
    VIEW = "view"
    """An answer about a request, as ``eap_workflow.views`` gives it."""
    CLAIM = "claim"
    """What has to hold together in a request that is taken over from another system."""
    FUNCTION = "function"
    """Any other function."""
    PROPERTY = "property"
    """What is shown to hold in every state that a request can reach: ``eap-workflow properties``."""


@frozen(order=False)
class Place:
    """A part of the library that serves a rule.

    Attributes:
        kind: What it is.
        name: Its name: a row's trigger, a key with the tables that it stands in, a function with its module.
        workflow: The workflow that it belongs to; None where it serves several.
        words: What it is, in words; of a row, from where to where it leads, and who may.
        source: Of a row, the state that it leaves.
    """

    kind: Kind
    name: str
    workflow: str | None = None
    words: str = ""
    source: str | None = None


Cited = tuple[str, Place]
"""A rule's id, and a place that serves it."""


@cache
def places() -> tuple[Cited, ...]:
    """Every citation of the library: the workflows' tables first, then what stands beside them."""
    tables = [process_named(name).workflow for name in NAMES]
    return (
        *(each for table in tables for each in of_table(table)),
        *_keys(),
        *_messages(),
        *_claims(),
        *_functions(),
        *_properties(),
    )


def of_table(table: Workflow) -> Iterator[Cited]:
    """The citations of one workflow's table."""
    for move in table.moves:
        yield from _each(move.rules, Place(Kind.ROW, move.trigger, table.name, _in_words(move), move.source))
    for guard in table.guards:
        yield from _each(guard.rules, Place(Kind.GUARD, guard.name, table.name, guard.sentence))
    for limit in table.limits:
        yield from _each(limit.rules, Place(Kind.LIMIT, limit.name, table.name, limit.sentence))


def _in_words(move: Move) -> str:
    where = (
        f"in {as_words(move.source)}" if move.is_self_move else f"{as_words(move.source)} to {as_words(move.target)}"
    )
    return f"{where}, by {' or '.join(as_words(role) for role in move.who)}"


def _each(rules: Iterable[str], place: Place) -> Iterator[Cited]:
    return ((rule, place) for rule in rules)


def _keys() -> Iterator[Cited]:
    for key, (rules, words) in keys().items():
        yield from _each(rules, Place(Kind.KEY, key, workflow_of_key(key), words))


def workflow_of_key(key: str) -> str | None:
    """The workflow whose table of the policy file a key stands in; None for what several workflows read."""
    table = key.partition(".")[0]
    return "extra_sessions" if table in TABLES else table if table in NAMES else None


@cache
def keys() -> dict[str, tuple[tuple[str, ...], str]]:
    """The keys of the policy file that serve rules: by path, where ``*`` is any table, their rules and what they mean."""
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for path, cls in _tables(Policy, ()):
        # The table of a workflow is no place of its own: its keys are.
        tables = {field.name for field in record_of(cls).fields if field.shape.record is not None and not path}
        meanings = attributes_of(cls)
        for name, attribute in fields_dict(cls).items():
            if (rules := served_by_attribute(attribute.metadata)) and name not in tables:
                found[".".join((*widened(path), name))] = rules, meanings[name]
    return found


def _tables(cls: type, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type]]:
    yield path, cls
    for field in record_of(cls).fields:
        if field.shape.record is not None:
            yield from _tables(field.shape.record, (*path, field.key))


def widened(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path as a reader has it: the tables of one workflow's limits, or of the parties, are alike."""
    return (*path[:1], *("*" for _ in path[1:]))


def _messages() -> Iterator[Cited]:
    for workflow, kinds in messages_by_workflow():
        for kind, terms in kinds.items():
            yield from _each(terms.rules, Place(Kind.MESSAGE, kind.value, workflow, terms.when))


def messages_by_workflow() -> tuple[tuple[str | None, Mapping[MessageKind, KindTerms]], ...]:
    """The kinds of message by the workflow whose own they are; those about a limit are of no one workflow."""
    return (*((workflow, import_module(module).KINDS) for workflow, module in TOLD_IN.items()), (None, limits.KINDS))


def _claims() -> Iterator[Cited]:
    for name in NAMES:
        adopting = process_named(name).adopting
        for claim in () if adopting is None else adopting().claims:
            yield from _each(claim.rules, Place(Kind.CLAIM, claim.code, name, claim.sentence))


def _functions() -> Iterator[Cited]:
    for name, function in functions().items():
        yield from _each(served_by(function), place_of_function(name, function))


def place_of_function(name: str, function: FunctionType) -> Place:
    """A marked function as a place."""
    kind = Kind.VIEW if function.__module__.startswith(VIEWS) else Kind.FUNCTION
    module = function.__module__
    own = next((each for each in NAMES if f".workflows.{each}." in module), None)
    return Place(kind, name, OF_VIEWS.get(module.removeprefix(VIEWS), own), CITED.sub("", summary_of(function)))


@cache
def functions() -> dict[str, FunctionType]:
    """The marked functions, by module and name; a method with its class."""
    found: dict[str, FunctionType] = {}
    for name in MODULES:
        module = import_module(name)
        classes = (each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == name)
        for owner in (module, *classes):
            for function in vars(owner).values():
                if isinstance(function, FunctionType) and function.__module__ == name and served_by(function):
                    found[f"{name.removeprefix('eap_workflow.')}.{function.__qualname__}"] = function
    return found


def _properties() -> Iterator[Cited]:
    for name in NAMES:
        for each in proof.subject(name).properties:
            yield from _each(each.rules, Place(Kind.PROPERTY, each.name, name, each.sentence))
