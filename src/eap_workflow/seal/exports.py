"""The record as a file of one JSON array a line, for a checker that somebody else wrote: all that is hashed, as it is stored.

The lines are, in this order: ``["record",1]``; each removal as ``["removal",number,request,workflow,steps,head,at,by,before,digest]``;
``["removals",last]`` with what the store says of the last one; and for each request, in the order of their ids,
``["request",request,head]`` (null without a row) followed by each of its steps as ``["step",version,format,content,before,digest]``;
then ``["end",requests,steps]``, by which a file that was cut short is known.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from eap_workflow.plain.json_text import canonical_json
from eap_workflow.plain.scalars import write_instant
from eap_workflow.store import paging, removals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eap_workflow.store import Transaction

FORMAT = 1


def lines(transaction: Transaction) -> Iterator[str]:
    """Give the record of a store, line by line, each with its end.

    Args:
        transaction: A transaction that sees one state of the store throughout.
    """
    for array in _arrays(transaction):
        yield canonical_json(array) + "\n"


def _arrays(transaction: Transaction) -> Iterator[list[str | int | None]]:
    yield ["record", FORMAT]
    for act in removals.every(transaction):
        yield [
            *("removal", act.number, act.request, act.workflow, act.steps, act.head, write_instant(act.at), act.by),
            *(act.before, act.digest),
        ]
    yield ["removals", transaction.checkpoint(removals.LAST)]
    requests = steps = 0
    for chain in paging.within(transaction.chains, "", attrgetter("request")):
        requests, steps = requests + 1, steps + len(chain.steps)
        yield ["request", chain.request, chain.head]
        for step in chain.steps:
            yield ["step", step.version, step.format, step.content, step.before, step.digest]
    yield ["end", requests, steps]
