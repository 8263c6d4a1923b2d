"""A diagram's states, moves, guards, limits and numbers as tables of words, for the formats that are read rather than looked at.

A row of the workflow reads in the table's own order: trigger, from, to, who may, what it takes besides, the limits that it
starts or stops, the rules that it serves. A guard's sentence stands once, beside its name, which is the code of its
refusal. With the path of a request, its steps come first, and each move says when it was taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.diagrams.looks import WHEN, dates
from eap_workflow.diagrams.path import with_rows_of
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eap_workflow.diagrams.model import Diagram, DrawnGuard, DrawnKind, DrawnLimit, DrawnMove, DrawnState
    from eap_workflow.diagrams.path import Path, Visit

ABOUT = {"actor": "who acts", "request": "the request", "command": "the command"}


@frozen(kw_only=True)
class Table:
    """A table of words, still in no format.

    Attributes:
        caption: What it is about.
        head: The heads of its columns.
        rows: Its rows; each has a cell for each column, and its first says what the row is about.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_of(diagram: Diagram, path: Path | None = None) -> tuple[Table, ...]:
    """Set a diagram as tables: states, moves, guards, limits and other numbers; before them the path of a request, where there is one.

    Args:
        diagram: The table.
        path: The path of a request through it.

    Raises:
        InvalidValue: The path is one through another workflow.
    """
    if path is not None:
        diagram = with_rows_of(diagram, path)
    words = {state.name: state.words for state in diagram.states}
    moves = [_move(move, words) for move in diagram.moves]
    moves_head: tuple[str, ...] = ("trigger", "from", "to", "who may", "guards: all hold", "limits", "rules")
    states = [_state(state, path) for state in diagram.states]
    if path is not None:
        moves = [(*row, dates(path.taken(move))) for row, move in zip(moves, diagram.moves, strict=True)]
        moves_head = (*moves_head, "taken")
    tables = (
        ("States", ("state", "whose turn", "limits that run in it", "remark"), states),
        ("Moves", moves_head, moves),
        ("Guards", ("guard", "what it takes", "looks at", "rules"), map(_guard, diagram.guards)),
    )
    found = (
        *(Table(caption=caption, head=head, rows=tuple(rows)) for caption, head, rows in tables),
        *tables_of_numbers(diagram),
    )
    return found if path is None else (_path(path, words), *found)


def tables_of_numbers(diagram: Diagram) -> tuple[Table, ...]:
    """Set a diagram's limits as a table, and, where a contract's numbers are drawn, its other numbers, and those by kind.

    Args:
        diagram: The table.
    """
    head: tuple[str, ...] = ("limit", "whose days", "what it limits", "remark", "rules")
    by = f", by {diagram.contract}" if diagram.contract else ""
    found = [Table(caption=f"Limits{by}", head=head, rows=tuple(map(_limit, diagram.limits)))]
    if diagram.kinds:
        # A limit that no kind has a number for is not one that depends on it.
        apart = [at for at, _ in enumerate(diagram.limits) if any(kind.lengths[at] for kind in diagram.kinds)]
        named = (*(figure.what for figure in diagram.kinds[0].figures), *(diagram.limits[at].words for at in apart))
        found.append(
            Table(
                caption=f"Numbers by {diagram.differ_by}{by}",
                head=(diagram.differ_by, *named, "rules"),
                rows=tuple(_kind(kind, apart) for kind in diagram.kinds),
            )
        )
    if diagram.figures:
        rows = tuple((each.what, each.value, " ".join(each.rules)) for each in diagram.figures)
        found.append(Table(caption=f"Other numbers{by}", head=("what", "number", "rules"), rows=rows))
    return tuple(found)


def _path(path: Path, words: dict[str, str]) -> Table:
    head = ("step", "on", "trigger", "from", "to", "made by", "about the limit")
    return Table(caption="Path", head=head, rows=tuple(_visit(visit, words) for visit in path.visits))


def _visit(visit: Visit, words: dict[str, str]) -> tuple[str, ...]:
    return (
        str(visit.number),
        visit.on.isoformat(),
        as_words(visit.trigger),
        words.get(visit.source, "(start)"),
        "(stays)" if visit.source == visit.target else words[visit.target],
        visit.role,
        visit.limit or "",
    )


def _state(state: DrawnState, path: Path | None) -> tuple[str, ...]:
    remarks = ["final" if state.final else "left at once" if state.passing else ""]
    if path is not None and path.state == state.name:
        remarks.append(f"the request stands here since {path.since.isoformat()}")
    limits = "; ".join(limit.label for limit in state.limits)
    return state.words, state.turn or "", limits, "; ".join(filter(None, remarks))


def _move(move: DrawnMove, words: dict[str, str]) -> tuple[str, ...]:
    return (
        move.words,
        words.get(move.source, "(start)"),
        "(stays)" if move.stays else words[move.target],
        ", ".join(filter(None, (*move.who, WHEN[move.when]))) + ("" if move.in_table else "; no row of this table"),
        ", ".join(guard.words for guard in move.guards),
        "; ".join(f"{verb} {', '.join(limit.words for limit in limits)}" for verb, limits in move.acts if limits),
        " ".join(move.rules),
    )


def _guard(guard: DrawnGuard) -> tuple[str, ...]:
    return guard.name, guard.sentence, ABOUT[guard.about], " ".join(guard.rules)


def _kind(kind: DrawnKind, limits: list[int]) -> tuple[str, ...]:
    lengths = (kind.lengths[at] or "no limit" for at in limits)
    return (kind.words, *(figure.value for figure in kind.figures), *lengths, " ".join(kind.rules))


def _limit(limit: DrawnLimit) -> tuple[str, ...]:
    remarks = list(limit.conditions)
    if limit.chain:
        remarks.append(f"the sum of {' and '.join(limit.chain)}")
    return limit.label, limit.party, limit.sentence, "; ".join(remarks), " ".join(limit.rules)


def in_lines(table: Table) -> Iterator[str]:
    """Set each row of a table as a line, for drawings that have no tables: what it is about, and each cell after its head."""
    for first, *rest in table.rows:
        cells = zip(table.head[1:], (each.removesuffix(".") for each in rest), strict=True)
        yield "; ".join((first, *(f"{head}: {cell}" for head, cell in cells if cell)))
