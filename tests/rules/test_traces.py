"""What is known of each rule holds together; and whatever does not hold together is noticed, on a small made-up register."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from attrs import evolve

from eap_workflow.errors import Unknown
from eap_workflow.processes import NAMES
from eap_workflow.rules import REGISTER, How, Kind, Place, Rule, Showing, Sight, of_workflow, problems, trace, traces
from eap_workflow.rules.places import Cited, places
from eap_workflow.rules.shown import showings
from eap_workflow.rules.traces import traces_of

# --- the register of the library --------------------------------------------------------------------------------------


def test_every_rule_is_enforced_and_shown() -> None:
    """Each is cited by what enforces it and by a test; with a guard or a row, it is shown permitted and refused."""
    assert problems(REGISTER, places(), showings()) == ()


def test_every_rule_is_traced_in_the_order_of_the_register() -> None:
    """Each rule has its trace, and can be had by its id."""
    assert [each.rule for each in traces()] == list(REGISTER)
    assert [trace(rule.id).rule for rule in REGISTER] == list(REGISTER)


def test_an_unknown_rule_is_refused() -> None:
    """The error says which ids there are, and nothing of what was asked for."""
    with pytest.raises(Unknown, match=r"^rule: no rule has this id; known are XS-01 to XS-11, CR-01 to CR-10, "):
        trace("nonsense")


@pytest.mark.parametrize("workflow", NAMES)
def test_a_workflow_has_its_own_places_and_those_of_all(workflow: str) -> None:
    """No place of another workflow is listed, none of its own is left out, and every rule that its table cites is there."""
    found = of_workflow(workflow, traces())
    shown = {(each.rule.id, place) for each in found for place in each.places}
    assert {place.workflow for _, place in shown} <= {workflow, None}
    assert {cited for cited in places() if cited[1].workflow == workflow} <= shown


def test_a_test_shows_a_workflow_what_was_seen_there() -> None:
    """What it shows of another one is left out, and so is a test that shows no other; one that saw nothing may be of any."""
    other = Place(Kind.ROW, "open_contact", "outreach")
    mixed = a_test("mixed", {FIRST.id: (sight(ROW, How.PERMITTED), sight(other, How.REFUSED))})
    elsewhere = a_test("elsewhere", {FIRST.id: (sight(other, How.REFUSED),)})
    stated = a_test("stated", {FIRST.id: ()})
    (found,) = of_workflow("extra_sessions", traces_of((FIRST,), CITED, (mixed, elsewhere, stated)))
    assert [test.name for test in found.permitted] == [mixed.name]
    assert found.refused == ()
    assert [test.name for test in found.otherwise_shown] == [stated.name]


def test_what_serves_every_workflow_is_listed_for_each() -> None:
    """How a request stands is looked up whatever its workflow."""
    lookup = next(each for each in traces() if not each.workflows)
    assert all(lookup.rule in [each.rule for each in of_workflow(name, traces())] for name in NAMES)


# --- a made-up register -----------------------------------------------------------------------------------------------

ROW = Place(Kind.ROW, "submit", "extra_sessions", source="draft")
GUARD = Place(Kind.GUARD, "complete", "extra_sessions")
LIMIT = Place(Kind.LIMIT, "decision", "extra_sessions")
VIEW = Place(Kind.VIEW, "views.status.status")
FUNCTION = Place(Kind.FUNCTION, "service.Service.tick")

FIRST, SECOND, THIRD = (Rule(f"XS-0{number}", "It is so.", source="guide, step 1; older guide") for number in (1, 2, 3))
RULES = (FIRST, SECOND, THIRD)
CITED: tuple[Cited, ...] = ((FIRST.id, ROW), (FIRST.id, GUARD), (SECOND.id, ROW), (SECOND.id, LIMIT), (THIRD.id, VIEW))


def sight(place: Place, how: How) -> Sight:
    """A place as it was seen."""
    return Sight(place.kind, place.name, how, place.workflow)


def a_test(name: str, seen: Mapping[str, tuple[Sight, ...]], file: str = "tests/test_a.py") -> Showing:
    """A test that cites rules."""
    return Showing(
        name=f"{file}::test_{name}", says="It is so.", seen={rule: frozenset(each) for rule, each in seen.items()}
    )


BOTH = a_test(
    "both",
    {
        FIRST.id: (sight(GUARD, How.PERMITTED), sight(GUARD, How.REFUSED), sight(ROW, How.PERMITTED)),
        SECOND.id: (sight(LIMIT, How.KEPT), sight(LIMIT, How.PASSED)),
    },
)
VIEWED = a_test("viewed", {THIRD.id: (sight(VIEW, How.ANSWERED),)})
TESTS = (BOTH, VIEWED)


def without(showing: Showing, rule: Rule, *hows: How) -> Showing:
    """A test in which a rule was not seen in some ways."""
    left = frozenset(each for each in showing.seen[rule.id] if each.how not in hows)
    return evolve(showing, seen={**showing.seen, rule.id: left})


def test_a_sound_register_has_no_problem() -> None:
    """What is cited, shown and known is all right."""
    assert problems(RULES, CITED, TESTS) == ()


@pytest.mark.parametrize(
    ("rules", "cited", "tests", "said"),
    [
        pytest.param(
            RULES, CITED[:-1], TESTS, f"{THIRD.id}: no row, guard, limit, key of the policy, message or view cites it",
            id="enforced by nothing",
        ),
        pytest.param(
            RULES, (*CITED[:-1], (THIRD.id, FUNCTION)), TESTS, f"{THIRD.id}: no row, guard, limit, key of the policy",
            id="enforced by a mere function",
        ),
        pytest.param(RULES, CITED, (BOTH,), f"{THIRD.id}: no test cites it", id="shown by no test"),
        pytest.param(
            RULES, CITED, (without(BOTH, FIRST, How.REFUSED), VIEWED),
            f"{FIRST.id}: no test that cites it shows a guard of it that refuses", id="a guard that is never seen to refuse",
        ),
        pytest.param(
            RULES, CITED, (without(BOTH, FIRST, How.PERMITTED), VIEWED),
            f"{FIRST.id}: no test that cites it shows a guard of it that permits", id="a guard that is never seen to permit",
        ),
        pytest.param(
            RULES, CITED, (without(BOTH, SECOND, How.PASSED), VIEWED),
            f"{SECOND.id}: no test that cites it shows a row, limit or view of it that refuses", id="a row that never refuses",
        ),
        pytest.param(
            RULES, CITED, (without(BOTH, SECOND, How.KEPT), VIEWED),
            f"{SECOND.id}: no test that cites it shows a row, limit or view of it that permits", id="a row that never permits",
        ),
        pytest.param(
            RULES[:2], CITED, TESTS, f"{THIRD.id}: {VIEWED.name} cites it, and the register has no such rule",
            id="cited and not in the register",
        ),
        pytest.param(
            (*RULES, Rule("XS-05", "It is so.", source="guide")), CITED, TESTS,
            "XS-05: the ids of a family are numbered from 01 on, each once and in order", id="a number left out",
        ),
        pytest.param(
            (*RULES, THIRD), CITED, TESTS, f"{THIRD.id}: the ids of a family are numbered from 01 on", id="a number twice",
        ),
        pytest.param(
            (*RULES, Rule("QQ-01", "It is so.", source="guide")), CITED, TESTS,
            "QQ: no document and no reading has rules of this family", id="a family of no source",
        ),
        pytest.param(
            (evolve(FIRST, source="hearsay, step 2"), SECOND, THIRD), CITED, TESTS,
            f"{FIRST.id}: hearsay, step 2 is none of the documents that rules come from", id="a rule of no source",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(
    rules: tuple[Rule, ...], cited: tuple[Cited, ...], tests: tuple[Showing, ...], said: str
) -> None:
    """Each thing that may be wrong is found, and its sentence names the rule."""
    assert any(problem.startswith(said) for problem in problems(rules, cited, tests)), problems(rules, cited, tests)


def test_a_row_that_refuses_does_not_show_a_guard() -> None:
    """Where a guard asks for a rule, being refused by the role does not show it."""
    by_role = evolve(
        BOTH, seen={**BOTH.seen, FIRST.id: frozenset({sight(GUARD, How.PERMITTED), sight(ROW, How.REFUSED)})}
    )
    assert problems(RULES, CITED, (by_role, VIEWED)) == (
        f"{FIRST.id}: no test that cites it shows a guard of it that refuses",
    )


def test_tests_are_told_apart_by_how_they_show_a_rule() -> None:
    """One that both permits and refuses stands in both lists; what is neither stands in the third."""
    dated = a_test("dated", {SECOND.id: (sight(LIMIT, How.STATED),)})
    first, second, third = traces_of(RULES, CITED, (*TESTS, dated))
    assert (first.permitted, first.refused, first.otherwise_shown) == ((BOTH,), (BOTH,), ())
    assert (second.permitted, second.refused, second.otherwise_shown) == ((BOTH,), (BOTH,), (dated,))
    assert (third.permitted, third.refused, third.otherwise_shown) == ((VIEWED,), (), ())


def test_the_closest_test_comes_first() -> None:
    """Those of a file of rules, then those that see more of the rule; of equals, the one that cites fewer others."""
    one = (sight(ROW, How.PERMITTED),)
    more = (*one, sight(GUARD, How.PERMITTED))
    far = a_test("far", {FIRST.id: more, SECOND.id: one})
    near, nearer = a_test("near", {FIRST.id: one}), a_test("nearer", {FIRST.id: more})
    own = a_test("own", {FIRST.id: one, SECOND.id: one}, "tests/test_rules.py")
    assert traces_of((FIRST,), CITED, (far, near, nearer, own))[0].tests == (own, nearer, far, near)
