"""What can be asked for: one class a trigger, which refuses what is malformed whatever the contract."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.commands import ExtendLimit
from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.table import When
from eap_workflow.values import Role
from eap_workflow.workflows.extra_sessions.commands import COMMANDS, Draft, ProvideDetails, Submit, Tally


def test_every_trigger_that_somebody_sends_has_a_class_of_its_own() -> None:
    """The classes are the table's triggers, less the system's own, each under its name."""
    sent = {move.trigger for move in EXTRA_SESSIONS.moves if set(move.who) - {Role.SYSTEM}}
    assert COMMANDS.keys() == sent
    assert all(command.trigger == trigger for trigger, command in COMMANDS.items())
    own = {move.trigger for move in EXTRA_SESSIONS.moves} - sent
    assert all(move.when is not When.ASKED for move in EXTRA_SESSIONS.moves if move.trigger in own)


def test_a_draft_may_leave_everything_open() -> None:
    """XS-02: a draft may be incomplete; what is given is checked at once."""
    assert attrs.asdict(Draft()) == dict.fromkeys(attrs.fields_dict(Draft))


@pytest.mark.parametrize(
    ("given_as", "field"),
    [
        ({"assist_case": "104233"}, "assist_case"),
        ({"assist_case": "ASST-"}, "assist_case"),
        ({"client": ""}, "client"),
        ({"sessions": 0}, "sessions"),
        ({"sessions": 101}, "sessions"),
        ({"sessions": True}, "sessions"),
        ({"sessions": "4"}, "sessions"),
        ({"goal": "Get well"}, "goal"),
        ({"referral": 3}, "referral"),
        ({"consultant": "con 1"}, "consultant"),
    ],
)
def test_a_malformed_draft_is_refused_at_once(given_as: dict[str, Any], field: str) -> None:
    """XS-01, XS-02: a value that no contract could take is named by its field."""
    with pytest.raises(InvalidValue) as caught:
        Draft(**given_as)
    assert caught.value.field == field


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_a_tally_adds_up_what_the_caller_counted(completed: int, scheduled: int, remaining: int) -> None:
    """XS-04: completed, upcoming and remaining sessions; the pending ones are not the caller's to count."""
    tally = Tally(completed=completed, scheduled=scheduled, remaining=remaining)
    assert tally.counted == completed + scheduled + remaining
    assert "pending" not in attrs.fields_dict(Tally)


@pytest.mark.parametrize("name", ["completed", "scheduled", "remaining"])
@pytest.mark.parametrize("value", [-1, 1001])
def test_a_tally_counts_sessions(name: str, value: int) -> None:
    """XS-04: nothing below none, and nothing beyond reason."""
    given_as: dict[str, Any] = {"completed": 0, "scheduled": 0, "remaining": 0, name: value}
    with pytest.raises(InvalidValue, match="from 0 to 1000"):
        Tally(**given_as)


@pytest.mark.parametrize("name", ["since", "until", "first_session_on"])
def test_the_days_of_a_tally_are_dates(name: str) -> None:
    """IN-06: a datetime is no day."""
    days: dict[str, Any] = {name: datetime(2026, 1, 1)}  # noqa: DTZ001 (what is refused)
    with pytest.raises(InvalidType):
        Tally(completed=0, scheduled=0, remaining=0, **days)
    days = {name: date(2026, 1, 1)}
    assert getattr(Tally(completed=0, scheduled=0, remaining=0, **days), name) == date(2026, 1, 1)


def test_a_submission_has_a_tally() -> None:
    """XS-04: without one, nothing can be routed."""
    given: tuple[Any, ...] = (None, {}, {"completed": 1})
    for wrong in given:
        with pytest.raises(InvalidType) as caught:
            Submit(tally=wrong)
        assert caught.value.field == "tally"


def test_details_are_references_by_question() -> None:
    """CR-01: answers are kept by the caller; what is handed in is where, and it cannot be changed afterwards."""
    mine = {"plan": "doc-1"}
    details = ProvideDetails(details=mine)
    mine["plan"] = "doc-2"
    assert isinstance(details.details, FrozenMap)
    assert dict(details.details) == {"plan": "doc-1"}
    assert ProvideDetails(details=details.details) == details
    assert len({details, ProvideDetails(details={"plan": "doc-1"})}) == 1
    refused: tuple[Any, ...] = (None, [], "doc-1")
    for wrong in refused:
        with pytest.raises(InvalidType):
            ProvideDetails(details=wrong)
    with pytest.raises(InvalidValue, match="at most 100"):
        ProvideDetails(details={f"q{number}": "doc-1" for number in range(101)})
    with pytest.raises(InvalidValue):
        ProvideDetails(details={"plan": "what the client told me"})


@pytest.mark.parametrize(
    ("trigger", "field"), [("reduce", "sessions"), ("decline", "reason"), ("reassign", "consultant")]
)
def test_what_a_command_needs_is_needed(trigger: str, field: str) -> None:
    """CR-03, XS-02: a reduction has its number, a decline its reason, a reassignment its consultant."""
    make: Any = COMMANDS[trigger]
    with pytest.raises(TypeError, match=field):
        make()
    with pytest.raises(InvalidType):
        make(**{field: None})


def test_an_extension_is_between_a_day_and_a_year() -> None:
    """IN-12: nothing shortens a limit, and nobody extends one for ever."""
    for wrong in (0, -3, 251):
        with pytest.raises(InvalidValue, match="from 1 to 250"):
            ExtendLimit(working_days=wrong)
    assert ExtendLimit(working_days=250).working_days == 250
