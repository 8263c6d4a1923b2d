"""The table of all kinds of message."""

from __future__ import annotations

from pathlib import Path

from eap_workflow.messages import RECIPIENT_ROLES, MessageKind
from eap_workflow.views.messages.kinds import KINDS
from tests.notify.told import everything_told


def test_every_kind_has_its_terms() -> None:
    """The table has every kind, in the order in which they are listed."""
    assert tuple(KINDS) == tuple(MessageKind)


def test_every_kind_is_sent_on_some_journey() -> None:
    """No kind is listed that nothing sends, and none to a role that nothing sends it to."""
    sent = {(message.kind, message.to.role) for message in everything_told()}
    assert sent == {(kind, role) for kind, terms in KINDS.items() for role in terms.roles}
    assert {role for _, role in sent} == set(RECIPIENT_ROLES)


def test_the_page_of_messages_has_every_kind() -> None:
    """Its table says of each kind whom it goes to, when and by which rules, as the module has it, and of no other."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "messages.md").read_text(encoding="utf-8")
    rows = [row for row in page.splitlines() if row.startswith("| `") and row.count("|") == 5]
    expected = [
        f"| `{kind}` | {', '.join(terms.roles)} | {terms.when} | {', '.join(terms.rules)} |"
        for kind, terms in KINDS.items()
    ]
    assert rows == expected
