"""A store that is broken on purpose: it gives other answers than its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing.acts import KEPT

Answer = Callable[..., Any]
"""What a broken store does instead of one method: it gets the transaction that it should have asked, then the arguments."""


class Altered:
    """A transaction with other answers than its own."""

    def __init__(self, kept: Any, answers: Mapping[str, Answer]) -> None:
        self._answers_of_its_own = kept
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        answer = self._answers.get(name)
        own = self._answers_of_its_own
        return getattr(own, name) if answer is None else partial(answer, own)


class BrokenStore:
    """A store in memory that gives other answers.

    Args:
        answers: What it does instead, by the method of a transaction.
    """

    def __init__(self, **answers: Answer) -> None:
        self.kept = MemoryStore(KEPT)
        self.processes = KEPT
        self.batch = self.kept.batch
        self._answers = answers

    def transaction(self) -> AbstractContextManager[Any]:
        """Begin a transaction that may write."""
        return self._altered(self.kept.transaction())

    def reading(self) -> AbstractContextManager[Any]:
        """Begin a transaction that only reads."""
        return self._altered(self.kept.reading())

    @contextmanager
    def _altered(self, begun: AbstractContextManager[Any]) -> Iterator[Any]:
        with begun as transaction:
            yield Altered(transaction, self._answers)
