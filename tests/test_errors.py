"""Errors: a family for whoever has to act, a stable code, facts as attributes, and no value of a command anywhere."""

from __future__ import annotations

import ast
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import eap_workflow
from eap_workflow import errors
from eap_workflow.errors import EapWorkflowError, Refused
from eap_workflow.process import ByClock
from eap_workflow.values import Actor, Reference, Role
from eap_workflow.verdict import Reason, Verdict
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys
from tests.journeys import CONSULTANT, DAY, TEAM, Journey
from tests.wire_samples import said_by

ROOT = Path(eap_workflow.__file__).parent

SAMPLES: tuple[EapWorkflowError, ...] = (
    errors.InvalidValue("tally.completed", "a whole number is needed"),
    errors.InvalidType("at", "an instant is needed"),
    errors.FrozenFileError("days", "was edited"),
    errors.PolicyError("limits", "must be a table"),
    errors.Unknown("contract", "no such contract"),
    errors.UnknownRegion("region", "no such region"),
    errors.CoverageError("the day is not covered", first=date(2020, 1, 1), last=date(2021, 12, 31)),
    errors.DefinitionError("the table is not sound"),
    errors.Conflict("XS-PLANTED", expected=3, found=4),
    errors.StoreError("the store is locked"),
    errors.Refused(Verdict(trigger="submit", state="draft", reasons=(Reason(code="role", sentence="By others."),))),
    errors.CommandIdReused(),
)


def _classes() -> list[type[EapWorkflowError]]:
    found = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, EapWorkflowError)]
    return [each for each in found if each.__module__ == errors.__name__]


def test_every_error_has_a_sample_here() -> None:
    """No class escapes the tests of this file."""
    assert {type(sample) for sample in SAMPLES} == set(_classes()) - {EapWorkflowError}


def test_every_error_has_a_code_of_its_own() -> None:
    """Programs tell errors apart by codes that do not change."""
    codes = [each.code for each in _classes()]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("_", "").isalpha() and code.islower() for code in codes)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: error.code)
def test_an_error_travels_between_processes(error: EapWorkflowError) -> None:
    """What a worker raised is the same error, with the same facts, where it is caught."""
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (made here)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: error.code)
def test_no_error_shows_a_value_of_a_command(error: EapWorkflowError) -> None:
    """The id of a request is one: it is an attribute for programs, and in no message and no repr."""
    assert "PLANTED" not in str(error)
    assert "PLANTED" not in repr(error)
    assert str(error)


def test_errors_resemble_the_builtins_that_they_are() -> None:
    """Who knows the builtin catches ours."""
    assert issubclass(errors.InvalidValue, ValueError)
    assert issubclass(errors.InvalidType, TypeError)
    assert issubclass(errors.Unknown, LookupError)
    assert issubclass(errors.CoverageError, LookupError)


# --- no value of a command, wherever it goes wrong --------------------------------------------------------------------

MARK = "planted-7d1f"
MARKED_NUMBER = 97


def _marked() -> Iterator[tuple[Any, Actor]]:
    """Commands in which every value is marked."""
    mark, word = Reference(MARK), MARK.replace("-", "_")
    people = [Actor(role=role, id=mark, practice=mark, employer=mark) for role in Role if role is not Role.SYSTEM]
    commands = (
        xs.Draft(
            assist_case="ASST-777111777",
            client=mark,
            employer=mark,
            contract=mark,
            sessions=MARKED_NUMBER,
            goal=word,
            referral=word,
            consent=mark,
            follows=mark,
            consultant=mark,
        ),
        xs.Submit(
            tally=xs.Tally(
                completed=MARKED_NUMBER, scheduled=0, remaining=0, since=date(1977, 7, 17), until=date(1977, 7, 18)
            )
        ),
        xs.ProvideDetails(details={MARK: mark}),
        xs.Reduce(sessions=MARKED_NUMBER),
        xs.Decline(reason=word),
        xs.Reassign(consultant=mark, practice=mark),
        xs.ExtendLimit(working_days=MARKED_NUMBER),
        xs.Support(),
        xs.Approve(),
        xs.Withdraw(),
        xs.Relay(),
        ByClock(trigger="overdue"),
    )
    return ((command, by) for command in commands for by in people)


def _shown(value: object) -> str:
    return said_by(value) if isinstance(value, BaseException) else f"{value}\n{value!r}"


def _is_clean(text: str) -> bool:
    return not any(mark in text for mark in (MARK, MARK.replace("-", "_"), "777111777", "97", "1977"))


