"""SPIN, run on a model: the verifier is generated, compiled once, and asked for each claim."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import frozen

from eap_workflow.proof.promela import Model, Option
from tests.proof.bounds import DEEP

NEEDED = ("spin", "gcc")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
needs_spin = pytest.mark.skipif(bool(MISSING), reason=f"not installed here: {', '.join(MISSING)}")

SECONDS = 1200 if DEEP else 120
MOST = 20_000_000 if DEEP else 200_000
# In deep runs the search takes longer than the compiler does.
COMPILED = ("-O2" if DEEP else "-O0", "-w", "-DNOREDUCE", "-DMEMLIM=4096")
TABLE = "-w25" if DEEP else "-w20"
SHORT = (16, 32, 64, 128)
"""Where there is a counterexample, a short one is looked for: within so many moves."""


@frozen(kw_only=True)
class Finding:
    """What SPIN says of a claim.

    Attributes:
        claim: Its name; None for SPIN's own check, that nothing is stuck.
        path: The counterexample; None where the claim holds.
        states: How many states were stored.
        transitions: How many transitions were taken.
        untaken: The moves of the model that were never taken.
    """

    claim: str | None
    path: tuple[Option, ...] | None
    states: int
    transitions: int
    untaken: tuple[Option, ...]

    @property
    def holds(self) -> bool:
        """Whether there is no counterexample."""
        return self.path is None

    @property
    def triggers(self) -> tuple[str, ...]:
        """The counterexample, as a path of triggers."""
        return tuple(option.move.trigger for option in self.path or ())

    def __str__(self) -> str:
        lines = [f"{self.claim}: {'holds' if self.holds else 'does not hold'}"]
        lines += [f"  {number}. {option}" for number, option in enumerate(self.path or (), 1)]
        return "\n".join(lines)


@frozen(kw_only=True)
class Verifier:
    """A compiled verifier of one model."""

    model: Model
    folder: Path

    def check(self, claim: str | None) -> Finding:
        """Ask for a claim; of a counterexample, a short one."""
        if claim is None:
            # What is stuck is looked for without any claim, which takes a verifier of its own.
            _run(self.folder, "gcc", *COMPILED, "-DNOCLAIM", "-DSAFETY", "-o", "pan", "pan.c")
        which = [] if claim is None else ["-a", "-N", claim]
        said = self._said(MOST, *which)
        assert "max search depth too small" not in said, said
        path = None
        if _number(r"errors: (\d+)", said):
            path = self._path()
            for depth in SHORT:
                if len(path) > depth and _number(r"errors: (\d+)", self._said(depth, *which)):
                    path = self._path()
                    break
        else:
            assert "Search not completed" not in said, said
        return Finding(
            claim=claim,
            path=path,
            states=_number(r"([\d.e+]+) states, stored", said),
            transitions=_number(r"([\d.e+]+) transitions", said),
            untaken=tuple(self._untaken(said)),
        )

    def _said(self, depth: int, *which: str) -> str:
        (self.folder / "model.pml.trail").unlink(missing_ok=True)
        return _run(self.folder, "./pan", f"-m{depth}", TABLE, *which)

    def _path(self) -> tuple[Option, ...]:
        return self.model.path(_run(self.folder, "spin", "-T", "-t", "model.pml"))

    def _untaken(self, said: str) -> Iterator[Option]:
        lines = {int(number) for number in re.findall(r"model\.pml:(\d+), state", said)}
        return (option for line, option in self.model.lines.items() if line in lines)


def _number(pattern: str, said: str) -> int:
    found = re.search(pattern, said)
    assert found is not None, said
    return int(float(found[1]))


@contextmanager
def verifier(model: Model) -> Iterator[Verifier]:
    """Generate and compile a verifier, in a folder of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.pml").write_text(model.text, encoding="utf-8")
        said = _run(folder, "spin", "-a", "model.pml")
        assert "rror" not in said, said
        _run(folder, "gcc", *COMPILED, "-o", "pan", "pan.c")
        yield Verifier(model=model, folder=folder)


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: PLW1510 - pan and spin report by their words
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS
    )
    return done.stdout + done.stderr
