"""Asks the programs of process mining, which live in an environment of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("miner.py")
PYTHON = Path(os.environ.get("EAP_WORKFLOW_MINERS", Path(sys.prefix) / "miners" / "bin" / "python"))
NEEDS_MINERS = pytest.mark.skipif(
    not PYTHON.exists(), reason="needs pm4py and r4pm, which `make miners` installs into an environment of their own"
)


class Miner:
    """The process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, what: str, *of: object) -> Any:
        """Ask for something, of some files."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": what, "of": [str(each) for each in of]}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"{PROGRAM.name} has ended"
        return json.loads(answer)


@contextmanager
def mining() -> Iterator[Miner]:
    """Start it, and end it."""
    command = [str(PYTHON), "-W", "ignore", str(PROGRAM)]
    quiet = os.environ | {"PM4PY_SHOW_PROGRESS_BAR": "False", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=quiet
    ) as process:
        yield Miner(process)
        assert process.stdin is not None
        process.stdin.close()
