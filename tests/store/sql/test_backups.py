"""A copy of a store that is written to: whole, durable, of one moment, and never in the place of anything."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from eap_workflow.errors import EapWorkflowError, InvalidValue, StoreError
from eap_workflow.store import Store
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.backups import Backup, backup
from eap_workflow.store.sql.migrating import migrate
from eap_workflow.verification import verify
from tests import lines, samples
from tests.lines import PROCESS, handle

MANY = 10_000


def url_of(file: Path) -> str:
    """The URL of a database file."""
    return f"sqlite:///{file}"


@contextmanager
def opened(file: Path, *, create: bool = False) -> Iterator[SqlStore]:
    """A store on a file, closed at the end."""
    with SqlStore(url_of(file), PROCESS, create=create) as store:
        yield store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store with some requests, open."""
    with opened(tmp_path / "requests.db", create=True) as store:
        handle(lines.service(store), *lines.told("XS-1"), *lines.filed("XS-2"))
        yield store


@pytest.fixture
def file(tmp_path: Path, store: SqlStore) -> Path:
    """Its file."""
    assert store.processes.named("extra_sessions") is PROCESS
    return tmp_path / "requests.db"


def recorded(store: Store) -> list[tuple[str, str, int]]:
    """Every step, by its position."""
    with store.reading() as transaction:
        return [(position, step.request, step.version) for position, step in transaction.feed("", MANY)]


def dump(file: Path) -> list[str]:
    """Everything that a SQLite file holds."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


# --- what is copied ---------------------------------------------------------------------------------------------------


def test_a_copy_holds_everything(store: SqlStore, file: Path, tmp_path: Path) -> None:
    """Every table, row and mark: it opens, verifies, answers the same, and can be gone on with."""
    copy = tmp_path / "copy.db"
    assert backup(url_of(file), copy) == Backup(version="0002", size=copy.stat().st_size)
    assert dump(copy) == dump(file)
    with opened(copy) as other:
        assert lines.contents(other) == lines.contents(store)
        assert list(verify(other)) == []
        handle(lines.service(other), *lines.told("XS-3"))


def test_a_copy_made_while_others_write_is_of_one_moment(file: Path, store: SqlStore, tmp_path: Path) -> None:
    """Whatever is acknowledged before it is begun is in it; it verifies, and is what the store was at a moment."""
    stop = Event()
    problems: list[BaseException] = []

    def write(name: str) -> None:
        try:
            with opened(file) as own:
                service = lines.service(own)
                for number in range(MANY):
                    if stop.is_set():
                        return
                    handle(service, *lines.told(f"{name}-{number}"))
        except BaseException as error:  # noqa: BLE001 - it is raised where the test ends
            problems.append(error)

    writers = [Thread(target=write, args=(name,)) for name in ("XS-A", "XS-B")]
    for writer in writers:
        writer.start()
    copies = []
    try:
        acknowledged: list[tuple[str, str, int]] = []
        for number in range(6):
            since = len(acknowledged)
            while len(acknowledged) == since and not problems:
                acknowledged = recorded(store)
            copy = tmp_path / f"copy-{number}.db"
            backup(url_of(file), copy)
            copies.append((acknowledged, copy))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert problems == []
    everything = recorded(store)
    for acknowledged, copy in copies:
        with opened(copy) as other:
            held = recorded(other)
            assert list(verify(other)) == []
        assert held[: len(acknowledged)] == acknowledged
        assert everything[: len(held)] == held
    assert len(everything) > len(copies[0][0])


def test_copying_the_file_alone_loses_what_was_acknowledged(store: SqlStore, file: Path, tmp_path: Path) -> None:
    """What the command is for: the last commands stand in the log beside the file until it is emptied."""
    handle(lines.service(store), *lines.told("XS-9"))
    shutil.copy(file, tmp_path / "file-alone.db")
    backup(url_of(file), tmp_path / "whole.db")
    steps = [step for step in recorded(store) if step[1] == "XS-9"]
    assert steps
    with opened(tmp_path / "whole.db") as other:
        assert [step for step in recorded(other) if step[1] == "XS-9"] == steps
    try:
        with opened(tmp_path / "file-alone.db") as other:
            held = recorded(other)
    except StoreError:
        held = []
    assert not [step for step in held if step[1] == "XS-9"]


def test_a_copy_holds_nothing_of_what_was_removed(store: SqlStore, file: Path, tmp_path: Path) -> None:
    """Pages that were left free still say what was in them, in the store; the copy is no way around a retention date."""
    marked = "cl-marked-for-removal"
    handle(lines.service(store), lines.draft("XS-7", client=marked))
    with store.transaction() as transaction:
        assert transaction.remove("XS-7", datetime.fromisoformat("2027-01-01T00:00:00+00:00"), "team-1") is not None
    backup(url_of(file), tmp_path / "removed.db")
    assert marked.encode() not in (tmp_path / "removed.db").read_bytes()
    # Whether SQLite overwrites what it removes depends on how it was built; here it does not.
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE notes (about TEXT)")
        connection.executemany("INSERT INTO notes VALUES (?)", [(marked * 100,)] * 100)
        connection.commit()
        connection.execute("DELETE FROM notes")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert marked.encode() in file.read_bytes()
    backup(url_of(file), tmp_path / "copy.db")
    assert marked.encode() not in (tmp_path / "copy.db").read_bytes()


def test_an_older_store_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    """The copy is of the older version too, and migrates as the store does."""
    old, copy = samples.store_0001(tmp_path / "old.db"), tmp_path / "copy.db"
    assert backup(url_of(old), copy).version == "0001"
    assert dump(copy) == dump(old)
    for each in (old, copy):
        assert migrate(url_of(each), PROCESS).found == "0001"
    assert dump(copy) == dump(old)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_its_owner_may_read_a_copy(file: Path, tmp_path: Path) -> None:
    """Whatever the process gives other files."""
    backup(url_of(file), tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


def test_a_copy_is_on_the_disk_before_it_is_named(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written out first, then named, and then its name is written out."""
    done: list[str] = []
    fsync, link = os.fsync, os.link

    def noted_fsync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def noted_link(source: str, target: Path) -> None:
        done.append("name")
        link(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "link", noted_link)
    backup(url_of(file), tmp_path / "copy.db")
    assert done == ["file", "name", "folder"]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "empty file", "folder", "link to nothing"])
