"""A stream of pages gives each thing once, in order, with a transaction a page."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.paging import PAGE, every
from tests.lines import PROCESS

if TYPE_CHECKING:
    from collections.abc import Iterator


class Watched(MemoryStore):
    """A store that counts the transactions that are read in, and those that are open."""

    def __init__(self) -> None:
        super().__init__(PROCESS)
        self.begun = self.open = 0

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Begin a transaction that only reads."""
        self.begun += 1
        self.open += 1
        with super().reading() as transaction:
            yield transaction
        self.open -= 1


@pytest.mark.parametrize("size", [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE])
def test_every_one_is_given_once_and_in_order(size: int) -> None:
    """However the last page ends, and no transaction is open while one is given."""
    store, given = Watched(), []
    for number in every(store, lambda _asked, after, most: tuple(range(after + 1, size + 1)[:most]), 0):
        assert store.open == 0
        given.append(number)
    assert given == list(range(1, size + 1))
    assert store.begun == size // PAGE + 1
