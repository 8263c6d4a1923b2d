"""What an import costs a fresh process, beside ``import attrs``; and what the first due date costs after it.

Whole processes are timed, in turns and with bytecode, and the median counts. Every line is given twice: as it is, which
is what a user waits for, and less what Python itself takes to start.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import Comparison, at_most, at_most_more, fresh, table
from eap_workflow.calendar import BusinessCalendar

NEVER = {"click", "holidays", "numpy", "rich", "sqlalchemy", "transitions"}

FIRST_DUE_DATE = """
from datetime import UTC, datetime
import eap_workflow
from eap_workflow.local_time import passes_at
calendar = eap_workflow.BusinessCalendar.load({path!r})
zone = "Australia/Melbourne"
due_on = calendar.add(calendar.day_zero(datetime(2026, 10, 27, 22, 31, tzinfo=UTC), zone), 7)
assert str(due_on) == "2026-11-09"
assert str(passes_at(due_on, zone)) == "2026-11-09 13:00:00+00:00"
"""


def loaded_by(program: str) -> set[str]:
    """The packages that a fresh process holds after a program."""
    listing = f"{program}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def main() -> bool:
    """Print the table; true if every target is met."""
    assert loaded_by("import eap_workflow") & NEVER == set()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "AU-VIC.json"
        BusinessCalendar.for_region("AU", "VIC").dump(path)
        programs = {
            "python": "pass",
            "attrs": "import attrs",
            "ours": "import eap_workflow",
            "service": "from eap_workflow import MemoryStore, Service, load_policies, read_envelope",
            "due": FIRST_DUE_DATE.format(path=str(path)),
        }
        assert loaded_by(programs["due"]) & NEVER == set()
        time = fresh(programs)
    bare = time["python"]
    comparisons = [
        Comparison(
            what="import eap_workflow, whole process",
            ours=time["ours"],
            peer="import attrs",
            peers=time["attrs"],
            target=at_most(2),
        ),
        Comparison(
            what="import eap_workflow, less bare Python",
            ours=time["ours"] - bare,
            peer="import attrs, less the same",
            peers=time["attrs"] - bare,
        ),
        Comparison(
            what="and the first due date, from a frozen calendar",
            ours=time["due"],
            peer="import eap_workflow",
            peers=time["ours"],
            target=at_most_more(15),
        ),
        Comparison(
            what="and the names of a service",
            ours=time["service"],
            peer="import eap_workflow",
            peers=time["ours"],
        ),
    ]
    print(table("A fresh process", comparisons))
    return all(line.met for line in comparisons)


if __name__ == "__main__":
    main()
