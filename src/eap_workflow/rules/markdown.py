"""Rules as Markdown: the register family by family, and a section for each rule with where it is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from eap_workflow.plain.markdown import escaped
from eap_workflow.rules.places import Kind, Place
from eap_workflow.rules.register import DOCUMENTS, FAMILIES, READINGS, REGISTER, Rule
from eap_workflow.rules.traces import Trace
from eap_workflow.rules.words import CALLED, SHOWN, expectation_of, name_of, showings_of, sights_of
from eap_workflow.values import as_words


def of_register(link: str = "") -> str:
    """Write the words of every rule, in a table for each family, after the families and the documents.

    Args:
        link: The page on which each rule has its section, if there is one.
    """
    lines = [f"- **{family.key}**: {escaped(family.sentence)}." for family in FAMILIES]
    lines += ["", "The documents, by the names that they have below:", ""]
    lines += [f"- **{escaped(name)}**: {escaped(words)}." for name, words in DOCUMENTS.items()]
    for family in FAMILIES:
        what, source = ("reading", "why") if family.key == READINGS else ("rule", "from")
        lines += ["", f"## {family.title}", "", f"| id | {what} | {source} |", "|---|---|---|"]
        lines += [_row(rule, link) for rule in REGISTER if rule.family == family.key]
    return "\n".join((*lines, ""))


def _row(rule: Rule, link: str) -> str:
    id_ = f"[{rule.id}]({link}#{rule.id.lower()})" if link else rule.id
    return f"| {id_} | {escaped(rule.words)} | {escaped(rule.source)} |"


def of_traces(traces: Iterable[Trace]) -> str:
    """Write a section for each rule: its words, where it is enforced, and which tests show it."""
    return "\n".join(map(_section, traces))


def _section(trace: Trace) -> str:
    rule = trace.rule
    because = "Why" if rule.family == READINGS else "From"
    lines = [f"## {rule.id}", "", f"{escaped(rule.words)} *{because}: {escaped(rule.source)}.*", ""]
    lines += ["| enforced by | |", "|---|---|"]
    for kind, (called, _) in CALLED.items():
        if places := trace.of(kind):
            lines.append(f"| {called} | {'<br>'.join(_by_workflow(places))} |")
    lines.append("")
    for how, _ in SHOWN:
        lines += _tests(trace, how)
    return "\n".join(lines)


def _by_workflow(places: tuple[Place, ...]) -> Iterator[str]:
    for workflow, group in groupby(places, key=lambda place: place.workflow):
        states: dict[str, list[str]] = {}
        for place in group:
            states.setdefault(_named(place), []).extend([as_words(place.source)] if place.source else [])
        names = (f"{name} ({', '.join(left)})" if left else name for name, left in states.items())
        yield (f"{as_words(workflow)}: " if workflow else "") + ", ".join(names)


def _named(place: Place) -> str:
    return f"`{place.name}`" if place.kind in (Kind.KEY, Kind.VIEW, Kind.FUNCTION) else escaped(name_of(place))


def _tests(trace: Trace, how: str) -> Iterator[str]:
    tests = showings_of(trace)[how]
    if not tests:
        return
    # What is most asked for stands open; the rest is there for whoever looks for it.
    folded = how == "otherwise"
    title = "Shown in another way" if folded else f"Shown {how}"
    yield (
        f"<details>\n<summary>{title}: {len(tests)}</summary>\n" if folded else f"**{title}**, by tests: {len(tests)}\n"
    )
    for test in tests:
        by = ", ".join(sights_of(trace, test, how))
        yield f"- {escaped(expectation_of(test))} (`{test.name}`{f'; {escaped(by)}' if by and not folded else ''})"
    yield "\n</details>\n" if folded else ""
