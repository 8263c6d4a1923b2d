"""Texts that are kept until all of them are known."""

from __future__ import annotations

from eap_workflow.event_logs.spools import InMemory


def test_texts_come_in_the_order_of_their_names() -> None:
    """Each once, the first that was kept under a name, whenever it came."""
    spool = InMemory()
    for name, text in (("b", "second"), ("c", "third"), ("a", "first"), ("b", "another")):
        spool.keep(name, text)
    assert [*spool.texts()] == ["first", "second", "third"]
