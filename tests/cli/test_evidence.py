"""What lies elsewhere is read from files, and what is wrong with one is said with its name and with what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from eap_workflow.cli import evidence
from eap_workflow.processes import every_process
from eap_workflow.seal import Head, Keys, checkpoints, heads, proofs, seal_head, take
from eap_workflow.store.memory import MemoryStore
from tests import lines

KEYS = Keys({"2026": bytes(range(32))})
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint with its list, and a sealed head, of a store with one request."""
    monkeypatch.chdir(tmp_path)
    store = MemoryStore(every_process())
    lines.handle(lines.service(store), lines.filed("XS-1"))
    listed: list[Head] = []
    with store.reading() as transaction:
        taken = take(transaction, NOW, "main", note=listed.append)
    Path("cp").write_text(checkpoints.write(taken), encoding="utf-8")
    Path("cp.heads").write_text("".join(map(heads.write_line, listed)), encoding="utf-8")
    Path("sealed").write_text("\n" + proofs.write(seal_head(listed[1], NOW, KEYS)), encoding="utf-8")


def test_what_is_there_is_read() -> None:
    """Blank lines are passed over; a list lies beside its checkpoint, or where somebody says."""
    taken = evidence.checkpoint_in(Path("cp"))
    assert evidence.list_of(Path("cp"), None) == Path("cp.heads")
    assert evidence.list_of(Path("cp"), Path("sealed")) == Path("sealed")
    assert [head.request for head in evidence.listed(Path("cp.heads"))] == ["", "XS-1"]
    assert evidence.proof_in(taken, Path("cp.heads"), "XS-1").request == "XS-1"
    assert [slip.request for slip in evidence.slips_in(Path("sealed"), KEYS)] == ["XS-1"]


def test_what_cannot_be_read_is_said_with_the_files_name_and_what_to_do() -> None:
    """No content of a file is repeated."""
    Path("empty").touch()
    Path("one").write_bytes(Path("cp.heads").read_bytes().splitlines(keepends=True)[0])
    taken = evidence.checkpoint_in(Path("cp"))
    for read, said in (
        (lambda: evidence.checkpoint_in(Path("sealed")), r"^sealed: no checkpoint can be read from it \("),
        (lambda: evidence.checkpoint_in(Path("nowhere")), "^nowhere: No such file"),
        (lambda: list(evidence.listed(Path("nowhere"))), "^nowhere: No such file.*--heads says where it lies$"),
        (lambda: evidence.proof_in(taken, Path("one"), "XS-1"), "^one: the list that .*--heads says where it lies$"),
        (lambda: list(evidence.slips_in(Path("nowhere"), KEYS)), "^nowhere: No such file"),
        (lambda: list(evidence.slips_in(Path("empty"), KEYS)), "^empty: it is empty; lines that eap-workflow seal"),
        (lambda: list(evidence.slips_in(Path("cp"), KEYS)), "^cp, line 1: slip: .* eap-workflow seal or prove prints"),
        (lambda: list(evidence.slips_in(Path("sealed"), None)), "^sealed: .*; --key-env names the variable"),
    ):
        with pytest.raises(click.ClickException, match=said):
            read()
