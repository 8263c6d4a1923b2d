"""What a diagram shows, as plain data: between the table, which it is taken from, and the formats, which render it.

Everything is in words and found: a move carries its guards and its limits themselves, not their names. So a format has
nothing to look up, and a new one needs no knowledge of `machine`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.machine import Guard, Limit, Move, State, When, Workflow
from eap_workflow.plain.english import in_units
from eap_workflow.terms.figures import Figures
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eap_workflow.terms import Term, Terms
    from eap_workflow.terms.figures import Figure, Kind


@frozen(kw_only=True)
class DrawnLimit:
    """A limit.

    Attributes:
        name: Its name in the table.
        words: Its name as people write it.
        party: Whose days count.
        sentence: What it limits.
        rules: The ids of the rules that set it.
        optional: Whether it runs only where a contract sets it.
        occasional: Whether it runs only in a request that comes to need it.
        stated: Whether it ends on a day that somebody states.
        chain: In words, the limits that it is the sum of; such a limit is stated and binds nobody.
        working_days: The contract's number; None without a contract, or where it sets none.
        elapsed_hours: The contract's number of hours, where the limit is one in elapsed hours.
        by_kind: Where the number depends on the kind of the request: each kind that has one, in words, and its number with
            its unit.
        beforehand: Who is told before it passes, and how long before; where this depends on the kind, it stands there.
        known: Whether a contract's numbers are drawn.
    """

    name: str
    words: str
    party: str
    sentence: str
    rules: tuple[str, ...]
    optional: bool
    occasional: bool
    stated: bool
    chain: tuple[str, ...]
    working_days: int | None
    elapsed_hours: int | None
    by_kind: tuple[tuple[str, str], ...]
    beforehand: tuple[str, ...]
    known: bool

    @property
    def length(self) -> str:
        """Until when it runs, where it is known; of a sum at the most, as a request may come by only one of its stages."""
        if self.stated:
            return "to the end of the stated day"
        number = _number(self.working_days, self.elapsed_hours)
        if self.chain and number:
            return f"up to {number}"
        kinds: dict[str, list[str]] = {}
        for kind, length in self.by_kind:
            kinds.setdefault(length, []).append(kind)
        return number or ", ".join(f"{length} ({', '.join(those)})" for length, those in kinds.items())

    @property
    def conditions(self) -> tuple[str, ...]:
        """Whether it binds, what it takes for it to run, and who is told before it passes."""
        unset = "the contract sets none" if self.known else "if the contract sets it"
        remarks = (
            (self.chain, "stated only"),
            (self.optional and not self.length, unset),
            (self.occasional, "where it is needed"),
        )
        return (*(words for holds, words in remarks if holds), *self.beforehand)

    @property
    def label(self) -> str:
        """Its name, and the number where it is known."""
        return ", ".join(filter(None, (self.words, self.length)))


@frozen(kw_only=True)
class DrawnGuard:
    """A guard.

    Attributes:
        name: Its name in the table, which is the stable code of its refusal.
        words: Its name as people write it: the sentence in short.
        about: What it has to see: ``actor``, ``request`` or ``command``.
        sentence: What it takes.
        rules: The ids of the rules that ask for it.
        field: The field of the command that it is about, where it is about one.
    """

    name: str
    words: str
    about: str
    sentence: str
    rules: tuple[str, ...]
    field: str | None


@frozen(kw_only=True)
class DrawnState:
    """A state.

    Attributes:
        name: Its name in the table.
        words: Its name as people write it.
        turn: Whose turn it is, in words; None where nobody's is.
        limits: The limits that run in it.
        final: Whether the request has ended here.
        passing: Whether it is left at once.
    """

    name: str
    words: str
    turn: str | None
    limits: tuple[DrawnLimit, ...]
    final: bool
    passing: bool


@frozen(kw_only=True)
class DrawnMove:
    """A move: one row of the table.

    Attributes:
        trigger: The command's name.
        words: The command's name as people write it.
        source: The name of the state that it leaves, or of the start.
        target: The name of the state that it enters.
        who: The roles that may make it, in words.
        roles: The same roles by their names in the table.
        guards: What it takes besides.
        starts: The limits that it starts.
        restarts: The limits that it starts anew.
        stops: The limits that it stops.
        lifts: Of those that it stops or starts anew, the ones whose purpose it leaves undone.
        fulfils: The limits whose purpose it serves without stopping them.
        extends: The limits that it states a later date for.
        rules: The ids of the rules that it serves.
        when: Whether it is asked for, or made at once, or made when it is due.
        in_table: Whether the table has this row; a request's path may have taken one that it has not.
    """

    trigger: str
    words: str
    source: str
    target: str
    who: tuple[str, ...]
    roles: tuple[str, ...]
    guards: tuple[DrawnGuard, ...]
    starts: tuple[DrawnLimit, ...]
    restarts: tuple[DrawnLimit, ...]
    stops: tuple[DrawnLimit, ...]
    extends: tuple[DrawnLimit, ...]
    rules: tuple[str, ...]
    when: When
    lifts: tuple[DrawnLimit, ...] = ()
    fulfils: tuple[DrawnLimit, ...] = ()
    in_table: bool = True

    @property
    def stays(self) -> bool:
        """Whether it changes no state."""
        return self.source == self.target

    @property
    def acts(self) -> tuple[tuple[str, tuple[DrawnLimit, ...]], ...]:
        """What it does to limits: each verb, and the limits that it does it to."""
        return (
            ("stops", tuple(each for each in self.stops if each not in self.lifts)),
            ("lifts", tuple(each for each in self.stops if each in self.lifts)),
            ("starts", self.starts),
            ("restarts", tuple(each for each in self.restarts if each not in self.lifts)),
            ("puts off", tuple(each for each in self.restarts if each in self.lifts)),
            ("extends", self.extends),
            ("fulfils", self.fulfils),
        )


@frozen(kw_only=True)
class DrawnKind:
    """The numbers of one kind of requests.

    Attributes:
        words: Which kind, in words.
        lengths: The number of each limit of the table with its unit, in the table's order; empty where there is none.
        figures: The other numbers.
        rules: The ids of the rules that set them.
    """

    words: str
    lengths: tuple[str, ...]
    figures: tuple[Figure, ...]
    rules: tuple[str, ...]


@frozen(kw_only=True)
class Diagram:
    """A table, ready to be drawn. Everything stands in the table's own order.

    Attributes:
        name: The workflow's name.
        title: The workflow's name as people write it.
        start: The name of the place before the first state.
        fingerprint: What identifies the table; every step keeps that of the table that it was made by.
        states: The states.
        moves: The moves.
        guards: The guards.
        limits: The limits.
        adopted: The states in which a request may be taken over from another system, by name; that is no row.
        contract: Whose numbers are drawn, in words; empty where none are.
        figures: The numbers that are no limit's.
        differ_by: What further numbers depend on, in words.
        kinds: These, by kind.
    """

    name: str
    title: str
    start: str
    fingerprint: str
    states: tuple[DrawnState, ...]
    moves: tuple[DrawnMove, ...]
    guards: tuple[DrawnGuard, ...]
    limits: tuple[DrawnLimit, ...]
    adopted: tuple[str, ...] = ()
    contract: str = ""
    figures: tuple[Figure, ...] = ()
    differ_by: str = ""
    kinds: tuple[DrawnKind, ...] = ()

    def moves_from(self, state: str) -> tuple[DrawnMove, ...]:
        """The moves from a state, those to itself included."""
        return tuple(move for move in self.moves if move.source == state)


def extract(workflow: Workflow, *, figures: Figures | None = None) -> Diagram:
    """Take from a table what is drawn.

    Args:
        workflow: The table.
        figures: What a contract says in numbers; without it, limits are named only.
    """
    given = Figures(contract="") if figures is None else figures
    limits = {limit.name: _limit(workflow, limit, given) for limit in workflow.limits}
    guards = {guard.name: _guard(guard) for guard in workflow.guards}
    return Diagram(
        name=workflow.name,
        title=workflow.title,
        start=workflow.start,
        fingerprint=workflow.fingerprint,
        states=tuple(_state(state, limits) for state in workflow.states),
        moves=tuple(_move(move, guards, limits) for move in workflow.moves),
        guards=tuple(guards.values()),
        limits=tuple(limits.values()),
        adopted=_adopted(workflow),
        contract=given.contract,
        figures=given.figures,
        differ_by=given.differ_by,
        kinds=tuple(_kind(kind, limits) for kind in given.kinds),
    )


def _adopted(workflow: Workflow) -> tuple[str, ...]:
    if workflow.process is None or workflow.process.adopting is None:
        return ()
    return workflow.process.adopting().states


def _state(state: State, limits: dict[str, DrawnLimit]) -> DrawnState:
    return DrawnState(
        name=state.name,
        words=state.words,
        turn=None if state.turn is None else as_words(state.turn.value),
        limits=tuple(limits[name] for name in state.limits),
        final=state.final,
        passing=state.passing,
    )


def _move(move: Move, guards: dict[str, DrawnGuard], limits: dict[str, DrawnLimit]) -> DrawnMove:
    return DrawnMove(
        trigger=move.trigger,
        words=as_words(move.trigger),
        source=move.source,
        target=move.target,
        who=tuple(as_words(role.value) for role in move.who),
        roles=tuple(role.value for role in move.who),
        guards=tuple(guards[name] for name in move.guards),
        starts=tuple(limits[name] for name in move.starts),
        restarts=tuple(limits[name] for name in move.restarts),
        stops=tuple(limits[name] for name in move.stops),
        extends=tuple(limits[name] for name in move.extends),
        rules=move.rules,
        when=move.when,
        lifts=tuple(limits[name] for name in move.lifts),
        fulfils=tuple(limits[name] for name in move.fulfils),
    )


def _guard(guard: Guard) -> DrawnGuard:
    return DrawnGuard(
        name=guard.name,
        words=as_words(guard.name),
        about=guard.about.value,
        sentence=guard.sentence,
        rules=guard.rules,
        field=guard.field,
    )


def _limit(workflow: Workflow, limit: Limit, figures: Figures) -> DrawnLimit:
    terms = figures.terms
    return DrawnLimit(
        name=limit.name,
        words=as_words(limit.name),
        party=limit.party,
        sentence=limit.sentence,
        rules=limit.rules,
        optional=limit.optional,
        occasional=limit.occasional,
        stated=limit.stated,
        chain=tuple(as_words(name) for name in limit.chain),
        working_days=_working_days(workflow, limit, terms),
        elapsed_hours=terms[limit.name].elapsed_hours if limit.name in terms else None,
        by_kind=tuple(
            (as_words(kind.name), _length(kind.terms[limit.name])) for kind in figures.kinds if limit.name in kind.terms
        ),
        beforehand=_beforehand(terms[limit.name]) if limit.name in terms else (),
        known=figures.contract != "",
    )


def _kind(kind: Kind, limits: Iterable[str]) -> DrawnKind:
    return DrawnKind(
        words=as_words(kind.name),
        lengths=tuple(_length(kind.terms[name]) if name in kind.terms else "" for name in limits),
        figures=kind.figures,
        rules=kind.rules,
    )


def _working_days(workflow: Workflow, limit: Limit, terms: Terms) -> int | None:
    if limit.chain:  # the sum of its stages, which a contract states one by one (CR-09)
        stages = [_working_days(workflow, workflow.limit(name), terms) for name in limit.chain]
        return None if None in stages else sum(days for days in stages if days is not None)
    term = terms.get(limit.name)
    return None if term is None else term.working_days


def _length(term: Term) -> str:
    return ", ".join((_number(term.working_days, term.elapsed_hours), *_beforehand(term)))


def _beforehand(term: Term) -> tuple[str, ...]:
    unit = "working day" if term.elapsed_hours is None else "hour"
    told = (("reminder", term.remind_before), ("warning", term.warn_before))
    return tuple(f"{what} {in_units(before, unit)} before" for what, before in told if before is not None)


def _number(working_days: int | None, elapsed_hours: int | None) -> str:
    if working_days is not None:
        return in_units(working_days, "working day")
    return "" if elapsed_hours is None else in_units(elapsed_hours, "hour")
