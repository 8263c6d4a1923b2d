"""A file is there whole or not at all, takes no other one's place unless that is wanted, and never a database's."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

from eap_workflow.cli.whole_files import refuse_existing, write_whole

NEEDS_PERMISSIONS = pytest.mark.skipif(os.geteuid() == 0, reason="needs a user who may not write everywhere")


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(file.name for file in folder.iterdir())


def database(file: Path) -> bytes:
    """Make a database with something in it; give its bytes."""
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("CREATE TABLE kept (what TEXT)")
        opened.commit()
    return file.read_bytes()


def test_a_file_is_written_piece_by_piece(tmp_path: Path) -> None:
    """All of it is there, texts and bytes, and nothing beside it."""
    write_whole(tmp_path / "page.html", ["one\n", "twö\n", b"\x89PNG"], replace=False)
    assert (tmp_path / "page.html").read_bytes() == "one\ntwö\n".encode() + b"\x89PNG"
    assert names(tmp_path) == ["page.html"]


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    """Whoever means to write over it says so; where nobody can, nothing is said of it."""
    file = tmp_path / "page.html"
    file.write_text("before")
    with pytest.raises(click.ClickException, match=r"page\.html: it is there already; --replace writes over it$"):
        write_whole(file, ["after"], replace=False)
    with pytest.raises(click.ClickException, match=r"page\.html: it is there already$"):
        write_whole(file, ["after"], replace=None)
    with pytest.raises(click.ClickException, match="--replace"):
        refuse_existing(file)
    assert file.read_text() == "before"
    write_whole(file, ["after"], replace=True)
    assert file.read_text() == "after"


def test_a_file_that_comes_meanwhile_stays_as_well(tmp_path: Path) -> None:
    """Of two who want one place, the first has it."""
    file = tmp_path / "page.html"

    def pieces() -> Iterator[str]:
        yield "mine"
        file.write_text("somebody else's")

    with pytest.raises(click.ClickException, match="it is there already"):
        write_whole(file, pieces(), replace=False)
    assert file.read_text() == "somebody else's"
    assert names(tmp_path) == ["page.html"]


@pytest.mark.parametrize("replace", [True, False, None])
def test_a_database_is_never_written_over(tmp_path: Path, *, replace: bool | None) -> None:
    """Neither one that is named, nor one that a link leads to, nor what SQLite keeps beside one."""
    file = tmp_path / "requests.db"
    before = database(file)
    (tmp_path / "link.html").symlink_to(file)
    (tmp_path / "requests.db-wal").write_bytes(b"what was acknowledged")
    for name in ("requests.db", "link.html", "requests.db-wal", "requests.db-shm", "requests.db-journal"):
        with pytest.raises(click.ClickException, match=f"{name}: a database is never written over"):
            write_whole(tmp_path / name, ["after"], replace=replace)
    assert file.read_bytes() == before
    assert names(tmp_path) == ["link.html", "requests.db", "requests.db-wal"]
    write_whole(tmp_path / "notes-wal", ["no database is called notes"], replace=replace)


def test_a_link_is_followed(tmp_path: Path) -> None:
    """The link stays one, and what it leads to is written, or made."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.html"
    link.symlink_to("there/page.html")
    write_whole(link, ["one"], replace=False)
    with pytest.raises(click.ClickException, match="already"):
        write_whole(link, ["two"], replace=False)
    write_whole(link, ["two"], replace=True)
    assert link.is_symlink()
    assert (tmp_path / "there" / "page.html").read_text() == "two"
    assert names(tmp_path / "there") == ["page.html"]


def test_who_may_read_a_file_may_read_the_next_one(tmp_path: Path) -> None:
    """What takes the place of a file has its permissions, so that what was kept from others still is."""
    file = tmp_path / "page.html"
    file.write_text("before")
    file.chmod(0o600)
    write_whole(file, ["after"], replace=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


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
    assert names(tmp_path) == ["page.html"]


def test_what_goes_wrong_with_the_pieces_is_no_trouble_with_the_file(tmp_path: Path) -> None:
    """It is raised as it is, and not told as if the file could not be written."""

    def pieces() -> Iterator[str]:
        yield "half"
        raise FileNotFoundError(2, "No such template")

    with pytest.raises(FileNotFoundError, match="No such template"):
        write_whole(tmp_path / "page.html", pieces(), replace=False)
    assert names(tmp_path) == []


def test_it_is_on_the_disk_before_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the content, then the name: what a loss of power leaves is whole, or not there."""
    done: list[str] = []
    file = tmp_path / "page.html"

    def fsync(number: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "content")
        assert file.exists() == (done[-1] == "folder")

    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(file, ["text"], replace=False)
    assert done == ["content", "folder"]


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no-folder/page.html", "No such file or directory"),
        ("file/page.html", "Not a directory"),
        ("folder", "it is a folder"),
        (".", "it is a folder"),
        ("..", "it is a folder"),
        ("/", "it is a folder"),
        ("x" * 300, "File name too long"),
        (f"{'x/' * 3000}page.html", "File name too long"),
        ("loop", "Too many levels of symbolic links"),
        ("pipe", "it is a device or a pipe"),
        ("/dev/null", "it is a device or a pipe"),
        ("/proc/page.html", "No such file or directory"),
    ],
)
def test_where_nothing_can_be_written_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, name: str, said: str, replace: bool
) -> None:
    """One line with the file and the reason; whatever is there stays, and nothing is left."""
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("a file")
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    os.mkfifo("pipe")
    before = names(tmp_path)
    with pytest.raises(click.ClickException) as raised:
        write_whole(Path(name), ["text"], replace=replace)
    assert raised.value.message.startswith(f"{Path(name)}: {said}")
    assert "\n" not in raised.value.message
    assert names(tmp_path) == before
    assert names(Path("folder")) == []


def test_a_pipe_is_known_by_whatever_leads_to_it() -> None:
    """Such as ``/dev/stdout``: what stands behind it has a name under which nothing is found."""
    ends = os.pipe()
    try:
        with pytest.raises(click.ClickException, match="it is a device or a pipe"):
            write_whole(Path(f"/dev/fd/{ends[1]}"), ["text"], replace=False)
    finally:
        for end in ends:
            os.close(end)


def test_a_name_may_be_as_long_as_one_can_be(tmp_path: Path) -> None:
    """What is written beside it has a short one."""
    write_whole(tmp_path / ("x" * 255), ["text"], replace=False)
    assert names(tmp_path) == ["x" * 255]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and that is all."""

    def fsync(_number: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "page.html"
    file.write_text("before")
    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(click.ClickException, match=r"page\.html: No space left on device"):
        write_whole(file, ["after"], replace=True)
    assert file.read_text() == "before"
    assert names(tmp_path) == ["page.html"]


@NEEDS_PERMISSIONS
def test_a_folder_that_nobody_may_write_to_is_said(tmp_path: Path) -> None:
    """With the reason that the system gives."""
    tmp_path.chmod(0o500)
    with pytest.raises(click.ClickException, match="Permission denied"):
        write_whole(tmp_path / "page.html", ["text"], replace=True)
