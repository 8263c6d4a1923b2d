"""A file is there whole or not at all, and takes no other one's place unless that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from eap_workflow.cli.whole_files import write_whole


def test_a_file_is_written_piece_by_piece(tmp_path: Path) -> None:
    """All of it is there, and nothing beside it."""
    write_whole(tmp_path / "page.html", iter(["one\n", "twö\n"]), replace=False)
    assert (tmp_path / "page.html").read_bytes() == "one\ntwö\n".encode()
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    """Whoever means to write over it says so."""
    file = tmp_path / "page.html"
    file.write_text("before")
    with pytest.raises(click.ClickException, match="--replace"):
        write_whole(file, ["after"], replace=False)
    assert file.read_text() == "before"
    write_whole(file, ["after"], replace=True)
    assert file.read_text() == "after"


def test_whoever_is_interrupted_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    """Neither a half nor a rest of it; what was there before stays whole."""

    def pieces() -> Iterator[str]:
        yield "half"
        raise KeyboardInterrupt

    file = tmp_path / "page.html"
    file.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        write_whole(file, pieces(), replace=True)
    assert file.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_what_goes_wrong_with_the_pieces_is_no_trouble_with_the_file(tmp_path: Path) -> None:
    """It is raised as it is, and not told as if the file could not be written."""

    def pieces() -> Iterator[str]:
        yield "half"
        raise FileNotFoundError(2, "No such template")

    with pytest.raises(FileNotFoundError, match="No such template"):
        write_whole(tmp_path / "page.html", pieces(), replace=False)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_the_reason_is_said(tmp_path: Path) -> None:
    """One line with the file and the reason."""
    with pytest.raises(click.ClickException, match=r"no-folder.*No such file"):
        write_whole(tmp_path / "no-folder" / "page.html", ["text"], replace=True)