@pytest.mark.parametrize("state", [None, *journeys.PATHS])
def test_no_refusal_shows_what_was_asked(state: str | None) -> None:
    """Every command with every value marked, by marked people, in every state: no text anywhere shows a mark."""
    one = Journey() if state is None else Journey().to(state)
    refused = 0
    for command, by in _marked():
        context = one.context(by)
        assert _is_clean(_shown(command)), command
        assert _is_clean(_shown(context))
        verdict = one.process.can(one.snapshot, command, context)
        assert _is_clean(_shown(verdict))
        if verdict.permitted:
            steps, after = one.process.advance(one.snapshot, command, context)
            assert all(_is_clean(_shown(value)) for value in (*steps, after, after.body, after.body.holder))
            continue
        refused += 1
        with pytest.raises(Refused) as caught:
            one.process.decide(one.snapshot, command, context)
        assert _is_clean(_shown(caught.value))
    assert refused


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: xs.Draft(client=Reference("Jane Citizen")), "client"),
        (lambda: xs.Draft(assist_case="Jane Citizen"), "assist_case"),
        (lambda: xs.Draft(goal="Jane Citizen"), "goal"),
        (lambda: xs.Draft(sessions=4711), "sessions"),
        (lambda: xs.Submit(tally="Jane Citizen"), "tally"),  # type: ignore[arg-type]
        (lambda: xs.Tally(completed=4711, scheduled=0, remaining=0), "completed"),
        (lambda: xs.ProvideDetails(details="Jane Citizen"), "details"),
        (lambda: xs.ProvideDetails(details={"plan": Reference("Jane Citizen")}), "details"),
        (lambda: xs.Decline(reason="Jane Citizen"), "reason"),
        (lambda: xs.ExtendLimit(working_days=4711), "working_days"),
    ],
)
def test_a_malformed_command_is_refused_by_its_fields_name(make: Any, field: str) -> None:
    """Down the whole chain of causes nothing of what was typed is shown."""
    with pytest.raises(errors.InvalidValue) as caught:
        make()
    assert caught.value.field == field
    assert "Jane" not in said_by(caught.value)
    assert "4711" not in said_by(caught.value)


def test_what_a_request_shows_of_itself_is_clean() -> None:
    """A request with marked values that was accepted shows none of them, at any stage."""
    mark = Reference(MARK)
    one = Journey()
    one.do(journeys.draft(client=mark, employer=mark, consent=mark, follows=mark), Actor(role=Role.CONSULTANT, id=mark))
    one.do(journeys.submit(journeys.LARGE), Actor(role=Role.CONSULTANT, id=mark))
    one.do(
        xs.ProvideDetails(details={"rationale": mark, "progress": mark, "plan": mark}),
        Actor(role=Role.CONSULTANT, id=mark),
    )
    one.do(xs.Reassign(consultant=Reference(f"{MARK}-2")), TEAM)
    one.wait(one.now + 30 * DAY)
    body = one.body
    for value in (*one.trail, one.stands, body, body.form, body.holder, body.submission, body.details, CONSULTANT):
        assert _is_clean(_shown(value)), type(value)
    for step in one.trail:
        assert _is_clean(_shown(step.command))
        assert _is_clean(_shown(step.facts))


# --- pure below the shells --------------------------------------------------------------------------------------------

SHELLS = {"cli", "store", "__main__", "service"}
BANNED = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("uuid", "uuid1"),
    ("uuid", "uuid4"),
    ("os", "urandom"),
}
# Files are read and written where somebody names one, as a calendar or a policy file, or where they are the package's own.
READS_FILES = {
    "days/frozen.py",
    "days/listed.py",
    "notify/address_book.py",
    "notify/rendering.py",
    "policy_file.py",
    "policy_book.py",
    "rules/shown.py",
}


def _core() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0].removesuffix(".py") not in SHELLS:
            yield path


@pytest.mark.parametrize("path", list(_core()), ids=lambda path: str(path.relative_to(ROOT)))
def test_below_the_shells_there_is_no_clock_no_chance_and_no_file(path: Path) -> None:
    """The same core runs in a test, in a request and in an engine that replays it: nothing but arguments comes in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
            assert (owner, node.attr) not in BANNED, f"line {node.lineno}"
            if path.relative_to(ROOT).as_posix() not in READS_FILES:
                assert node.attr not in ("read_text", "write_text", "read_bytes", "write_bytes"), f"line {node.lineno}"
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not {name.split(".")[0] for name in names} & {"random", "secrets", "uuid", "socket", "time"}
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and path.relative_to(ROOT).as_posix() not in READS_FILES
        ):
            assert node.func.id not in ("open", "print", "input"), f"line {node.lineno}"


def test_every_module_can_be_imported() -> None:
    """No module of the core does anything when it is imported."""
    for module in pkgutil.walk_packages([str(ROOT)], "eap_workflow."):
        if module.name.split(".")[1] not in SHELLS:
            assert importlib.import_module(module.name).__doc__
