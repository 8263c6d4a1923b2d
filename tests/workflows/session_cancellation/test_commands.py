"""What can be asked for: one class a trigger, which refuses what is malformed whatever the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.states import SESSION_CANCELLATION
from eap_workflow.table import When
from eap_workflow.values import Role
from eap_workflow.workflows import session_cancellation as sc
from tests.workflows.session_cancellation import journeys
from tests.workflows.session_cancellation.journeys import SESSION_AT

SLOT = "slot-1"
FINE: dict[str, dict[str, Any]] = {
    "cancel": to_wire(journeys.cancel()),
    "tell_client": {"method": "telephone"},
    "ask_support": {"trouble": "telephone_fault"},
    "confirm_told": {"method": "email"},
    "hand_back": {},
    "withdraw": {"ground": "entered_in_error"},
    "offer_slots": {"slots": [SLOT]},
    "rebook": {"slot": SLOT},
    "state_contact_day": {"on": "2026-11-05"},
    "decline_rebooking": {"ground": "client_declined"},
    "mark_attendance": {"cancelled_by": "therapist"},
    "write_note": {"note": "note-1", "agreed": "rebooked"},
    "enter_session": {"session": "ses-9"},
    "confirm_session": {},
    "raise_ticket": {"record": "note", "ticket": "tic-1"},
    "close": {},
    "extend_absence": {},
    "update_absence": {"told": ["provider", "client"]},
    "end_absence": {},
    "escalate": {"ground": "cannot_wait"},
    "reopen_rebooking": {},
    "raise_concern": {"kind": "welfare"},
}
"""The least that each command needs, as another system sends it."""

WRONG: tuple[tuple[str, str, object], ...] = (
    ("cancel", "session", "session one"),
    ("cancel", "client", ""),
    ("cancel", "therapist", None),
    ("cancel", "contract", 3),
    ("cancel", "reason", "Flu, badly"),
    ("cancel", "kind", "moved"),
    ("cancel", "preferred_method", "pigeon"),
    ("cancel", "absence", "the whole of November"),
    ("tell_client", "method", "video"),
    ("tell_client", "method", None),
    ("tell_client", "voicemail_reason", "She never picks up"),
    ("tell_client", "slots", [SLOT, SLOT]),
    ("tell_client", "slots", ["on Monday"]),
    ("ask_support", "trouble", "My telephone is broken"),
    ("confirm_told", "method", "fax"),
    ("confirm_told", "slots", [f"slot-{number}" for number in range(51)]),
    ("withdraw", "ground", "changed_my_mind"),
    ("offer_slots", "slots", []),
    ("rebook", "slot", "Monday at nine"),
    ("state_contact_day", "on", "2026-11-05T09:00:00+11:00"),
    ("decline_rebooking", "ground", "client_said_no"),
    ("mark_attendance", "cancelled_by", "client"),
    ("write_note", "note", "I rang the client at nine"),
    ("write_note", "agreed", "We will speak again"),
    ("enter_session", "session", ""),
    ("raise_ticket", "record", "everything"),
    ("raise_ticket", "ticket", None),
    ("extend_absence", "until", "next week"),
    ("update_absence", "told", []),
    ("update_absence", "told", ["client", "client"]),
    ("update_absence", "told", ["client", "employer"]),
    ("escalate", "ground", "tired"),
    ("raise_concern", "kind", "gossip"),
)


def test_every_trigger_that_somebody_sends_has_a_class_of_its_own() -> None:
    """The classes are the table's triggers, less the system's own, each under its name."""
    sent = {move.trigger for move in SESSION_CANCELLATION.moves if set(move.who) - {Role.SYSTEM}}
    assert sc.COMMANDS.keys() == sent == FINE.keys()
    assert all(command.trigger == trigger for trigger, command in sc.COMMANDS.items())
    own = {move.trigger for move in SESSION_CANCELLATION.moves} - sent
    assert all(move.when is not When.ASKED for move in SESSION_CANCELLATION.moves if move.trigger in own)


@pytest.mark.parametrize("trigger", FINE)
def test_a_command_can_be_written_down_and_read_again(trigger: str) -> None:
    """What another system sends is the command, and nothing of it is lost on the way."""
    command = from_wire(sc.COMMANDS[trigger], FINE[trigger])
    assert from_wire(sc.COMMANDS[trigger], to_wire(command)) == command
    assert hash(command) == hash(from_wire(sc.COMMANDS[trigger], FINE[trigger]))


@pytest.mark.parametrize(("trigger", "field", "value"), WRONG)
def test_what_is_malformed_is_refused_by_its_field(trigger: str, field: str, value: object) -> None:
    """No free text, no unknown word, nothing twice: the error names the field, and never the value."""
    with pytest.raises(InvalidValue) as caught:
        from_wire(sc.COMMANDS[trigger], {**FINE[trigger], field: value})
    assert caught.value.field.partition("[")[0] == field
    if isinstance(value, str) and value:
        assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("trigger", "field"),
    [
        (trigger, field)
        for trigger, fields in FINE.items()
        for field in fields
        if (trigger, field) != ("cancel", "kind")
    ],
)
def test_what_a_command_needs_is_needed(trigger: str, field: str) -> None:
    """Only what has a default may be left out."""
    given = {name: value for name, value in FINE[trigger].items() if name != field}
    if (trigger, field) in {("cancel", "absence"), ("decline_rebooking", "ground")}:
        assert isinstance(from_wire(sc.COMMANDS[trigger], given), sc.COMMANDS[trigger])
        return
    with pytest.raises(InvalidValue) as caught:
        from_wire(sc.COMMANDS[trigger], given)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("trigger", "field", "value"),
    [
        ("tell_client", "slots", SLOT),
        ("tell_client", "slots", None),
        ("tell_client", "method", 4),
        ("update_absence", "told", {"client"}),
        ("update_absence", "told", (1,)),
        ("state_contact_day", "on", datetime(2026, 11, 5, tzinfo=UTC)),
        ("cancel", "session_at", "2026-10-30"),
        ("cancel", "session_at", datetime(2026, 10, 30, 14)),  # noqa: DTZ001 (what is refused)
    ],
)
def test_what_has_the_wrong_type_is_refused_by_its_field(trigger: str, field: str, value: object) -> None:
    """A class says the same to a program that builds a command by hand."""
    given: dict[str, Any] = dict(vars_of(trigger)) | {field: value}
    with pytest.raises(InvalidType) as caught:
        sc.COMMANDS[trigger](**given)
    assert caught.value.field == field


def vars_of(trigger: str) -> dict[str, Any]:
    """The least that a command needs, as a program gives it."""
    command = from_wire(sc.COMMANDS[trigger], FINE[trigger])
    return {name: getattr(command, name) for name in FINE[trigger]}


def test_a_session_is_held_in_utc() -> None:
    """IN-14: an instant is one instant, in whichever zone it was stated."""
    cancelled = journeys.cancel()
    assert cancelled.session_at == SESSION_AT
    assert cancelled.session_at.tzinfo is UTC
    assert cancelled.kind == "cancelled"


def test_a_list_is_taken_as_a_tuple() -> None:
    """A command cannot be changed afterwards through a list that was handed in."""
    slots: Any = ["slot-1", "slot-2"]
    offered = sc.OfferSlots(slots=slots)
    slots.append("slot-3")
    assert offered.slots == ("slot-1", "slot-2")


def test_nothing_of_a_command_shows() -> None:
    """What came in may be personal: a repr names the fields that are filled in."""
    shown = repr(journeys.cancel())
    assert "client" in shown
    assert "cl-88" not in shown
    assert repr(sc.StateContactDay(on=date(2026, 11, 5))) == "<StateContactDay: on filled in>"
