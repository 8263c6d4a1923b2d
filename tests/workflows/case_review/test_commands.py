"""What can be asked for: one class a trigger, which refuses what is malformed whatever the contract."""

from __future__ import annotations

from typing import Any, get_args

import attrs
import pytest

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.states import CASE_REVIEW
from eap_workflow.table import When
from eap_workflow.values import Role
from eap_workflow.workflows import case_review as cr
from eap_workflow.workflows.case_review.commands import COMMANDS, Referral, SlipKind
from tests.workflows.case_review.journeys import open_case


def test_every_trigger_that_somebody_sends_has_a_class_of_its_own() -> None:
    """The classes are the table's triggers, less the system's own, each under its name."""
    sent = {move.trigger for move in CASE_REVIEW.moves if set(move.who) - {Role.SYSTEM}}
    assert COMMANDS.keys() == sent
    assert all(command.trigger == trigger for trigger, command in COMMANDS.items())
    own = {move.trigger for move in CASE_REVIEW.moves} - sent
    assert all(move.when is not When.ASKED for move in CASE_REVIEW.moves if move.trigger in own)


@pytest.mark.parametrize(
    ("given", "field", "error"),
    [
        ({"contract": None}, "contract", InvalidType),
        ({"partner": "Partner & Sons"}, "partner", InvalidValue),
        ({"case": ""}, "case", InvalidValue),
        ({"participant": "Jo Bloggs"}, "participant", InvalidValue),
        ({"referral": "a friend"}, "referral", InvalidValue),
        ({"referral": None}, "referral", InvalidType),
        ({"kind": "Couples"}, "kind", InvalidValue),
        ({"benefit_sessions": 0}, "benefit_sessions", InvalidValue),
        ({"benefit_sessions": 101}, "benefit_sessions", InvalidValue),
        ({"benefit_sessions": True}, "benefit_sessions", InvalidType),
        ({"therapist": "th 1"}, "therapist", InvalidValue),
    ],
)
def test_a_malformed_opening_is_refused_at_once(given: dict[str, Any], field: str, error: type[InvalidValue]) -> None:
    """CM-01, CM-02: a value that no contract could take is named by its field, and not repeated."""
    with pytest.raises(error) as caught:
        open_case(**given)
    assert type(caught.value) is error
    assert caught.value.field == field
    assert str(given[field] or "\0") not in str(caught.value)


@pytest.mark.parametrize("name", ["contract", "partner", "case", "participant", "referral", "kind", "benefit_sessions"])
def test_an_opening_says_all_but_the_therapist(name: str) -> None:
    """CM-02: who holds the sessions may be found later; everything else is known from the start."""
    given = {key: value for key, value in attrs.asdict(open_case()).items() if key != name}
    with pytest.raises(TypeError, match=name):
        cr.OpenCase(**given)
    assert open_case(therapist=None).therapist is None


@pytest.mark.parametrize("referral", get_args(Referral))
def test_how_a_participant_came_is_one_of_four_words(referral: str) -> None:
    """CM-01: those that are out of scope can be said, so that they are refused by the name of their policy."""
    assert open_case(referral=referral).referral == referral


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: cr.Authorise(sessions=0), "sessions"),
        (lambda: cr.Authorise(sessions=101), "sessions"),
        (lambda: cr.OfferFurtherSession(destination="Private pay"), "destination"),
        (lambda: cr.UploadNotes(notes="what was said in the session"), "notes"),
        (lambda: cr.FlagNotes(action="Call them!"), "action"),
        (lambda: cr.Discontinue(reason="did not turn up"), "reason"),
        (lambda: cr.Assign(therapist="th 2"), "therapist"),
        (lambda: cr.Assign(partner="a partner"), "partner"),
        (lambda: cr.TakeUpSlip(slip=0, action="refer_on"), "slip"),
        (lambda: cr.TakeUpSlip(slip=1, action=""), "action"),
        (lambda: cr.RaiseSlip(kind="risk", note="he said that"), "note"),
        (lambda: cr.DoOwnStep(step="Survey"), "step"),
        (lambda: cr.ExtendLimit(working_days=0), "working_days"),
    ],
)
def test_what_no_contract_could_take_is_refused_by_its_field(make: Any, field: str) -> None:
    """CM-03, CM-07, CM-10: there is no free text in any of them."""
    with pytest.raises(InvalidValue) as caught:
        make()
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (cr.Authorise, "sessions"),
        (cr.OfferFurtherSession, "destination"),
        (cr.Deny, "resources"),
        (cr.UploadNotes, "notes"),
        (cr.FlagNotes, "action"),
        (cr.Discontinue, "reason"),
        (cr.RaiseSlip, "kind"),
        (cr.TakeUpSlip, "slip"),
        (cr.DoOwnStep, "step"),
    ],
)
def test_what_a_command_needs_is_needed(command: Any, field: str) -> None:
    """CM-03, CM-10: a number of sessions, where to, resources, an action or a reason is never left out."""
    needed = {"action": "refer_on"} if command is cr.TakeUpSlip else {}
    with pytest.raises(TypeError, match=field):
        command(**needed)
    with pytest.raises(InvalidType):
        command(**{field: None} | needed)


def test_a_denial_offers_one_resource_at_least_and_each_once() -> None:
    """CM-03: nothing, the same twice, free text and what is no list are refused, whatever the contract."""
    listed: Any = ["support_line", "general_practitioner"]
    assert cr.Deny(resources=listed).resources == ("support_line", "general_practitioner")
    wrong: tuple[Any, ...] = ((), ("support_line", "support_line"), ("A friend",), (1,), [])
    for resources in wrong:
        with pytest.raises(InvalidValue, match="a list of 1 to 100 different names") as caught:
            cr.Deny(resources=resources)
        assert caught.value.field == "resources"
    for none in ("support_line", None, {"support_line"}):
        with pytest.raises(InvalidType):
            cr.Deny(resources=none)  # type: ignore[arg-type]


def test_an_assignment_says_something() -> None:
    """CM-02: a therapist, a partner, or both; with neither there is nothing to assign."""
    with pytest.raises(InvalidValue) as caught:
        cr.Assign()
    assert caught.value.field == "therapist"
    both = cr.Assign(therapist="th-2", partner="pa-2")
    assert (both.therapist, both.partner) == ("th-2", "pa-2")


@pytest.mark.parametrize("kind", ["worry", "", None, 1])
def test_a_slip_is_a_risk_or_goal_slip(kind: Any) -> None:
    """CM-10: one of the two words, which the error lists."""
    with pytest.raises(InvalidValue, match="one of risk, goal_slip"):
        cr.RaiseSlip(kind=kind)
    assert [cr.RaiseSlip(kind=word).kind for word in get_args(SlipKind)] == ["risk", "goal_slip"]


def test_a_command_is_read_as_it_is_written() -> None:
    """CM-03: a list of resources is a JSON array, and nothing that is left out is written."""
    command = cr.Deny(resources=("support_line",))
    assert to_wire(command) == {"resources": ["support_line"]}
    assert from_wire(cr.Deny, {"resources": ["support_line"]}) == command
    assert to_wire(cr.RaiseSlip(kind="risk")) == {"kind": "risk"}


def test_a_repr_shows_no_value() -> None:
    """What came in with a command may be personal, so its repr names the fields alone."""
    assert "cl-88" not in repr(open_case())
    assert "participant" in repr(open_case())
