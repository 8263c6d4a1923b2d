"""``eap-workflow diagram``: what is drawn, with whose numbers, and into which file."""

from __future__ import annotations

from pathlib import Path

import pytest

from eap_workflow.diagrams import picture
from eap_workflow.states import EXTRA_SESSIONS
from tests import lines
from tests.cli.calls import HARBOUR, Call, call, printed, run

__all__ = ["call"]


def test_the_diagram_is_drawn_from_the_table(call: Call) -> None:
    """Every state and every trigger of the table is on it, with the roles; in JSON with the table's fingerprint."""
    text = call("diagram", "extra-sessions").output
    assert "flowchart TB\n" in text
    for state in EXTRA_SESSIONS.states:
        assert state.name in text
    for trigger in EXTRA_SESSIONS.triggers:
        assert trigger.replace("_", " ") in text.replace("\u00a0", " ")
    row = printed(call("diagram", "extra-sessions", "--json"))
    assert (row["text"], row["fingerprint"]) == (text.removesuffix("\n"), EXTRA_SESSIONS.fingerprint)
    assert row["format"] == "mermaid"
    assert "|" in call("diagram", "extra-sessions", "--format", "markdown").output
    assert call("diagram", "outbound").exit_code == 2
    assert call("diagram", "extra-sessions", "--format", "jpeg").exit_code == 2
    assert call("diagram").exit_code == call("diagram", "extra-sessions", "--format", "png").exit_code == 2


@pytest.mark.parametrize("style", ["mermaid", "dot", "svg", "png", "plantuml", "markdown", "html", "csv"])
def test_a_table_is_drawn_in_every_format(call: Call, style: str) -> None:
    """To the terminal or to a file; a picture of dots goes to a file alone."""
    drawn = Path(f"outreach.{style}")
    written = call("diagram", "outreach", "--format", style, "--brief", "--output", str(drawn))
    assert (written.exit_code, written.stdout) == (0, f"{drawn}: outreach, as {style}\n")
    if style == "png":
        assert drawn.read_bytes().startswith(b"\x89PNG")
    elif style == "html":
        fragment = call("diagram", "outreach", "--format", style).output
        page = drawn.read_text()
        assert fragment.startswith("<section")
        assert page.startswith("<!DOCTYPE html>")
        assert fragment.strip() in page
    else:
        assert call("diagram", "outreach", "--format", style, "--brief").output.rstrip() == drawn.read_text().rstrip()


@pytest.mark.parametrize(
    ("ending", "style"), [("pnml", "pnml"), ("SVG", "svg"), ("htm", "html"), ("json", "xstate"), ("txt", "mermaid")]
)
def test_a_drawing_is_what_its_file_ends_with(call: Call, ending: str, style: str) -> None:
    """Where nothing else is asked for; an ending that nobody knows says nothing."""
    assert (
        call("diagram", "outreach", "--output", f"drawn.{ending}").stdout == f"drawn.{ending}: outreach, as {style}\n"
    )
    both = call("diagram", "outreach", "--format", "dot", "--output", f"drawn.{ending}", "--replace")
    assert (both.exit_code, "contradict" in both.stderr) == ((0, False) if ending == "txt" else (2, True))


def test_a_request_is_drawn_with_its_path(call: Call) -> None:
    """The arrows that it took, and where it stands; a format that has no path is refused."""
    run(call, *lines.reviewed("XS-1"))
    drawn = call("diagram", "--request", "XS-1", "--format", "svg")
    assert drawn.exit_code == 0
    assert "stands here" in drawn.output
    assert call("diagram", "--request", "XS-1", "--format", "csv").exit_code == 1
    assert call("diagram", "--request", "XS-1", "outreach").exit_code == 2


def test_a_picture_without_its_program_names_the_extra(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, as of any other package that is not installed; a format that is text needs none."""
    monkeypatch.setattr(picture, "PACKAGE", "a-package-that-nobody-made")
    picture._program.cache_clear()
    try:
        drawn = call("diagram", "outreach", "--format", "svg")
    finally:
        picture._program.cache_clear()
    assert drawn.exit_code == 1
    assert drawn.stderr == (
        "Error: a-package-that-nobody-made is not installed; it comes with the extra 'diagrams':"
        " pip install 'eap-workflow[diagrams]'\n"
    )
    assert call("diagram", "outreach", "--format", "mermaid").exit_code == 0


def test_a_drawing_has_the_numbers_of_the_contract_that_is_asked_for(call: Call) -> None:
    """The standard contract's, or those of one that is named, in the version of the day; an unknown one is refused (IN-11)."""
    contracts = str(Path(__file__).parents[2] / "examples" / "contracts.toml")
    asked = ("diagram", "extra-sessions", "--format", "markdown")
    assert "Limits, by the contract standard, version 1" in call(*asked).output
    for at, version, days in (("2026-08-03T12:00:00+10:00", "2026-07", 7), ("2027-03-02T12:00:00+11:00", "2027-01", 5)):
        drawn = call(*asked, "--policy", contracts, "--contract", "harbour", "--at", at).output
        assert f"Limits, by the contract harbour, version {version}" in drawn
        assert f"employer decision, {days} working days" in drawn
    unknown = call(*asked, "--contract", "harbour")
    assert (unknown.exit_code, "no contract has this name" in unknown.stderr) == (1, True)


def test_a_path_has_the_numbers_of_the_policy_that_the_request_keeps(call: Call) -> None:
    """Whatever the file says today, and none where a draft names a contract that is not at hand; it takes no other (IN-11)."""
    Path("harbour.toml").write_text(HARBOUR)
    run(call, *lines.filed("XS-1", contract="harbour"), options=("--policy", "harbour.toml"))
    run(call, lines.draft("XS-2", contract="harbour"), options=("--policy", "harbour.toml"))
    asked = ("diagram", "--format", "markdown", "--request")
    assert "Limits, by the contract harbour, version" in call(*asked, "XS-1").output
    assert "**Limits**" in call(*asked, "XS-2").output
    assert "Limits, by the contract harbour" in call(*asked, "XS-2", "--policy", "harbour.toml").output
    assert call(*asked, "XS-1", "--contract", "standard").exit_code == 2
