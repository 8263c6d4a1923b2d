"""How a table runs: where a request can be, and what leads on from there; for the formats that other programs execute.

Three readings of the table are made here once, so that no two formats differ in them:

- A move that is made at once is never asked for. It is tried when its state is entered from another one, in the order of
  the table, and never again while the request stays there (IN-13).
- A passing state has nothing but such moves: nobody finds a request in it.
- A final state that still has moves, as an outcome has until it is relayed, is a place like any other; only a final state
  without any is the end of a run.
"""

from __future__ import annotations

import keyword
import re

from attrs import frozen

from eap_workflow.diagrams.model import Diagram, DrawnMove, DrawnState
from eap_workflow.errors import DefinitionError
from eap_workflow.machine import When
from eap_workflow.values import as_words

NOTHING_MORE = "nothing_more"
"""What BPMN needs besides the table's triggers: how a request that has ended, and still has moves, is put away."""

PLAIN = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
TAKEN = frozenset({*keyword.kwlist, "false", "none", "null", "role", "trigger", "true", "undefined", NOTHING_MORE})
"""What a name cannot be, since guards are variables of an expression beside ``role`` and ``trigger``."""


@frozen(kw_only=True)
class Place:
    """The start, or a state.

    Attributes:
        name: Its name in the table.
        words: Its name as people write it.
        state: The state; None for the start.
        asked: The moves that are asked for, or that the clock makes, in the order of the table.
        at_once: The moves that are made at once when it is entered, in the order of the table.
    """

    name: str
    words: str
    state: DrawnState | None
    asked: tuple[DrawnMove, ...]
    at_once: tuple[DrawnMove, ...]

    @property
    def passing(self) -> bool:
        """Whether it is left at once."""
        return self.state is not None and self.state.passing

    @property
    def final(self) -> bool:
        """Whether the request has ended here."""
        return self.state is not None and self.state.final

    @property
    def is_the_end(self) -> bool:
        """Whether it is final and nothing more can happen."""
        return self.final and not self.asked

    @property
    def asks_first(self) -> bool:
        """Whether a request may rest in it, and may be led on as soon as it enters."""
        return bool(self.at_once) and not self.passing


def places(diagram: Diagram) -> tuple[Place, ...]:
    """The start and the states, in the order of the table.

    Raises:
        DefinitionError: A name of the table cannot be one in an expression or in an id, or a move is made at once from the
            start.
    """
    _check_names(diagram)
    if any(move.when is When.AT_ONCE for move in diagram.moves_from(diagram.start)):
        raise DefinitionError("a move is made at once from the start, which nobody enters")
    states = (None, *diagram.states)
    return tuple(
        Place(
            name=diagram.start if state is None else state.name,
            words=as_words(diagram.start) if state is None else state.words,
            state=state,
            asked=tuple(move for move in moves if move.when is not When.AT_ONCE),
            at_once=tuple(move for move in moves if move.when is When.AT_ONCE),
        )
        for state in states
        for moves in (diagram.moves_from(diagram.start if state is None else state.name),)
    )


def _check_names(diagram: Diagram) -> None:
    named = {
        "name": (diagram.name,),
        "state": (diagram.start, *(state.name for state in diagram.states)),
        "trigger": dict.fromkeys(move.trigger for move in diagram.moves),
        "guard": (guard.name for guard in diagram.guards),
        "limit": (limit.name for limit in diagram.limits),
    }
    wrong = [
        f"{kind} {name}"
        for kind, names in named.items()
        for name in names
        if not PLAIN.fullmatch(name) or name in TAKEN
    ]
    if wrong:
        raise DefinitionError(
            "a table that other programs execute has names of small letters, digits and underscores, which mean nothing to "
            f"an expression; these are not: {', '.join(wrong)}"
        )
