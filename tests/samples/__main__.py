"""Print the steps of the practice in ``examples`` as they are written today, those of enough requests to show every row.

Run as ``python -m tests.samples`` when a new format is begun; what is printed becomes the sample of that format. With the
word ``schema`` it prints the JSON Schema of a step instead, and with ``adopted`` the first steps of the requests of the other
workflows that are taken over.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from eap_workflow.adopting import adopt, read_adoption
from eap_workflow.errors import EapWorkflowError
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.processes import every_process
from eap_workflow.records import step_to_wire
from eap_workflow.schemas import step_schema
from eap_workflow.service import Service
from eap_workflow.steps import Step
from eap_workflow.store.memory import MemoryStore
from tests.lines import PROCESS, handle

FOLDER = Path(__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
MANY = 10_000


def practised() -> list[Step]:
    """Act on the whole file, take some requests over, and give the steps of all requests in the order of their ids."""
    store = MemoryStore(PROCESS)
    policies = PolicyBook.standard() | load_policies(EXAMPLES / "contracts.toml")
    service = Service(store, policies=policies)
    for line in (EXAMPLES / "practice.jsonl").read_bytes().splitlines():
        with suppress(EapWorkflowError):
            handle(service, parse_object(line))
    for line in (FOLDER / "adoptions.jsonl").read_bytes().splitlines():
        envelope = read_adoption(PROCESS, parse_object(line))
        adopt(store, envelope, policies=policies, offices_of=service.offices_of)
    with store.reading() as transaction:
        return [step for each in transaction.requests(None, MANY) for step in transaction.trail(each.request)]


def enough(steps: list[Step]) -> list[Step]:
    """Those of a few requests, which took every row that any of them took."""
    taken: dict[str, set[tuple[str, str, str]]] = {}
    for step in steps:
        taken.setdefault(step.request, set()).add((step.source, step.trigger, step.target))
    left, chosen = set().union(*taken.values()), set()
    while left:
        best = max(sorted(taken), key=lambda request: len(taken[request] & left))
        chosen.add(best)
        left -= taken[best]
    return [step for step in steps if step.request in chosen]


def schema() -> str:
    """The JSON Schema of a step as it is published today, without the words for people."""
    return json.dumps(_without_words(step_schema(PROCESS)), indent=1) + "\n"


def _without_words(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_words(each) for each in part]
    if not isinstance(part, dict):
        return part
    words = ("title", "description")
    return {key: _without_words(part[key]) for key in part if not (key in words and isinstance(part[key], str))}


def adopted() -> str:
    """The first steps of the requests of the other workflows that are taken over, a line each."""
    processes = every_process()
    service = Service(MemoryStore(processes), policies=PolicyBook.standard())
    found = ""
    for line in (FOLDER / "adopted" / "adoptions.jsonl").read_bytes().splitlines():
        (step,) = service.adopt(read_adoption(processes, parse_object(line))).steps
        found += canonical_json(step_to_wire(step)) + "\n"
    return found


def steps() -> str:
    """The steps, a line each."""
    return "".join(canonical_json(step_to_wire(each)) + "\n" for each in enough(practised()))


if __name__ == "__main__":
    sys.stdout.write({"schema": schema, "adopted": adopted}.get("".join(sys.argv[1:]), steps)())
