"""A message as a value: what it may hold, how it is named, and how it is kept."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import EapWorkflowError, InvalidType, InvalidValue
from eap_workflow.messages import RECIPIENT_ROLES, DeliveryError, Message, MessageKind, Recipient, message_id
from eap_workflow.plain.wire import from_wire, to_wire

AT = datetime(2026, 10, 28, 9, 30, tzinfo=UTC)
REFERENCES = st.sampled_from(("a", "b-1", "Z:9/x", "x" * 64))
RECIPIENTS = st.sampled_from(RECIPIENT_ROLES).flatmap(
    lambda role: st.builds(
        Recipient,
        role=st.just(role),
        id=REFERENCES,
        practice=REFERENCES if role == "partner_clinician" else st.none() | REFERENCES,
        employer=REFERENCES,
        contract=st.none() | REFERENCES,
    )
)
MESSAGES = st.builds(
    Message.of,
    st.sampled_from(MessageKind),
    RECIPIENTS,
    st.dictionaries(
        st.sampled_from(("due_on", "outcome", "a")),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    ),
    request=REFERENCES,
    version=st.integers(1, 2**31 - 1),
    at=st.datetimes(datetime(1901, 1, 1), datetime(9990, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    contract=st.none() | REFERENCES,
    key=st.binary(max_size=8),
)
CLIENT = Recipient(role="client", id="cl-88")


def message(**changes: Any) -> Message:
    """A message, but for the changes."""
    given: dict[str, Any] = {
        "id": "0" * 32,
        "request": "XS-0001",
        "version": 3,
        "kind": "outcome_for_client",
        "to": CLIENT,
        "at": AT,
        "data": {"outcome": "approved"},
    }
    return Message(**given | changes)


@given(MESSAGES)
def test_a_message_is_read_back_as_it_was_written(given: Message) -> None:
    """The plain form holds all of a message, so an outbox may keep it."""
    assert from_wire(Message, to_wire(given)) == given
    assert hash(from_wire(Message, to_wire(given))) == hash(given)


@given(MESSAGES, st.binary(max_size=8))
def test_an_id_follows_from_what_the_message_is(given: Message, key: bytes) -> None:
    """The same request, step, kind and recipient have the same id; each of them, and the key, makes another one."""
    own = (given.request, given.version, given.kind, given.to)
    named = message_id(*own, key=key)
    assert named == message_id(*own, key=key)
    others = {
        message_id("another-one", *own[1:], key=key),
        message_id(given.request, given.version + 1, *own[2:], key=key),
        message_id(
            given.request, given.version, next(kind for kind in MessageKind if kind != given.kind), own[3], key=key
        ),
        message_id(*own[:3], attrs.evolve(given.to, id="somebody-else"), key=key),
        message_id(*own[:3], attrs.evolve(given.to, contract="another-one"), key=key),
        message_id(*own, key=key + b"x"),
    }
    assert len(others | {named}) == 7


def test_nothing_can_be_shifted_between_the_parts_of_an_id() -> None:
    """A digit that moves from the version to the request, or a reference to the field beside it, makes another id."""
    assert message_id("XS-1", 12, MessageKind.LAPSED, CLIENT) != message_id("XS-11", 2, MessageKind.LAPSED, CLIENT)
    by_practice = Recipient(role="consultant", id="x", practice="y")
    by_contract = Recipient(role="consultant", id="x", contract="y")
    assert message_id("XS-1", 1, MessageKind.LAPSED, by_practice) != message_id(
        "XS-1", 1, MessageKind.LAPSED, by_contract
    )


def test_an_id_stays_the_same_over_releases() -> None:
    """A message that an older version kept is named the same by this one, or everybody would be told twice."""
    assert message_id("XS-0001", 3, MessageKind.OUTCOME, Recipient(role="consultant", id="con-1", practice="pr-1")) == (
        "df01358fe49c3fb85b8195a05240c8df"
    )


@given(MESSAGES)
def test_a_message_shows_nothing_in_its_repr(given: Message) -> None:
    """Reprs end up in logs, so they name fields and never what is in them."""
    assert repr(given) in {
        f"<Message: id, request, version, kind, to, at, {also}data filled in>" for also in ("", "contract, ")
    }
    assert repr(given.to).startswith("<Recipient: role, id, ")
    assert repr(given.data) == f"FrozenMap({len(given.data)} {'key' if len(given.data) == 1 else 'keys'})"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x" * 32),
        ("id", "0" * 31),
        ("id", "0" * 32 + "\n"),
        ("id", 7),
        ("request", "a b"),
        ("version", 0),
        ("version", True),
        ("kind", "secret-kind"),
        ("kind", 7),
        ("to", "secret"),
        ("at", datetime(2026, 10, 28, 9, 30)),  # noqa: DTZ001 - that it has no zone is the point
        ("contract", "a\nb"),
        ("data", ["secret"]),
        ("data", {"a": 1}),
        ("data", {1: "a"}),
        ("data", {"Secret": "a"}),
        ("data", {"a": "line\r\nBcc: secret@example.com"}),
        ("data", {"a": "\N{RIGHT-TO-LEFT OVERRIDE}secret"}),
        ("data", {"a": "s" * 101}),
        ("data", {f"secret_{number}": "a" for number in range(21)}),
    ],
)
def test_what_is_no_part_of_a_message_is_refused(field: str, value: object) -> None:
    """Each field takes what it is for, and the refusal names the field and not what was given."""
    with pytest.raises(InvalidValue) as caught:
        message(**{field: value})
    assert caught.value.field == field
    assert "secret" not in str(caught.value).lower()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "system"}, "role"),
        ({"role": ["client"]}, "role"),
        ({"role": "client"}, "id"),
        ({"role": "consultant"}, "id"),
        ({"role": "employer"}, "employer"),
        ({"role": "therapist"}, "id"),
        ({"role": "partner_clinician", "id": "pc-1"}, "practice"),
        ({"role": "client", "id": "a@b"}, "id"),
    ],
)
def test_a_recipient_is_somebody(given: dict[str, Any], field: str) -> None:
    """A person has an id, an employer and a partner are organisations, and no role is outside the list."""
    with pytest.raises(InvalidValue) as caught:
        Recipient(**given)
    assert caught.value.field == field


def test_a_wire_form_is_read_strictly() -> None:
    """A key that a message does not have is refused, and so is an id that is a number."""
    plain = to_wire(message())
    with pytest.raises(InvalidValue):
        from_wire(Message, plain | {"address": "x@example.com"})
    with pytest.raises(InvalidType):
        from_wire(Message, plain | {"id": 1})


def test_a_delivery_error_says_whether_to_try_again() -> None:
    """It is one of the library's errors, with a stable code, and survives being sent to another process."""
    error = DeliveryError("the mail server refused the recipient, with 550", permanent=True)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (again.reason, again.permanent, again.code) == (error.reason, True, "delivery")
    assert isinstance(error, EapWorkflowError)
    assert str(error) == error.reason
