"""How a trace is said, whatever the format: what each kind of place is called, and how tests and sights read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from eap_workflow.plain.english import capital
from eap_workflow.rules.places import Kind, Place
from eap_workflow.rules.shown import How, Showing, Sight
from eap_workflow.rules.traces import Trace
from eap_workflow.values import as_words

CALLED: Mapping[Kind, tuple[str, str]] = {
    Kind.ROW: ("rows", "a row of a workflow's table: who may do what, and in which state"),
    Kind.GUARD: ("guards", "a condition that a row asks for besides"),
    Kind.LIMIT: ("limits", "how long a party has"),
    Kind.KEY: ("policy", "a key of the policy file, which a contract may set otherwise"),
    Kind.MESSAGE: ("messages", "what somebody is told"),
    Kind.VIEW: ("views", "an answer about a request, which the service and the command line give"),
    Kind.CLAIM: ("taken over", "what has to hold together in a request from another system"),
    Kind.FUNCTION: ("functions", "what else computes or keeps it"),
    Kind.PROPERTY: ("proved", "what is shown to hold in every state that a request can reach"),
}
"""What the places of a kind are called, and what one is."""

SHOWN = (
    ("permitted", "tests in which a row or guard of the rule permits, a view says yes, or a limit is kept"),
    ("refused", "tests in which a row or guard of the rule refuses, a view says no, or a limit passes"),
    ("otherwise", "tests that show it in another way: a date, a message, another reading, something computed"),
)
"""How tests show a rule, and what that means; a test may do both of the first two."""


def showings_of(trace: Trace) -> dict[str, tuple[Showing, ...]]:
    """The tests of a rule, by how they show it, as `SHOWN` has them."""
    return dict(zip((name for name, _ in SHOWN), (trace.permitted, trace.refused, trace.otherwise_shown), strict=True))


def name_of(place: Place | Sight) -> str:
    """The name of a place: a key as it is in a file, a function without its module, any other as people write it."""
    match place.kind:
        case Kind.KEY:
            return place.name
        case Kind.VIEW | Kind.FUNCTION:
            return re.sub(r"^([a-z_]+\.)+(?=\w)", "", place.name)
        case _:
            return as_words(place.name)


def names_of(places: Iterable[Place]) -> tuple[str, ...]:
    """The names of places, each once."""
    return tuple(dict.fromkeys(map(name_of, places)))


def name_of_test(test: Showing) -> str:
    """A test's name in words, without where it stands."""
    return test.name.rpartition("::test_")[2].replace("_", " ")


def expectation_of(test: Showing) -> str:
    """What a test is about, by its name, and what it expects."""
    return f"{capital(name_of_test(test))}: {test.says}"


def sights_of(trace: Trace, test: Showing, how: str) -> tuple[str, ...]:
    """By which places a test shows a rule in one way, each as ``kind name``, and how where it is no permission.

    Args:
        trace: The rule.
        test: The test.
        how: Which way, as `SHOWN` has it.
    """
    sights = sorted(trace.seen(test), key=lambda sight: (list(Kind).index(sight.kind), sight.name))
    chosen = [sight for sight in sights if _shows(sight, how)]
    return tuple(dict.fromkeys(f"{sight.kind} {name_of(sight)}{_said(sight)}" for sight in chosen))


def _shows(sight: Sight, how: str) -> bool:
    if how == "permitted":
        return sight.permits
    return sight.refuses if how == "refused" else True


def _said(sight: Sight) -> str:
    return "" if sight.how in (How.PERMITTED, How.REFUSED, How.ANSWERED) else f" ({sight.how})"