def test_a_copy_never_takes_the_place_of_anything(file: Path, tmp_path: Path, kind: str) -> None:
    """Whatever is there stays as it is, an empty file too."""
    taken = tmp_path / "taken.db"
    match kind:
        case "file":
            taken.write_text("precious", encoding="utf-8")
        case "empty file":
            taken.touch()
        case "folder":
            taken.mkdir()
        case _:
            taken.symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InvalidValue, match="never takes its place"):
        backup(url_of(file), taken)
    assert sorted(tmp_path.iterdir()) == before
    assert kind != "file" or taken.read_text(encoding="utf-8") == "precious"


def test_a_file_that_comes_while_a_copy_is_made_is_kept(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That there was nothing at the beginning is not enough."""
    taken = tmp_path / "taken.db"
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        taken.write_text("precious", encoding="utf-8")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(InvalidValue, match="never takes its place"):
        backup(url_of(file), taken)
    assert taken.read_text(encoding="utf-8") == "precious"
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("name", ["no-folder/copy.db", "requests.db/copy.db", "copy\0.db", "x" * 300])
def test_a_place_where_no_file_can_be_made_is_refused(file: Path, tmp_path: Path, name: str) -> None:
    """In words of ours, and nothing is left."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InvalidValue, match="file: no copy can be made there"):
        backup(url_of(file), tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_postgresql_has_a_way_of_its_own(tmp_path: Path) -> None:
    """The refusal names it, and no server is asked."""
    with pytest.raises(InvalidValue, match="pg_dump"):
        backup("postgresql+psycopg://nobody@nowhere.invalid/none", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_store_is_not_copied(tmp_path: Path) -> None:
    """No file, no database, nobody's of ours, cut short, or a newer version's: an error says which, and nothing is left."""
    missing, text, theirs = tmp_path / "missing.db", tmp_path / "text.db", tmp_path / "theirs.db"
    cut, newer = tmp_path / "cut.db", tmp_path / "newer.db"
    text.write_text("no database " * 100, encoding="utf-8")
    with closing(sqlite3.connect(theirs)) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER)")
    samples.store_0001(cut)
    os.truncate(cut, cut.stat().st_size // 2 // 4096 * 4096)
    with opened(newer, create=True):
        pass
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE eap_schema SET version_num = '0003'")
        connection.commit()
    why = {missing: "no database here", text: "no SQLite database", theirs: "no tables of ours", newer: "newer version"}
    for source in (missing, text, theirs, cut, newer):
        with pytest.raises(EapWorkflowError, match=why.get(source, "SQLITE_CORRUPT")):
            backup(url_of(source), tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert not missing.exists()
    assert list(tmp_path.glob("*.part*")) == []


def test_a_url_that_says_more_than_a_file_is_named_as_such(file: Path, tmp_path: Path) -> None:
    """The store's URL is what is wrong, and not the place of the copy."""
    with pytest.raises(InvalidValue, match="store: a SQLAlchemy URL of a SQLite file is needed"):
        backup(f"{url_of(file)}?mode=ro", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_temporary_store_is_not_copied(tmp_path: Path) -> None:
    """It is the process's that made it, and another has none."""
    with pytest.raises(StoreError, match="no database here"):
        backup("sqlite://", tmp_path / "copy.db")


def test_a_copy_waits_for_nobody(file: Path, store: SqlStore, tmp_path: Path) -> None:
    """A transaction that is open hinders no copy, and nothing of it is in the copy."""
    with store.transaction() as transaction:
        transaction.keep_checkpoint("report", "")
        backup(url_of(file), tmp_path / "copy.db")
    with opened(tmp_path / "copy.db") as other, other.reading() as transaction:
        assert transaction.checkpoint("report") == ""
