"""The part of a transaction that is about many requests: what is due, what is overdue, and pages of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from eap_workflow.store import EVERY, Wanted, binding_passes_at, stage_due_on
from eap_workflow.store.sql.owned import own_alone
from eap_workflow.store.sql.transaction.part import Part
from eap_workflow.store.sql.transaction.rows import text_of

if TYPE_CHECKING:
    from eap_workflow.process import Process
    from eap_workflow.steps import Snapshot


class Listing(Part):
    """Requests, many at a time."""

    def due(self, at: datetime, most: int) -> tuple[str, ...]:
        """The requests whose clock has something to do by an instant, the longest due first."""
        own, names = own_alone(self._processes)
        rows = self._sql.all(
            f"SELECT request FROM eap_requests WHERE clock_at <= ?{own} ORDER BY clock_at, request LIMIT ?",
            text_of(at),
            *names,
            most,
        )
        return tuple(request for (request,) in rows)

    def take_due(self, at: datetime, besides: frozenset[str]) -> str | None:
        """Hold the longest due request that nobody else holds."""
        own, names = own_alone(self._processes)
        but = f" AND request NOT IN ({', '.join('?' * len(besides))})" if besides else ""
        request: str | None = self._sql.value(
            f"SELECT request FROM eap_requests WHERE clock_at <= ?{but}{own}"
            f" ORDER BY clock_at, request LIMIT 1{self._dialect.take}",
            text_of(at),
            *sorted(besides),
            *names,
        )
        return request

    def overdue(self, at: datetime, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests with a binding limit that has passed by an instant, the longest passed first."""
        own, names = own_alone(self._processes)
        reached = None if after is None else text_of(binding_passes_at(self._processes, after))
        return self._found(
            f"SELECT snapshot FROM eap_requests WHERE passes_at <= ? AND (passes_at, request) > (?, ?){own}"
            " ORDER BY passes_at, request LIMIT ?",
            text_of(at),
            reached or "",
            "" if after is None else after.request,
            *names,
            most,
        )

    def requests(self, after: Snapshot | None, most: int, wanted: Wanted = EVERY) -> tuple[Snapshot, ...]:
        """Requests in the order of their ids, or of their due date where one is wanted."""
        values: list[object] = []
        conditions = []
        equal = {
            "workflow": wanted.workflow,
            "state": wanted.state,
            "employer": wanted.employer,
            "assist_case": wanted.assist_case,
        }
        for column, value in equal.items():
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if wanted.turn is not None:
            of_turn = [self._of_turn(process, wanted.turn) for process in self._processes]
            conditions.append(f"({' OR '.join(condition for condition, _ in of_turn)})")
            values += (value for _, each in of_turn for value in each)
        place, reached = ["request"], [] if after is None else [after.request]
        if wanted.due_by is not None:
            conditions.append("due_on <= ?")
            values.append(wanted.due_by.isoformat())
            place = ["due_on", "request"]
            if after is not None:
                reached = [str(stage_due_on(self._processes, after)), after.request]
        if reached:
            conditions.append(f"({', '.join(place)}) > ({', '.join('?' * len(place))})")
            values += reached
        own, names = own_alone(self._processes)
        if own:
            conditions.append(own.removeprefix(" AND "))
            values += names
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return self._found(
            f"SELECT snapshot FROM eap_requests{where} ORDER BY {', '.join(place)} LIMIT ?", *values, most
        )

    def _of_turn(self, process: Process, turn: str) -> tuple[str, list[str]]:
        """What a request's row says where it is somebody's turn in a workflow."""
        states = [state.name for state in process.workflow.states if state.turn == turn]
        if not states:
            return "1 = 0", []
        return f"workflow = ? AND state IN ({', '.join('?' * len(states))})", [process.workflow.name, *states]

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all."""
        latest = self._sql.value("SELECT max(at) FROM eap_requests")
        return None if latest is None else datetime.fromisoformat(latest)
