"""A rule with everything that is known of it: its words, where it is enforced, and which tests show it.

    register ──┐
    places ────┼──▶ traces ──▶ the command, Markdown, CSV, JSON
    showings ──┘

What has to be true of all of them together is said by `problems`, and the tests ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from attrs import evolve, frozen

from eap_workflow.errors import Unknown
from eap_workflow.rules.places import Cited, Kind, Place, places
from eap_workflow.rules.register import DOCUMENTS, FAMILIES, READINGS, REGISTER, Rule
from eap_workflow.rules.shown import Showing, Sight, showings

ENFORCING = (Kind.ROW, Kind.GUARD, Kind.LIMIT, Kind.KEY, Kind.MESSAGE, Kind.VIEW)
"""What enforces a rule, or tells people of it; a function or a property alone is not enough."""


@frozen(kw_only=True)
class Trace:
    """A rule, and where it is found.

    Attributes:
        rule: The rule.
        places: Where it is enforced, by kind and in the order of the tables.
        tests: The tests that cite it, those that are closest to it first.
    """

    rule: Rule
    places: tuple[Place, ...]
    tests: tuple[Showing, ...]

    def of(self, kind: Kind) -> tuple[Place, ...]:
        """The places of one kind."""
        return tuple(place for place in self.places if place.kind is kind)

    @property
    def workflows(self) -> frozenset[str]:
        """The workflows that serve it; none where what serves it serves them all alike."""
        return frozenset(place.workflow for place in self.places if place.workflow is not None)

    @property
    def permitted(self) -> tuple[Showing, ...]:
        """The tests that show it permitted: a row that serves it was taken, a view said yes, a limit was kept."""
        return tuple(test for test in self.tests if any(sight.permits for sight in self.seen(test)))

    @property
    def refused(self) -> tuple[Showing, ...]:
        """The tests that show it refused: a row or a guard refused by it, a view said no, a limit passed."""
        return tuple(test for test in self.tests if any(sight.refuses for sight in self.seen(test)))

    @property
    def otherwise_shown(self) -> tuple[Showing, ...]:
        """The tests that show it in another way: a date, a message, another reading, something computed."""
        return tuple(
            test for test in self.tests if not any(sight.permits or sight.refuses for sight in self.seen(test))
        )

    def seen(self, test: Showing) -> frozenset[Sight]:
        """What was seen of the rule while a test ran."""
        return test.seen[self.rule.id]

    def within(self, workflow: str) -> Trace:
        """The same, of one workflow and of what serves them all: its places, and the tests that show it there."""
        of_it = (workflow, None)
        here = [
            evolve(test, seen={**test.seen, self.rule.id: frozenset(s for s in self.seen(test) if s.workflow in of_it)})
            for test in self.tests
        ]
        # A test in which it was seen elsewhere alone is about another workflow.
        tests = tuple(one for one, all_ in zip(here, self.tests, strict=True) if self.seen(one) or not self.seen(all_))
        return evolve(self, places=tuple(place for place in self.places if place.workflow in of_it), tests=tests)


@cache
def traces() -> tuple[Trace, ...]:
    """Every rule of the register, in its order."""
    return traces_of(REGISTER, places(), showings())


def trace(rule: str) -> Trace:
    """One rule.

    Args:
        rule: Its id.

    Raises:
        Unknown: The register has no such rule.
    """
    for each in traces():
        if each.rule.id == rule:
            return each
    families = ", ".join(f"{family.key}-01 to {_last(family.key)}" for family in FAMILIES)
    raise Unknown("rule", f"no rule has this id; known are {families}")


def _last(family: str) -> str:
    return max(rule.id for rule in REGISTER if rule.family == family)


def traces_of(register: Iterable[Rule], cited: Iterable[Cited], tests: Iterable[Showing]) -> tuple[Trace, ...]:
    """Put together what is known of the rules of a register."""
    cited, tests = tuple(dict.fromkeys(cited)), tuple(tests)
    return tuple(
        Trace(
            rule=rule,
            places=tuple(sorted((place for id_, place in cited if id_ == rule.id), key=_by_kind)),
            tests=tuple(sorted((test for test in tests if rule.id in test.seen), key=_closest_to(rule))),
        )
        for rule in register
    )


def _closest_to(rule: Rule) -> Callable[[Showing], tuple[bool, int, int, str]]:
    # A workflow's rules have a file of tests to themselves; a test that sees more of a rule is closer to it.
    def key(test: Showing) -> tuple[bool, int, int, str]:
        is_elsewhere = not test.name.partition("::")[0].endswith("/test_rules.py")
        return is_elsewhere, -len(test.seen[rule.id]), len(test.seen), test.name

    return key


def _by_kind(place: Place) -> int:
    return list(Kind).index(place.kind)


def of_workflow(workflow: str, rules: Iterable[Trace]) -> tuple[Trace, ...]:
    """The rules that one workflow serves, each with its places there, and those that are served for whatever workflow."""
    return tuple(each.within(workflow) for each in rules if workflow in each.workflows or not each.workflows)


# --- what has to be true ----------------------------------------------------------------------------------------------


def problems(register: Sequence[Rule], cited: Iterable[Cited], tests: Iterable[Showing]) -> tuple[str, ...]:
    """Say everything that is wrong with a register and what cites it, each in a sentence that names the rule."""
    cited, tests = tuple(cited), tuple(tests)
    known = {rule.id for rule in register}
    strangers = {id_: str(place.name) for id_, place in cited if id_ not in known}
    strangers |= {id_: test.name for test in tests for id_ in test.seen if id_ not in known}
    found = [f"{id_}: {name} cites it, and the register has no such rule" for id_, name in strangers.items()]
    found += _unsound(register)
    for each in traces_of(register, cited, tests):
        found += (f"{each.rule.id}: {problem}" for problem in _missing(each))
    return tuple(found)


def _unsound(register: Sequence[Rule]) -> Iterator[str]:
    for family in dict.fromkeys(rule.family for rule in register):
        if family not in {each.key for each in FAMILIES}:
            yield f"{family}: no document and no reading has rules of this family"
        ids = [rule.id for rule in register if rule.family == family]
        if ids != (right := [f"{family}-{number:02}" for number in range(1, len(ids) + 1)]):
            wrong = next(id_ for id_, expected in zip(ids, right, strict=True) if id_ != expected)
            yield f"{wrong}: the ids of a family are numbered from 01 on, each once and in order"
    for rule in register:
        for part in rule.source.split("; ") if rule.family != READINGS else ():
            if part.partition(", ")[0] not in DOCUMENTS:
                yield f"{rule.id}: {part} is none of the documents that rules come from"


def _missing(found: Trace) -> Iterator[str]:
    if not any(place.kind in ENFORCING for place in found.places):
        yield "no row, guard, limit, key of the policy, message or view cites it"
    if not found.tests:
        yield "no test cites it"
    if not (asked := found.of(Kind.GUARD) or found.of(Kind.ROW)):
        return
    # Where a guard asks for it, a guard has to be seen; a row alone may refuse by the role, or leave a limit to pass.
    kinds = {place.kind for place in asked} if found.of(Kind.GUARD) else set(Kind)
    sights = [sight for test in found.tests for sight in found.seen(test) if sight.kind in kinds]
    what = "guard" if found.of(Kind.GUARD) else "row, limit or view"
    if not any(sight.permits for sight in sights):
        yield f"no test that cites it shows a {what} of it that permits"
    if not any(sight.refuses for sight in sights):
        yield f"no test that cites it shows a {what} of it that refuses"
