"""How a trace is said: names in words, and what each kind of place and of showing is called."""

from __future__ import annotations

from eap_workflow.rules import How, Kind, Place, traces
from eap_workflow.rules.words import CALLED, SHOWN, expectation_of, name_of, name_of_test, sights_of


def test_a_test_is_said_by_its_name_and_what_it_expects() -> None:
    """In words, the name first."""
    test = traces()[0].tests[0]
    assert "_" not in name_of_test(test)
    assert expectation_of(test).endswith(f": {test.says}")
    assert expectation_of(test)[0].isupper()


def test_a_place_is_named_as_its_reader_knows_it() -> None:
    """A key as it is in the file, a function without its module, any other in words."""
    assert name_of(Place(Kind.KEY, "review.threshold")) == "review.threshold"
    assert name_of(Place(Kind.VIEW, "views.status.status")) == "status"
    assert name_of(Place(Kind.FUNCTION, "store.Transaction.in_case")) == "Transaction.in_case"
    assert name_of(Place(Kind.GUARD, "review_needed")) == "review needed"


def test_every_kind_is_called_something() -> None:
    """So no place is left out of what is printed."""
    assert list(CALLED) == list(Kind)


def test_what_was_seen_is_said_for_the_way_that_is_asked_for() -> None:
    """What permits under permitted, what refuses under refused; nothing is lost between the three."""
    for trace in traces():
        for test in trace.tests:
            said = [{*sights_of(trace, test, how)} for how, _ in SHOWN]
            assert said[0] | said[1] <= said[2]
            assert bool(said[0]) == any(sight.permits for sight in trace.seen(test))
            assert any("(passed)" in each for each in said[1]) == any(s.how is How.PASSED for s in trace.seen(test))
