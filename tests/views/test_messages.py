"""Who is told what, in every workflow: where it is said, and what holds for every message."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from eap_workflow.envelope import Envelope
from eap_workflow.errors import DefinitionError
from eap_workflow.messages import Message, Recipient
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.processes import NAMES, process_named
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Actor
from eap_workflow.views import messages
from eap_workflow.views.messages import KINDS, TOLD_IN, messages_of, messages_of_steps
from tests import lines
from tests.journeys import CONSULTANT, START, draft
from tests.notify.told import EVERY_JOURNEY, KEY, OF_OTHERS, everything_told, told
from tests.workflows.case_review import journeys as reviewing
from tests.workflows.outreach import journeys as reaching
from tests.workflows.session_cancellation import journeys as cancelling

OPENINGS: Mapping[str, tuple[Any, Actor, str | None]] = {
    "extra_sessions": (draft(), CONSULTANT, None),
    "case_review": (reviewing.open_case(), reviewing.TEAM, "case_handed_over"),
    "outreach": (reaching.asked("email_received"), reaching.WPO, "contact_waits"),
    "session_cancellation": (cancelling.cancel(), cancelling.THERAPIST, None),
}
"""The command that opens a request of each workflow, by whom, and what it tells."""


def test_every_workflow_says_who_is_told_what() -> None:
    """The table has every workflow of the library, and nothing else."""
    assert tuple(TOLD_IN) == NAMES


def test_a_workflow_that_nobody_spoke_of_is_refused() -> None:
    """A workflow without a module of its own is an error, and not one that tells nobody anything."""
    one = reviewing.Journey().to("opened")
    elsewhere = attrs.evolve(one.stands, workflow="elsewhere")
    with pytest.raises(DefinitionError, match="elsewhere"):
        messages_of_steps(None, tuple(one.trail), elsewhere, one.policy)
    with pytest.raises(DefinitionError, match="elsewhere"):
        messages_of(None, one.trail[0], elsewhere, one.policy)


def test_the_package_has_no_other_names() -> None:
    """What is misspelt is refused as of any module, though the table of kinds is made at its first use."""
    assert messages.KINDS is KINDS
    with pytest.raises(AttributeError, match="KIND"):
        messages.KIND  # type: ignore[attr-defined]  # noqa: B018 - asking is what is tried


def test_importing_the_service_brings_in_no_workflow_that_is_not_used() -> None:
    """Whoever serves one workflow does not pay for what the others tell."""
    script = "import eap_workflow.service, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert '"eap_workflow.views.messages"' in done.stdout
    for name in NAMES:
        assert f'"eap_workflow.views.messages.{name}"' not in done.stdout
        assert name == "extra_sessions" or f'"eap_workflow.workflows.{name}"' not in done.stdout


@pytest.mark.parametrize(("command", "by", "kind"), OPENINGS.values(), ids=OPENINGS)
def test_a_service_tells_of_whichever_workflow_its_store_keeps(command: Any, by: Any, kind: str | None) -> None:
    """Without a word of the caller's, a command's messages are kept with its steps, in every workflow."""
    store = MemoryStore(process_named(command.__module__.split(".")[2]))
    service = Service(store, offices=lines.OFFICES)
    service.handle(Envelope(request="R-1", at=START, by=by, command=command))
    with store.reading() as transaction:
        kept = [each.message.kind.value for each in transaction.messages(None, 10)]
    assert kept == ([] if kind is None else [kind])


@pytest.mark.parametrize("workflow", NAMES)
def test_only_triggers_of_the_table_are_told_of(workflow: str) -> None:
    """No message waits for a trigger that its workflow does not have."""
    assert messages._telling(workflow).COMPOSERS.keys() <= set(process_named(workflow).workflow.triggers)


@pytest.mark.parametrize("name", EVERY_JOURNEY)
def test_every_message_holds_what_its_kind_says(name: str) -> None:
    """Each goes to a role of its kind, and holds what the kind always shows and nothing that it may not."""
    one = EVERY_JOURNEY[name]()
    for message in told(one):
        terms = KINDS[message.kind]
        assert message.to.role in terms.roles
        assert set(terms.shows) <= message.data.keys() <= {*terms.shows, *terms.may_show}
        assert from_wire(Message, to_wire(message)) == message
        step = one.trail[message.version - 1]
        assert (message.request, message.at) == (step.request, step.at)


@pytest.mark.parametrize("name", EVERY_JOURNEY)
def test_a_step_that_is_decided_again_names_its_messages_the_same(name: str) -> None:
    """The same steps make the same messages, no two messages have one id, and another key names all of them anew."""
    one = EVERY_JOURNEY[name]()
    ids = [message.id for message in told(one)]
    assert ids == [message.id for message in told(EVERY_JOURNEY[name]())]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {message.id for message in told(one, b"another key")}


@pytest.mark.parametrize("workflow", OF_OTHERS)
def test_told_in_parts_or_at_once_it_is_the_same(workflow: str) -> None:
    """A trail that is told in two parts, wherever it is cut, has the same messages as the whole of it."""
    process = process_named(workflow)
    for journey in OF_OTHERS[workflow].values():
        one = journey(process)
        for cut in (1, len(one.trail) // 2, len(one.trail) - 1):
            reached = process.replay(one.trail[:cut])
            assert reached is not None
            first = messages_of_steps(None, tuple(one.trail[:cut]), reached, one.policy, key=KEY)
            rest = messages_of_steps(reached, tuple(one.trail[cut:]), one.stands, one.policy, key=KEY)
            assert (*first, *rest) == told(one)


@pytest.mark.parametrize("workflow", OF_OTHERS)
def test_the_people_whom_it_is_about_are_told_by_people(workflow: str) -> None:
    """No participant, client or employer is written to, and no reference to a person or to what was written is shown (TC-01)."""
    for journey in OF_OTHERS[workflow].values():
        for message in told(journey(process_named(workflow))):
            assert message.to.role in ("partner_clinician", "therapist", "case_team", "risk_desk")
            for text in message.data.values():
                assert not text.startswith(("cl-", "pa-", "pc-", "pt-", "th-", "ct-", "note-", "notes-"))


def test_the_parties_are_known_by_their_references() -> None:
    """A partner is an organisation, a therapist is a person, and groups work for the request's contract."""
    whom = {message.to for message in everything_told() if message.to.role not in ("consultant", "client", "employer")}
    assert whom == {
        Recipient(role="clinical_manager", contract="standard"),
        Recipient(role="clinical_manager", contract="harbour"),
        Recipient(role="case_team", contract="standard"),
        Recipient(role="case_team", contract="harbour"),
        Recipient(role="risk_desk", contract="harbour"),
        Recipient(role="partner_clinician", practice="pa-1"),
        Recipient(role="partner_clinician", practice="pa-2"),
        Recipient(role="partner_clinician", practice="pt-1"),
        Recipient(role="therapist", id="th-1"),
        Recipient(role="therapist", id="th-3"),
    }
