"""Requests of every workflow, of every kind of limit, and in every kind of trouble: those of the examples, and some more.

Led once for a whole run, in memory; `laid_out` writes the same to any store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eap_workflow.adopting import read_adoption
from eap_workflow.commands import ExtendLimit
from eap_workflow.dossier import dossier_of, html
from eap_workflow.envelope import Envelope, Tick, read_envelope_or_tick
from eap_workflow.errors import REFUSALS
from eap_workflow.plain.json_text import parse_json
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.processes import every_process, process_named
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Actor

if TYPE_CHECKING:
    from eap_workflow.dossier import Dossier
    from eap_workflow.store import Store

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MELBOURNE = "Australia/Melbourne"
AT = datetime(2027, 2, 6, tzinfo=UTC)
"""After everything that happens in the examples."""

FILES = ("practice", "case_review", "outreach", "session_cancellation")
OF_WORKFLOW = {"practice": "extra_sessions"}

WORTH_SEEING: Mapping[str, str] = {
    "XS-0009": "two limits passed, and a holiday in the count",
    "XS-0028": "a limit extended after it had passed",
    "XS-0031": "approved in advance",
    "XS-0006": "a draft, withdrawn",
    "XS-0047": "a limit that passed and runs on",
    "XS-0051": "a limit that runs",
    "OLD-0003": "taken over from another system, which had stated another date",
    "CR-0005": "a case whose notes are owed",
    "OC-0003": "limits in hours, one of which passed",
    "OC-0009": "a contact that was only received",
    "SC-0103": "a limit to a day that was stated",
    "SC-0102": "a limit that was started anew",
}
"""Requests whose pages differ in kind, and what is special of each."""


@cache
def book() -> PolicyBook:
    """The contracts of the examples."""
    files = ("contracts.toml", "case_review.toml")
    whole = PolicyBook.standard()
    for file in files:
        whole |= load_policies(EXAMPLES / file)
    return whole


def laid_out(store: Store) -> Service:
    """Lead every request of the examples in a store."""
    service = Service(store, policies=book())
    with service.batch() as inside:
        for name in FILES:
            process = process_named(OF_WORKFLOW.get(name, name))
            for line in (EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
                try:
                    read = read_envelope_or_tick(process, parse_json(line))
                    if isinstance(read, Tick):
                        inside.tick(read.at)
                    else:
                        inside.handle(read)
                except REFUSALS:
                    # Some lines are refused on purpose.
                    continue
    for line in (EXAMPLES / "adopted.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            service.adopt(read_adoption(store.processes, json.loads(line)))
        except REFUSALS:
            continue
    return service


def extended(due_on: str) -> Dossier:
    """The dossier of a request whose limit another system had stated otherwise than our count, and that was extended here.

    Args:
        due_on: What the other system had stated.
    """
    here = Service(MemoryStore(every_process()), policies=book())
    lines = map(json.loads, (EXAMPLES / "adopted.jsonl").read_text(encoding="utf-8").splitlines())
    line = next(each for each in lines if each["request"] == "OLD-0004")
    (limit,) = line["limits"]
    stated = limit | {"due_on": due_on, "done": []}
    here.adopt(read_adoption(here.store.processes, line | {"at": "2026-11-05T08:00:00+11:00", "limits": [stated]}))
    team = Actor(role="case_team", id="team-1")
    at = datetime(2026, 11, 6, tzinfo=UTC)
    here.handle(Envelope(request="OLD-0004", at=at, by=team, command=ExtendLimit(working_days=3)))
    return dossier_of(here, "OLD-0004", at=datetime(2026, 11, 30, tzinfo=UTC), zone=MELBOURNE)


@cache
def service() -> Service:
    """The same in memory, led once."""
    return laid_out(MemoryStore(every_process()))


@cache
def dossier(request: str, at: datetime = AT) -> Dossier:
    """The dossier of a request."""
    return dossier_of(service(), request, at=at, zone=MELBOURNE)


@cache
def page(request: str) -> str:
    """Its page."""
    return html(dossier(request))


def requests() -> tuple[str, ...]:
    """Every request that there is."""
    return tuple(snapshot.request for snapshot in service().snapshots())
