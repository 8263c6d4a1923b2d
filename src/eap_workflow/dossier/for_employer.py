"""What a request's employer may have of it: made of its `EmployerView` and the workflow's table, and given nothing else to show."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from eap_workflow.dossier.contents import NextMove, library_version
from eap_workflow.dossier.filled import Line
from eap_workflow.dossier.steps import next_move
from eap_workflow.local_time import zone_of
from eap_workflow.values import Discreet, Role, as_instant, as_words
from eap_workflow.views.employer import EmployerView

if TYPE_CHECKING:
    from eap_workflow.machine import Move, Workflow

LIMIT = "employer_decision"
PLAINLY = {
    "own_employer": "You answer for your own organisation.",
    "decider_not_requestor": "Whoever asked for the sessions cannot be the one who answers.",
    "reason_listed": "You choose a reason from your contract's list.",
}
"""What an answer takes, as an employer needs it; what else the table asks is for the programme to see to."""

RULES = ("XS-06", "CR-05")
CHOICES = ("goal", "referral", "state")


@frozen(kw_only=True, repr=False)
class EmployerDossier(Discreet):
    """What a request's employer may have of it: what is in its `EmployerView`, and what the table says of everybody's requests.

    Attributes:
        title: The workflow's name as people write it.
        at: The instant as of which it is shown, in UTC.
        zone: The zone in which a page writes instants.
        library: The version of the library that gathered it.
        reference: The reference under which the employer knows the request.
        shown: What the employer sees of the request.
        sessions: How many sessions it is about.
        due_on: The last day of the employer's limit; None where it runs no more.
        state: The state that it is in.
        is_final: Whether it has ended.
        is_employers_turn: Whether the employer is to act.
        next_moves: What the employer may do next, and what each takes in an employer's words.
        limit: What the employer's limit is, by the table.
        rules: The ids of the rules that say what an employer is shown.
    """

    title: str
    at: datetime
    zone: str
    library: str
    reference: str
    shown: tuple[Line, ...]
    sessions: int
    due_on: date | None
    state: str
    is_final: bool
    is_employers_turn: bool
    next_moves: tuple[NextMove, ...]
    limit: str
    rules: tuple[str, ...]


def employer_dossier(view: EmployerView, workflow: Workflow, *, at: datetime, zone: str = "UTC") -> EmployerDossier:
    """Make the dossier of an employer (XS-06, CR-05).

    It takes no request: what is not in the view cannot be in the dossier.

    Args:
        view: What the employer sees of the request, as `eap_workflow.views.employer_view` gives it.
        workflow: The table of the request's workflow.
        at: The instant as of which the view was made, aware.
        zone: The zone in which a page writes instants.

    Raises:
        Unknown: There is no such zone.
    """
    zone_of(zone)
    state = workflow.state(view.state)
    mine = [_plainly(workflow, move) for move in workflow.moves_from(view.state) if Role.EMPLOYER in move.who]
    return EmployerDossier(
        title=workflow.title,
        at=as_instant(at),
        zone=zone,
        library=library_version(),
        reference=view.reference,
        shown=tuple(_shown(view)),
        sessions=view.sessions,
        due_on=view.due_on,
        state=as_words(view.state),
        is_final=state.final,
        is_employers_turn=state.turn is Role.EMPLOYER,
        next_moves=tuple(mine),
        limit=workflow.limit(LIMIT).sentence,
        rules=RULES,
    )


def _plainly(workflow: Workflow, move: Move) -> NextMove:
    described = next_move(workflow, move)
    takes = tuple(PLAINLY[name] for name in move.guards if name in PLAINLY)
    return attrs.evolve(described, rule=attrs.evolve(described.rule, guards=takes))


def _shown(view: EmployerView) -> list[Line]:
    held = {each.name: getattr(view, each.name) for each in attrs.fields(EmployerView)}
    return [Line(label=as_words(name), value=_value(name, value)) for name, value in held.items() if value is not None]


def _value(name: str, value: int | str | date) -> str | date:
    if isinstance(value, date):
        return value
    return as_words(str(value)) if name in CHOICES else str(value)
