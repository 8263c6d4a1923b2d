"""Noting what reaches a database, past everything that decides when it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from eap_workflow.store.sql.statements import Question, Statements


@contextmanager
def noted() -> Iterator[list[list[str]]]:
    """Note every message that is sent, by the first words of its statements."""
    sent: list[list[str]] = []
    send = Statements.send

    def note(self: Statements, *questions: Question) -> Any:
        sent.append([statement.split(maxsplit=1)[0] for statement, _ in questions])
        return send(self, *questions)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "send", note)
        yield sent
