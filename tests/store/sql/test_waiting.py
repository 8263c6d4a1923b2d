"""Waiting for a socket: until it can be read, or written to where that is wanted, and no longer than is said."""

from __future__ import annotations

import select
import socket
import threading

import pytest

from eap_workflow.store.sql.waiting import is_ready

WAYS = ("poll", "select") if hasattr(select, "poll") else ("select",)


@pytest.fixture(params=WAYS, autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How the system waits; Windows has one way only."""
    if request.param == "select" and hasattr(select, "poll"):
        monkeypatch.delattr(select, "poll")


def test_what_was_said_is_ready() -> None:
    """A socket is ready once the other side has said something, or has gone."""
    here, there = socket.socketpair()
    with here:
        with there:
            assert not is_ready(here.fileno(), seconds=0)
            there.send(b"x")
            assert is_ready(here.fileno(), seconds=0)
            here.recv(1)
            assert not is_ready(here.fileno(), seconds=0.01)
        assert is_ready(here.fileno())


def test_what_can_be_written_to_need_not_be_readable() -> None:
    """Room to write ends the wait, and it is told whether there is something to read first."""
    here, there = socket.socketpair()
    with here, there:
        assert not is_ready(here.fileno(), to_write=True)
        there.send(b"x")
        assert is_ready(here.fileno(), to_write=True)


def test_it_waits_until_something_comes() -> None:
    """However long that takes."""
    here, there = socket.socketpair()
    with here, there:
        later = threading.Timer(0.25, there.send, [b"x"])
        later.start()
        assert is_ready(here.fileno())
        later.join()
