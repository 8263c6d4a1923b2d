"""Writes a table as a model in Promela, for SPIN, which is nobody's of this project; and reads what SPIN found.

One process makes one move after another. A move is a row of the table, for one role and one person of it: it is possible
in the row's state and where the row's guards hold, and it sets the state, the limits and what the clock has still to do.
What a guard looks at is no part of the table. A `Meaning` says it again in a few small numbers, written apart from the
guards themselves; a guard without one may hold or not as it pleases. Time is not modelled: what the clock has to do about
a limit it does at any moment while the limit runs, and once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from string import Template

from attrs import field, frozen

from eap_workflow.machine import Workflow
from eap_workflow.proof.properties import Property
from eap_workflow.table import Limit, Move, When
from eap_workflow.values import Role

NUDGES = ("remind", "warn")
MARK = "@row"
TOGETHER = "whatever_holds_always"
"""The name of the formula that joins all that say what holds at every moment, so that one search is enough."""
TEMPORAL = ("[]", "<>", " W ", " U ")
UNREACHED = "must_fail_"
"""Claims of this name are wrong, and have to be found so: that a state is never entered."""


@frozen(kw_only=True)
class Meaning:
    """What the guards of a table look at, in small numbers.

    Attributes:
        variables: What is remembered, by name: the values of which one is chosen at the beginning.
        guards: By guard, when it holds. ``$who`` is who acts, ``$name`` what is chosen for the move.
        choices: By trigger, what a command chooses: by name, the values.
        effects: By trigger, what changes.
        people: By role, who there is; where a role is not there, one person whom nothing depends on.
        clock: By limit, what the clock makes when it passes, or when it starts.
        scheduled: By move of the clock, when it is scheduled at all.
        definitions: What formulas speak of, by name.
        few: For a smaller model, the values that are chosen from in place of all.
        words: What the variables stand for.
    """

    variables: Mapping[str, tuple[int, ...]] = field(factory=dict)
    guards: Mapping[str, str] = field(factory=dict)
    choices: Mapping[str, Mapping[str, tuple[int, ...]]] = field(factory=dict)
    effects: Mapping[str, str] = field(factory=dict)
    people: Mapping[Role, tuple[int, ...]] = field(factory=dict)
    clock: Mapping[str, tuple[str, ...]] = field(factory=dict)
    scheduled: Mapping[str, str] = field(factory=dict)
    definitions: Mapping[str, str] = field(factory=dict)
    few: Mapping[str, tuple[int, ...]] = field(factory=dict)
    words: str = ""

    @property
    def of_the_rows(self) -> Meaning:
        """Nothing but the rows: every guard may hold or not, and nothing is remembered."""
        return Meaning(clock=self.clock)


@frozen(kw_only=True)
class Option:
    """A move of the model.

    Attributes:
        move: The row.
        role: Who makes it.
        limit: The limit that it is about, where the clock makes it.
        chosen: What is chosen for it, by name.
    """

    move: Move
    role: Role
    limit: str | None
    chosen: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        chosen = "".join(f", {name} {value}" for name, value in self.chosen)
        about = "" if self.limit is None else f", {self.limit}"
        return f"{self.move.trigger} ({self.role.value}{about}{chosen}): {self.move.source} to {self.move.target}"


@frozen(kw_only=True)
class Model:
    """A table in Promela.

    Attributes:
        text: The model, with its formulas.
        options: Its moves, in order.
        lines: By line of the text, the move that stands there.
        claims: The names of the formulas that have to hold.
        joined: Those of them that say what holds at every moment; `TOGETHER` joins them.
        wrong: The names of the formulas that must not.
    """

    text: str
    options: tuple[Option, ...]
    lines: Mapping[int, Option]
    claims: tuple[str, ...]
    joined: tuple[str, ...]
    wrong: tuple[str, ...]

    def path(self, printed: str) -> tuple[Option, ...]:
        """Read the moves of a trail that SPIN has replayed.

        Args:
            printed: What it printed; each move leaves a mark.
        """
        return tuple(self.options[int(number)] for number in re.findall(rf"^\s*{MARK} (\d+)$", printed, re.MULTILINE))


def model(workflow: Workflow, meaning: Meaning, properties: tuple[Property, ...], *, full: bool = False) -> Model:
    """Write a table as a model.

    Args:
        workflow: The table.
        meaning: What its guards look at.
        properties: What is claimed; those without a formula are left out.
        full: Whether with every choice of a contract, or with few.
    """
    chosen: dict[str, tuple[int, ...]] = {
        f"set_{limit.name}": (0, 1) if full else (1,) for limit in workflow.limits if limit.optional
    }
    chosen |= dict(meaning.variables) | ({} if full else dict(meaning.few))
    states = (workflow.start, *(state.name for state in workflow.states))
    head = [
        f"/* {workflow.title}, table {workflow.fingerprint}: written by the library, and not by hand. */",
        *_defined("S", states),
        *_defined("T", workflow.triggers),
        *_defined("R", (role.value for role in Role)),
        f"#define is_passing ({_any('state == S_', (state.name for state in workflow.states if state.passing))})",
        f"#define is_final ({_any('state == S_', (state.name for state in workflow.states if state.final))})",
        *(f"#define in_{name} (state == S_{name})" for name in states),
        *(f"#define took_{name} (trigger == T_{name})" for name in workflow.triggers),
        *(f"#define by_{role.value} (role == R_{role.value})" for role in Role),
        "#define is_asked (asked == 1)",
        "#define is_clocks (clocks == 1)",
        "#define is_new_here (entered == 1)",
        *(f"#define {name} ({text})" for name, text in meaning.definitions.items()),
        "byte state; byte trigger = 255; byte role = 255; bit fresh; bit entered; bit asked; bit clocks;",
        *(f"byte {name};" for name in chosen),
        *(f"bit runs_{limit.name};" for limit in workflow.limits),
        *(f"bit {_pending(limit.name, trigger)};" for limit in workflow.limits for trigger in _moves(meaning, limit)),
        "init {",
        *(_chosen(name, values) for name, values in chosen.items()),
        "  do",
    ]
    claimed = {each.name: each.ltl for each in properties if each.ltl is not None}
    said = " ".join((*claimed.values(), *meaning.definitions.values()))
    options = tuple(_options(workflow, meaning))
    body = [f"  :: d_step {{ {_possible(workflow, meaning, option)} -> " for option in options]
    body = [
        f'{text}{_made(workflow, meaning, option, said)} printf("{MARK} %d\\n", {number}) }}'
        for number, (text, option) in enumerate(zip(body, options, strict=True))
    ]
    tail = [
        *_rests(workflow, meaning),
        "  :: atomic { is_final -> clocks = 0; asked = 0; entered = 0; break }",
        "  od",
        "}",
    ]
    wrong = {f"{UNREACHED}{state.name}": f"[] !in_{state.name}" for state in workflow.states}
    always = {name: text.removeprefix("[] ") for name, text in claimed.items() if text.startswith("[] ")}
    always = {name: text for name, text in always.items() if not any(each in text for each in TEMPORAL)}
    joined = {TOGETHER: f"[] ({' && '.join(f'({text})' for text in always.values()) or 'true'})"}
    formulas = [f"ltl {name} {{ {text} }}" for name, text in (claimed | joined | wrong).items()]
    return Model(
        text="\n".join((*head, *body, *tail, *formulas, "")),
        options=options,
        lines={len(head) + number: option for number, option in enumerate(options, 1)},
        claims=tuple(claimed),
        joined=tuple(always),
        wrong=tuple(wrong),
    )


def _defined(prefix: str, names: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    return (f"#define {prefix}_{name} {number}" for number, name in enumerate(names))


def _any(prefix: str, names: Iterator[str]) -> str:
    return " || ".join(f"{prefix}{name}" for name in names) or "false"


def _chosen(name: str, values: tuple[int, ...]) -> str:
    return f"  if {' '.join(f':: {name} = {value}' for value in values)} fi;"


def _pending(limit: str, trigger: str) -> str:
    return f"due_{limit}_{trigger}"


def _moves(meaning: Meaning, limit: Limit) -> tuple[str, ...]:
    """What the clock makes about a limit; a sum of limits has nothing of the kind."""
    return () if limit.chain else (*NUDGES, *meaning.clock.get(limit.name, ("overdue",)))


def _options(workflow: Workflow, meaning: Meaning) -> Iterator[Option]:
    limits = {limit.name: limit for limit in workflow.limits}
    for move in workflow.moves:
        running = () if move.source == workflow.start else workflow.state(move.source).limits
        choices = meaning.choices.get(move.trigger, {})
        for role in move.who:
            about: tuple[str | None, ...] = (None,)
            if role is Role.SYSTEM and move.when is When.WHEN_DUE:
                about = tuple(name for name in running if move.trigger in _moves(meaning, limits[name]))
            people = meaning.people.get(role, (0,))
            for limit in about:
                for who, *values in product(people, *choices.values()):
                    chosen = (("who", who), *zip(choices, values, strict=True))
                    yield Option(move=move, role=role, limit=limit, chosen=chosen)


def _filled(text: str, option: Option) -> str:
    return Template(text).substitute(dict(option.chosen))


def _guards(meaning: Meaning, option: Option) -> Iterator[str]:
    return (f"({_filled(meaning.guards[name], option)})" for name in option.move.guards if name in meaning.guards)


def _possible(workflow: Workflow, meaning: Meaning, option: Option) -> str:
    move = option.move
    at_once = any(each.when is When.AT_ONCE for each in workflow.moves_from(move.source))
    terms = [f"state == S_{move.source}"]
    if at_once:
        # What follows at once follows when the state is entered, and before anything else happens.
        terms.append("fresh" if move.when is When.AT_ONCE else "!fresh")
    if option.limit is not None:
        terms += [f"runs_{option.limit}", _pending(option.limit, move.trigger)]
    return " && ".join((*terms, *_guards(meaning, option)))


def _made(workflow: Workflow, meaning: Meaning, option: Option, said: str) -> str:
    """What a move changes; of what was done last, only what a formula speaks of is remembered."""
    move, limits = option.move, {limit.name: limit for limit in workflow.limits}
    parts = [] if option.limit is None else [f"{_pending(option.limit, move.trigger)} = 0"]
    if effect := meaning.effects.get(move.trigger):
        parts.append(_filled(effect, option))
    for name in move.stops:
        parts += [f"runs_{name} = 0", *(f"{_pending(name, each)} = 0" for each in _moves(meaning, limits[name]))]
    for name in (*move.starts, *move.restarts):
        runs = f"set_{name}" if limits[name].optional else "1"
        parts.append(f"runs_{name} = {runs}")
        for each in _moves(meaning, limits[name]):
            parts.append(f"{_pending(name, each)} = {runs} && ({meaning.scheduled.get(each, '1')})")
    enters = move.source != move.target
    follows = enters and any(each.when is When.AT_ONCE for each in workflow.moves_from(move.target))
    role = option.role.value
    parts += [
        f"state = S_{move.target}",
        f"trigger = {f'T_{move.trigger}' if f'took_{move.trigger}' in said else 255}",
        f"role = {f'R_{role}' if f'by_{role}' in said else 255}",
        f"fresh = {int(follows)}",
        f"entered = {int(enters)}",
        f"asked = {int(move.when is When.ASKED)}",
        f"clocks = {int(option.limit is not None)}",
    ]
    return "".join(f"{part}; " for part in parts)


def _rests(workflow: Workflow, meaning: Meaning) -> Iterator[str]:
    """Where nothing has to follow at once: the request rests, unless its state is one that is passed."""
    for state in workflow.states:
        moves = [move for move in workflow.moves_from(state.name) if move.when is When.AT_ONCE]
        if moves and not state.passing:
            held = [
                " && ".join(_guards(meaning, Option(move=move, role=Role.SYSTEM, limit=None, chosen=(("who", 0),))))
                for move in moves
            ]
            none = " && ".join(f"!({each})" for each in held if each) or "true"
            yield f"  :: d_step {{ in_{state.name} && fresh && {none} -> fresh = 0; entered = 0; asked = 0; clocks = 0 }}"
