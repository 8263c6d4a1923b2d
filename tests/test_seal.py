"""The three instruments together: each way to tamper is found by those that the page says, and by a second checker alike."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from eap_workflow.seal import Checkpoint
from eap_workflow.steps import Step
from eap_workflow.store.sql import SqlStore
from tests.databases import new_database
from tests.lines import PROCESS
from tests.seal.tamperings import (
    AWAY,
    CHECKPOINT,
    LIST,
    RECORD,
    SEALED,
    SECRET,
    TAMPERINGS,
    Case,
    Found,
    exported,
    found,
    lived,
    row,
    scene,
)

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "seal.md"
CHECKER = ROOT / "checker" / "check.mjs"
NODE = shutil.which("node")
KEY_ENV = "EAP_WORKFLOW_SEAL_KEYS"
DATABASE = "requests.db"

Outcome = Callable[[str], tuple[dict[str, Found], Path]]


@pytest.fixture(scope="module")
def story() -> Iterator[tuple[Path, Checkpoint, tuple[Step, ...]]]:
    """A folder with a store that has lived, what lies beside it, and an older copy; it is copied, and never changed."""
    with TemporaryDirectory() as name:
        folder, older = Path(name, "story"), Path(name, "story", "older")
        older.mkdir(parents=True)

        def copied() -> None:
            with closing(sqlite3.connect(folder / DATABASE)) as other:
                other.execute("VACUUM INTO ?", (str(older / DATABASE),))
            shutil.copy(folder / SEALED, older / SEALED)

        with SqlStore(f"sqlite:///{folder / DATABASE}", PROCESS) as store:
            away, gone = lived(store, folder, copied)
        yield folder, away, gone


@pytest.fixture(scope="module")
def outcome(story: tuple[Path, Checkpoint, tuple[Step, ...]]) -> Iterator[Outcome]:
    """What the instruments find of a way to tamper, and the folder in which it was done, with the record exported."""
    template, away, gone = story
    with ExitStack() as at_the_end:

        @cache
        def of(name: str) -> tuple[dict[str, Found], Path]:
            folder = Path(at_the_end.enter_context(TemporaryDirectory()), "copy")
            shutil.copytree(template, folder)
            with scene(f"sqlite:///{folder / DATABASE}", folder, "sqlite", away, gone) as case:
                case.older = folder / "older"
                TAMPERINGS[name](case)
                exported(case)
                return found(case), folder

        yield of


@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_page_says_which_instrument_finds_it(outcome: Outcome, name: str) -> None:
    """Each way to tamper is done, and what the chain, the seal and the checkpoint find stands in its row of the page."""
    assert row(name, outcome(name)[0]) in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_has_no_other_rows() -> None:
    """Every row of the page's table is a way to tamper that is tried, in the same order, and at least fourteen are."""
    table = (
        PAGE.read_text(encoding="utf-8").partition("<!-- tamperings -->")[2].partition("<!-- end of tamperings -->")[0]
    )
    rows = re.findall(r"^\| (.*?) \|", table, re.MULTILINE)[1:]
    assert rows == list(TAMPERINGS)
    assert len(rows) > 14


def test_whatever_is_found_is_found_by_name(outcome: Outcome) -> None:
    """A removed trail, a removed tail and a rewritten chain are each named, and the chain alone has found none of them."""
    for name, what in (
        ("a request is taken out whole, with its row", ("XS-2", None, "gone")),
        ("a request's last step is taken out, and its row set back", ("XS-2", 6, "shortened")),
        ("a whole chain is written anew, and the request's row with it", ("XS-2", None, "rewritten")),
    ):
        of, _ = outcome(name)
        assert of == {"chain": [], "seal": [what], "checkpoint": [what]}


def checked(*arguments: str | Path) -> Found:
    """What the second checker finds, each finding once."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(CHECKER), *map(str, arguments)],
        capture_output=True,
        check=False,
        text=True,
        env={"PATH": os.environ["PATH"], KEY_ENV: f"2026={SECRET.hex()}"},
        timeout=60,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (4 if lines else 0, "")
    return list(dict.fromkeys((each["request"], each["version"], each["what"]) for each in lines))


def checked_by_all(folder: Path) -> dict[str, Found]:
    """What the second checker finds with each of the instruments."""
    record = folder / RECORD
    keyed = ("--key-env", KEY_ENV)
    return {
        "chain": checked("record", record),
        "seal": [
            *checked("alone", folder / CHECKPOINT, *keyed),
            *checked("heads", record, folder / SEALED, *keyed),
        ],
        "checkpoint": [
            *checked("alone", folder / CHECKPOINT, "--kept", folder / AWAY),
            *checked("continuation", record, folder / AWAY, folder / LIST),
        ],
    }


def in_any_order(given: dict[str, Found]) -> dict[str, list[Any]]:
    """Findings without the order in which they come, and without what only the library can tell: what steps mean."""
    return {name: sorted({each for each in of if each[2] != "snapshot"}, key=repr) for name, of in given.items()}


@pytest.mark.skipif(NODE is None, reason="node is not installed, which the second checker is written for")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_second_checker_finds_the_same(outcome: Outcome, name: str) -> None:
    """A checker in another language, written from the page alone, agrees on every way to tamper, finding by finding."""
    ours, folder = outcome(name)
    assert in_any_order(checked_by_all(folder)) == in_any_order(ours)


ON_POSTGRESQL = (
    "a whole chain is written anew, and the request's row with it",
    "a request is taken out whole, with its row",
    "the record of a removal is edited, and the removals' chain written anew",
    "a request that was removed is put back",
    "a request is put in and dated back",
)


def test_it_is_the_same_on_postgresql(tmp_path: Path, outcome: Outcome) -> None:
    """What is found of the same tamperings, one after the other, is the same on PostgreSQL."""
    with new_database("postgresql") as url:
        with SqlStore(url, PROCESS) as store:
            away, gone = lived(store, tmp_path)
        with scene(url, tmp_path, "postgresql", away, gone) as case:
            assert found(case) == outcome("nothing")[0]
            for name in ON_POSTGRESQL:
                before = found(case)
                TAMPERINGS[name](case)
                _assert_found_as_well(case, before, outcome(name)[0])


def _assert_found_as_well(case: Case, before: dict[str, Found], expected: dict[str, Found]) -> None:
    now = found(case)
    for instrument, of in expected.items():
        # A request that is gone is no longer rewritten: what was found of another one still is.
        about = {each[0] for each in of}
        assert {each for each in now[instrument] if each[0] in about} >= set(of)
        assert {each for each in now[instrument] if each[0] not in about} == {
            each for each in before[instrument] if each[0] not in about
        }
