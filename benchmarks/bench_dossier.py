"""The dossier of a request: gathered from a store, and set as a page, after the first one of a process.

What costs most is the drawing, which a program of its own lays out. The requests are those of the examples, of all four workflows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from benchmarks.timing import Comparison, Target, race, table
from eap_workflow import diagrams
from eap_workflow.dossier import dossier_of, html
from eap_workflow.processes import every_process, process_named
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore
from tests.dossier import samples

TURNS = 60
MOST_MILLISECONDS = 100
QUICK = Target(words=f"at most {MOST_MILLISECONDS} ms", met=lambda ours, _: ours * 1e3 <= MOST_MILLISECONDS)


def each_in_turn(work: Callable[[str], object]) -> Callable[[], object]:
    """Do something with one request after the other."""
    requests = cycle(samples.requests())
    return lambda: work(next(requests))


def compared(service: Service) -> list[Comparison]:
    """The whole of it, and its parts."""
    made = {request: dossier_of(service, request, at=samples.AT) for request in samples.requests()}
    assert all(html(dossier) for dossier in made.values())

    def draw(request: str) -> object:
        return diagrams.svg(process_named(made[request].workflow).workflow, path=made[request].path)

    whole, drawing, page = race(
        each_in_turn(lambda request: html(dossier_of(service, request, at=samples.AT))),
        each_in_turn(draw),
        each_in_turn(lambda request: html(made[request])),
        turns=TURNS,
    )
    peer = "its drawing alone"
    return [
        Comparison(what="a dossier, from SQLite to its page", ours=whole, peer=peer, peers=drawing, target=QUICK),
        Comparison(what="of that, setting the page", ours=page, peer=peer, peers=drawing),
    ]


def main() -> bool:
    """Print the table; false where the target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'requests.db')}"
        with SqlStore(url, every_process()) as store:
            lines = compared(samples.laid_out(store))
    print(table(f"The dossiers of {len(samples.requests())} requests", lines))
    return all(line.met for line in lines)
