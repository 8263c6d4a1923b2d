"""The index of what tests show is what they show: every difference is noticed, and says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import shown
from tests.shown import add, as_text, collected, difference, kept, sentence, vanished

NAME = "tests/test_a.py::test_it"
SEEN = {"XS-01": ["row permitted extra_sessions: submit"]}


def entry(**changes: Any) -> dict[str, Any]:
    """What was found out about a case of a test."""
    return {"says": "It is so.", "rules": ["XS-01"], "seen": SEEN, **changes}


def index(*cases: str) -> dict[str, Any]:
    """An index of one test."""
    made: dict[str, Any] = {}
    for case in cases:
        add(made, NAME, case, entry())
    return made


def test_nothing_of_the_index_has_vanished(request: pytest.FixtureRequest) -> None:
    """Each test that it has, and each case, is still there; of the files that this run has collected whole."""
    if any("::" in argument for argument in request.config.args):
        pytest.skip("some tests alone were asked for by name")
    assert vanished(kept(), collected) == [], "run `make rules`"
    assert [name for name in kept() if not (shown.INDEX.parents[3] / name.partition("::")[0]).exists()] == []


def test_the_index_is_written_as_it_is_kept() -> None:
    """Writing it changes nothing that has not changed."""
    assert as_text(kept()) == shown.INDEX.read_text(encoding="utf-8")


def test_cases_that_show_the_same_stand_together() -> None:
    """Whatever order they come in, the index is the same."""
    assert index("a", "b")[NAME]["cases"] == [{"of": ["a", "b"], "seen": SEEN}]
    assert as_text(index("b", "a")) == as_text(index("a", "b"))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        pytest.param({}, entry(), "the index does not know", id="a new test"),
        pytest.param(index("b"), entry(), "the index does not know the case a", id="a new case"),
        pytest.param(index("a"), entry(says="It is not so."), "has another 'says'", id="another expectation"),
        pytest.param(index("a"), entry(rules=["XS-01", "XS-02"]), "has another 'rules'", id="another rule"),
        pytest.param(index("a"), entry(seen={}), "shows nothing, where the index has", id="it shows less"),
        pytest.param(
            index("a"), entry(seen={"XS-01": [*SEEN["XS-01"], "row refused extra_sessions: submit"]}),
            "shows ['row refused extra_sessions: submit'], where the index has nothing", id="it shows more",
        ),
    ],
)  # fmt: skip
def test_a_test_that_shows_something_else_is_noticed(before: dict[str, Any], now: dict[str, Any], said: str) -> None:
    """Whether it is new, expects something else, cites another rule, or shows more or less than before."""
    assert said in difference(before, NAME, "a", now)
    assert difference(index("a"), NAME, "a", entry()) == ""


def test_what_has_vanished_is_noticed() -> None:
    """A test, or one of its cases; where its file was not collected, nobody can tell."""
    assert vanished(index("a", "b"), {"tests/test_a.py": {NAME: {"a", "b"}}}) == []
    assert vanished(index("a", "b"), {"tests/test_a.py": {NAME: {"a"}}}) == [f"{NAME}[b]"]
    assert vanished(index("a"), {"tests/test_a.py": {}}) == [f"{NAME}[a]"]
    assert vanished(index("a"), {"tests/test_b.py": {}}) == []


def test_a_sentence_is_read_without_its_ids() -> None:
    """Before it or in brackets at its end; what follows the first paragraph is not of it."""
    assert sentence("XS-01, XS-02: it is so.") == "it is so."
    assert sentence("It is\nso (XS-01 to XS-03).\n\nMore.") == "It is so."


CONFTEST = """
from pathlib import Path
from tests import shown
from tests.shown import pytest_collection_modifyitems, pytest_itemcollected, pytest_runtest_call, pytest_sessionfinish

shown.INDEX = Path(__file__).parent / "index.json"
"""
TEST = """
from tests.journeys import Journey

def test_it():
    "XS-01: it goes to the employer."
    {does}

def test_what_cites_nothing():
    "It is left alone."
"""
GOES_THERE = "Journey().to('employer_decision')"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with the plugin, an index of its own, and a test that cites a rule."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "index.json").write_text("{}")
    (tmp_path / "test_it.py").write_text(TEST.format(does=GOES_THERE))
    return tmp_path


def run(project: Path, how: str = "check") -> str:
    """Run the project's tests in a process of their own; what they print."""
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", ".")
    environment = {**os.environ, "EAP_WORKFLOW_RULES": how, "PYTHONPATH": str(Path(shown.__file__).parents[1])}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_stale_index_fails_the_test_that_it_is_wrong_of(project: Path) -> None:
    """First it is not there; written, the test passes; when the test shows something else, it fails until it is written anew."""
    missing = run(project)
    assert "1 failed, 1 passed" in missing, missing
    assert "the index does not know test_it.py::test_it, which cites XS-01: `make rules`" in missing
    assert "1 passed, 1 deselected" in run(project, "write")
    assert "2 passed" in run(project)
    (project / "test_it.py").write_text(TEST.format(does="pass"))
    stale = run(project)
    assert "1 failed, 1 passed" in stale
    assert "of XS-01, test_it.py::test_it[] shows nothing, where the index has [" in stale
    assert "2 passed" in run(project, ""), "who runs a test by hand is not held up"


def test_an_index_is_not_written_where_a_test_fails(project: Path) -> None:
    """What it had stays."""
    (project / "test_it.py").write_text(TEST.format(does="assert not Journey()"))
    assert "1 failed, 1 deselected" in run(project, "write")
    assert (project / "index.json").read_text() == "{}"
